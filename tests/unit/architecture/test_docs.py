"""What holds for the pages of docs/: decisions have numbers of their own, links lead somewhere."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_LINK = re.compile(r"\]\(([^()\s#:]+)(?:#[^()\s]*)?\)")


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = Counter(page.name[:4] for page in _decisions())
    assert {number for number, pages in numbers.items() if pages > 1} == set()


def test_a_decision_is_titled_with_the_number_of_its_file() -> None:
    titles = {page.name: page.read_text(encoding="utf-8").splitlines()[0] for page in _decisions()}
    assert {name: title for name, title in titles.items() if title[:7] != f"# {name[:4]} "} == {}


def test_every_link_between_pages_leads_to_a_file(tracked: list[Path]) -> None:
    pages = [path for path in tracked if path.suffix == ".md"]
    assert [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in _LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ] == []


def _decisions() -> list[Path]:
    return sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
