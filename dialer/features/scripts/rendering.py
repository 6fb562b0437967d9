"""A script as steps of plain blocks: Markdown in, no markup out. Pure.

What comes out is text and what kind of text it is, so that a screen can show it without ever
taking a lead's field for markup. Fields are set aside before the Markdown is read and filled in
after it, so that neither their names nor their values are read as marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct
from msgspec.structs import replace

from dialer.words import ScriptBlockKind


class Run(Struct, frozen=True, kw_only=True):
    """A piece of a line. `field`: it stands for that field, and `missing` says it has none."""

    text: str
    strong: bool = False
    em: bool = False
    field: str | None = None
    missing: bool = False


class Block(Struct, frozen=True, kw_only=True):
    """`items`: the lines of a list or the paragraphs of a quote; any other block has one."""

    kind: ScriptBlockKind
    items: list[list[Run]] = []


class Step(Struct, frozen=True, kw_only=True):
    title: list[Run]
    blocks: list[Block] = []


class Script(Struct, frozen=True, kw_only=True):
    language: str
    steps: list[Step]


#: Deeper than anybody writes; what is deeper still is shown as it stands.
_DEEPEST: Final = 60
#: Pictures, links, code and raw HTML are no part of what is read out: their text stays text.
_UNREAD: Final = (
    "code", "fence", "html_block", "reference", "lheading", "table",
    "link", "image", "autolink", "html_inline", "entity", "backticks",
)  # fmt: skip
_MARKDOWN: Final = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).disable(
    _UNREAD, ignoreInvalid=True
)
_FIELD = re.compile(r"\{\{\s*([^{}\n]{1,100}?)\s*\}\}")
#: Signs for private use stand for fields while the Markdown is read; a text has none of its own.
_BEGIN, _END = "\ue000", "\ue001"
_ASIDE = re.compile(f"{_BEGIN}([0-9]+){_END}")
_PRIVATE = re.compile(f"[{_BEGIN}{_END}\x00]")
#: A line of these scripts goes on in the next one without a space.
_CLOSED = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_AROUND: Final[dict[str, ScriptBlockKind]] = {
    "bullet_list_open": "bullets", "ordered_list_open": "numbers", "blockquote_open": "quote",
}  # fmt: skip


def choose(scripts: Mapping[Any, str], *languages: str | None) -> tuple[str, str] | None:
    """(language, text) of the first of `languages` there is a script in, else of any."""
    for language in languages:
        code = (language or "")[:2].lower()
        if scripts.get(code, "").strip():
            return code, scripts[code]
    return next(((code, text) for code, text in scripts.items() if text.strip()), None)


def fields_in(text: str) -> list[str]:
    """The fields that a script names, each once, as they are written first."""
    found: dict[str, str] = {}
    for match in _FIELD.finditer(text):
        found.setdefault(match[1].casefold(), match[1])
    return list(found.values())


def parse(text: str, language: str, fields: Mapping[str, str]) -> Script:
    """`fields` by name, whatever its case; a heading of one or two signs begins a step."""
    known = {name.casefold(): value.strip() for name, value in fields.items()}
    aside: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        aside.append(match[1])
        return f"{_BEGIN}{len(aside) - 1}{_END}"

    plain = _FIELD.sub(set_aside, _PRIVATE.sub("", text))
    filled = _Filled(known, aside)
    tokens = _MARKDOWN.parse(plain)
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        lines = _as_they_stand(plain, filled)
    else:
        lines = _lines(tokens, filled)
    return Script(language=language, steps=list(_steps(lines)))


class _Line(Struct, frozen=True):
    """`kind` None: a step's title. Lines of one `block` belong together."""

    kind: ScriptBlockKind | None
    block: int
    runs: list[Run] = []


def _as_they_stand(text: str, filled: _Filled) -> Iterator[_Line]:
    for at, line in enumerate(text.splitlines()):
        if line.strip():
            yield _Line("paragraph", at, list(filled.runs(line.strip(), strong=False, em=False)))


def _lines(tokens: Sequence[Token], filled: _Filled) -> Iterator[_Line]:
    around: list[ScriptBlockKind] = []
    heading, block = "", 0
    for token in tokens:
        if token.type in _AROUND:
            block += not around
            around.append(_AROUND[token.type])
        elif token.type.replace("_close", "_open") in _AROUND:
            around.pop()
        elif token.type == "heading_open":
            heading = token.tag
        elif token.type == "hr":
            block += not around
            yield _Line("rule", block)
        elif token.type == "inline":
            block += not around
            yield _Line(_kind(around, heading), block, filled.of(token.children or []))
            heading = ""


def _kind(around: Sequence[ScriptBlockKind], heading: str) -> ScriptBlockKind | None:
    """The outermost says what a line is: a list in a quote is read as the quote."""
    if around:
        return around[0]
    return None if heading in {"h1", "h2"} else "heading" if heading else "paragraph"


def _steps(lines: Iterable[_Line]) -> Iterator[Step]:
    title: list[Run] = []
    blocks: list[Block] = []
    for (kind, _), found in groupby(lines, key=lambda line: (line.kind, line.block)):
        items = [line.runs for line in found]
        if kind is not None:
            blocks.append(Block(kind=kind, items=[] if kind == "rule" else items))
            continue
        if title or blocks:
            yield Step(title=title, blocks=blocks)
        title, blocks = items[0], []
    if title or blocks:
        yield Step(title=title, blocks=blocks)


class _Filled:
    """Lines with the fields filled in."""

    def __init__(self, known: Mapping[str, str], aside: Sequence[str]) -> None:
        self._known, self._aside = known, aside

    def of(self, tokens: Sequence[Token]) -> list[Run]:
        found: list[Run] = []
        marks = {"strong": 0, "em": 0}
        for at, token in enumerate(tokens):
            name, _, _ = token.type.partition("_")
            if name in marks:
                marks[name] += token.nesting
                continue
            text = _joint(tokens, at) if token.type in {"softbreak", "hardbreak"} else token.content
            for run in self.runs(text, strong=marks["strong"] > 0, em=marks["em"] > 0):
                _add(found, run)
        return found

    def runs(self, text: str, *, strong: bool, em: bool) -> Iterator[Run]:
        pieces = _ASIDE.split(text)
        for at, piece in enumerate(pieces):
            if at % 2:
                name = self._aside[int(piece)]
                value = self._known.get(name.casefold(), "")
                yield Run(text=value, strong=strong, em=em, field=name, missing=not value)
            elif piece:
                yield Run(text=piece, strong=strong, em=em)


def _add(found: list[Run], run: Run) -> None:
    """Text goes on in the piece before it where it looks the same."""
    if found and run.field is None and replace(found[-1], text=run.text) == run:
        found[-1] = replace(run, text=found[-1].text + run.text)
    else:
        found.append(run)


def _joint(tokens: Sequence[Token], at: int) -> str:
    """What stands for the end of a line."""
    before, after = tokens[at - 1].content[-1:], tokens[at + 1 : at + 2]
    follows = after[0].content[:1] if after else ""
    return "" if _CLOSED.match(before) and _CLOSED.match(follows) else " "
