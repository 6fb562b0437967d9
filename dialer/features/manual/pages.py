"""A page of the documentation as HTML. Pure but for reading the file."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: A page's name: the path below `docs/` without its ending.
NAME: Final = re.compile(r"[a-z0-9-]{1,60}(/[a-z0-9-]{1,60})?")
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_WORD = re.compile(r"[^\w\- ]+")
#: A link to another page; one to a folder or a file that is no page stays text.
_OTHER = re.compile(r"([a-z0-9./-]+)\.md(#[\w-]+)?")

_FRAME: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  font: 1rem/1.6 system-ui, "Noto Sans SC", sans-serif; }}
pre, code {{ font-family: ui-monospace, monospace; font-size: .92em; }}
pre {{ overflow-x: auto; padding: .8rem;
  border: 1px solid color-mix(in srgb, currentcolor 25%, transparent); }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
th, td {{ text-align: start; vertical-align: top; padding: .3rem .6rem;
  border: 1px solid color-mix(in srgb, currentcolor 25%, transparent); }}
</style></head><body><main>
{body}</main></body></html>
"""


def docs_folder() -> Path:
    """Where the documentation lies: in a checkout, or in an installed package."""
    package = Path(__file__).parents[2]
    checkout = package.parent / "docs"
    return checkout if checkout.is_dir() else package / "_data/docs"


def page(folder: Path, name: str) -> str | None:
    """The page as HTML; None: there is none of this name."""
    if not NAME.fullmatch(name):
        return None
    try:
        text = (folder / f"{name}.md").read_text(encoding="utf-8")
    except OSError:
        return None
    return as_html(text, name)


def as_html(text: str, name: str) -> str:
    tokens = _MARKDOWN.parse(text)
    title = name
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            said = tokens[at + 1].content
            token.attrSet("id", anchor(said))
            title = said if token.tag == "h1" else title
        for child in token.children or ():
            _link(child, name)
    body = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return _FRAME.format(title=html.escape(title), body=body)


def anchor(heading: str) -> str:
    """The id of a heading, as the pages' own links name it."""
    return _WORD.sub("", heading.lower()).strip().replace(" ", "-")


def _link(token: Token, name: str) -> None:
    """Links lead to other pages here, or out; what is neither leads nowhere."""
    if token.type != "link_open":
        return
    target: Any = token.attrGet("href") or ""
    if (found := _OTHER.fullmatch(str(target))) is not None:
        token.attrSet("href", f"{_below(name, found[1])}{found[2] or ''}")
    elif not str(target).startswith(("https://", "http://", "#")):
        token.attrs.pop("href", None)


def _below(name: str, target: str) -> str:
    """The address of a page, from the root of the help: pages lie one folder deep at most."""
    parts = name.split("/")[:-1]
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return f"/api/v1/help/{'/'.join(parts)}"
