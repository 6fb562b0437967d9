"""A script as steps of plain blocks: Markdown in, no markup out. Pure.

What comes out is text and what kind of text it is, so that a screen can show it without ever
taking a lead's field for markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

BlockKind = Literal["paragraph", "heading", "quote", "bullets", "numbers", "rule"]


class Run(Struct, frozen=True, kw_only=True):
    """A piece of a line. `field`: it stands for that field, and `missing` says it has none."""

    text: str
    strong: bool = False
    em: bool = False
    field: str | None = None
    missing: bool = False


class Block(Struct, frozen=True, kw_only=True):
    """`items`: the lines of a list; any other block has one."""

    kind: BlockKind
    items: list[list[Run]] = []


class Step(Struct, frozen=True, kw_only=True):
    title: list[Run]
    blocks: list[Block] = []


class Script(Struct, frozen=True, kw_only=True):
    language: str
    steps: list[Step]


_STEP = re.compile(r"#{1,2}\s+(.*?)\s*#*")
_HEADING = re.compile(r"#{3,6}\s+(.*?)\s*#*")
_BULLET = re.compile(r"\s*[-*+]\s+(.*)")
_NUMBER = re.compile(r"\s*\d{1,3}[.)]\s+(.*)")
_QUOTE = re.compile(r"\s*>\s?(.*)")
_RULE = re.compile(r"\s*([-*_])(\s*\1){2,}\s*")
_INLINE = re.compile(r"\{\{\s*([^{}\n]{1,100}?)\s*\}\}|(\*\*|__)|([*_])")


def choose(scripts: Mapping[Any, str], *languages: str | None) -> tuple[str, str] | None:
    """(language, text) of the first of `languages` there is a script in, else of any."""
    for language in languages:
        code = (language or "")[:2].lower()
        if scripts.get(code, "").strip():
            return code, scripts[code]
    return next(((code, text) for code, text in scripts.items() if text.strip()), None)


def parse(text: str, language: str, fields: Mapping[str, str]) -> Script:
    """`fields` by name, whatever its case; a heading of one or two signs begins a step."""
    known = {name.casefold(): value for name, value in fields.items()}
    steps: list[Step] = []
    title: list[Run] = []
    lines: list[str] = []

    def close() -> None:
        blocks = list(_blocks(lines, known))
        if title or blocks:
            steps.append(Step(title=title, blocks=blocks))

    for line in text.replace("\r\n", "\n").split("\n"):
        found = _STEP.fullmatch(line)
        if found is None:
            lines.append(line)
            continue
        close()
        title, lines = runs(found.group(1), known), []
    close()
    return Script(language=language, steps=steps)


def _blocks(lines: list[str], known: Mapping[str, str]) -> Iterator[Block]:
    kind: BlockKind | None = None
    gathered: list[str] = []
    for line in [*lines, ""]:
        this, rest = _line(line)
        goes_on = this == kind and this in {"paragraph", "quote", "bullets", "numbers"}
        # A line that is indented under an item belongs to it.
        if kind in {"bullets", "numbers"} and this == "paragraph" and line[:1].isspace():
            gathered[-1] += f" {rest}"
            continue
        if not goes_on:
            if kind is not None:
                yield _block(kind, gathered, known)
            kind, gathered = this, []
        if this is not None:
            gathered.append(rest)


def _line(line: str) -> tuple[BlockKind | None, str]:
    if not line.strip():
        return None, ""
    if _RULE.fullmatch(line):
        return "rule", ""
    forms: tuple[tuple[BlockKind, re.Pattern[str]], ...] = (
        ("heading", _HEADING), ("bullets", _BULLET), ("numbers", _NUMBER), ("quote", _QUOTE),
    )  # fmt: skip
    for kind, form in forms:
        if (found := form.fullmatch(line)) is not None:
            return kind, found.group(1).strip()
    return "paragraph", line.strip()


def _block(kind: BlockKind, lines: list[str], known: Mapping[str, str]) -> Block:
    if kind == "rule":
        return Block(kind=kind)
    if kind in {"bullets", "numbers"}:
        return Block(kind=kind, items=[runs(line, known) for line in lines])
    return Block(kind=kind, items=[runs(" ".join(lines), known)])


def runs(line: str, known: Mapping[str, str]) -> list[Run]:
    """A line's pieces, with fields filled in; a mark that is never closed stays as it is."""
    found: list[Run] = []
    strong = em = False
    at = 0
    for match in _INLINE.finditer(line):
        name, double, single = match.groups()
        is_on = strong if double else em
        if (double or single) and not is_on and not _closes_later(line, match):
            continue
        _add(found, line[at : match.start()], strong=strong, em=em)
        at = match.end()
        if name is not None:
            value = known.get(name.casefold(), "").strip()
            found.append(Run(text=value, strong=strong, em=em, field=name, missing=not value))
        elif double:
            strong = not strong
        else:
            em = not em
    _add(found, line[at:], strong=strong, em=em)
    return found


def _closes_later(line: str, match: re.Match[str]) -> bool:
    """A word with a line in it, as in first_name, opens nothing; nor does a mark left alone."""
    mark = match.group()
    before = line[match.start() - 1 : match.start()]
    if mark[0] == "_" and before.isalnum():
        return False
    rest = line[match.end() :]
    return bool(rest[:1].strip()) and mark in rest


def _add(found: list[Run], text: str, *, strong: bool, em: bool) -> None:
    if text:
        found.append(Run(text=text, strong=strong, em=em))
