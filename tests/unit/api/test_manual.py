"""The documentation as pages of help, and a page of it behind every screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dialer.features.manual.pages import anchor, as_html, docs_folder, page

ROOT = Path(__file__).parents[3]


def test_markup_in_a_page_stays_text_and_links_lead_to_pages() -> None:
    made = as_html(
        "# A & B\n<script>x</script> [c](../console.md#a-b) [d](javascript:x) [e](../../etc) "
        "[f](https://a.example/)",
        "howto/a",
    )

    assert "<script>" not in made
    assert "<title>A &amp; B</title>" in made
    assert '<h1 id="a--b">' in made
    assert '<a href="/api/v1/help/console#a-b">c</a>' in made
    assert '<a href="https://a.example/">f</a>' in made
    assert "javascript:" not in made.replace("[d](javascript:x)", "")
    assert 'href="../../etc"' not in made


@pytest.mark.parametrize("name", ["", "../README", "nothing", "/etc/passwd", "console.md", "a/b/c"])
def test_only_pages_of_the_documentation_are_read(name: str) -> None:
    assert page(docs_folder(), name) is None


async def test_whoever_is_logged_in_reads_a_page_in_which_nothing_runs(people) -> None:
    async with people.browser(await people.add("rep")) as client:
        found = await client.get("/api/v1/help/console")
        missing = await client.get("/api/v1/help/nothing")

    assert found.status_code == 200
    assert found.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<h1" in found.text
    assert missing.status_code == 404


def test_every_screens_page_of_help_and_its_heading_are_there() -> None:
    named = [
        (path.parent.name, link)
        for path in (ROOT / "console/src/features").glob("*/index.ts")
        for link in re.findall(r"docs: '([^']+)'", path.read_text("utf-8"))
    ]
    assert len(named) >= 14
    for feature, link in named:
        name, _, heading = link.partition("#")
        text = (ROOT / f"docs/{name}.md").read_text("utf-8")
        headings = {anchor(it) for it in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
        assert not heading or heading in headings, f"{feature}: {link}: {sorted(headings)}"
