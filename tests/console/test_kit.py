"""The console's kit on its page of examples: every part, both languages and themes, alive.

Nobody serves it: the built page's files are answered inside the browser, under the service's own
policy for styles and scripts.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, Route, expect

from tests.kit.pages import Browsers, Language, Theme, barriers

ROOT = Path(__file__).resolve().parents[2]
URL = "http://127.0.0.1:9"
TABS = ("list", "form", "parts", "charts", "upload")
POLICY = (
    "default-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:"
)
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
_SIDEWAYS = "document.documentElement.scrollWidth > innerWidth + 1"
_IS_ON_TOP = """(it) => {
  const box = it.getBoundingClientRect()
  return it.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2))
}"""


@pytest.fixture(scope="module")
def built(console_built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("examples")
    vite = ["vite", "build", "--mode", "examples", "--outDir", str(out), "--logLevel", "error"]
    command = [sys.executable, str(ROOT / "tools/console.py"), "run", *vite, "--emptyOutDir"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@asynccontextmanager
async def shown(
    browsers: Browsers,
    built: Path,
    tab: str,
    *,
    language: Language = "en",
    theme: Theme = "light",
    width: int = 1280,
) -> AsyncIterator[Page]:
    """The page of examples, with one tab open. Nothing may have gone wrong in it at the end."""
    browser = await browsers.get()
    size: Any = {"width": width, "height": 800}
    context = await browser.new_context(
        viewport=size, locale=language, color_scheme=theme, base_url=URL, timezone_id="UTC"
    )
    wrong: list[str] = []

    async def answer(route: Route) -> None:
        file = built / urlsplit(route.request.url).path.lstrip("/")
        kind = f"{_TYPES.get(file.suffix, 'application/octet-stream')}; charset=utf-8"
        headers = {"Content-Security-Policy": POLICY, "Content-Type": kind}
        await route.fulfill(body=file.read_bytes(), headers=headers)

    await context.route("**/*", answer)
    try:
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda it: wrong.append(it.text) if it.type == "error" else None)
        await page.goto(f"/examples.html#/{tab}")
        await page.get_by_test_id(f"examples-{tab}").wait_for()
        yield page
        assert wrong == []
    finally:
        await context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("tab", TABS)
async def test_no_part_keeps_anybody_out(
    browsers: Browsers, built: Path, tab: str, language: Language, theme: Theme
) -> None:
    async with shown(browsers, built, tab, language=language, theme=theme) as page:
        if tab == "list":
            await page.get_by_test_id("leads-row-L1").wait_for()
        if tab == "charts":
            await page.locator("canvas").first.wait_for()
        assert await barriers(page) == []


@pytest.mark.parametrize("width", [820, 1024])
@pytest.mark.parametrize("tab", TABS)
async def test_no_part_is_wider_than_the_window(
    browsers: Browsers, built: Path, tab: str, width: int
) -> None:
    async with shown(browsers, built, tab, width=width) as page:
        await page.wait_for_timeout(0)
        assert not await page.evaluate(_SIDEWAYS)


@pytest.mark.parametrize(
    ("tab", "opens", "seen"),
    [
        ("list", "leads-columns", "leads-column-city"),
        ("list", "leads-filter-due", "leads-filter-due-lastMonth"),
        ("list", "leads-acts-L1", "leads-acts-L1-remove"),
        ("list", "leads-row-L1", "lead-form"),
        ("parts", "p-one", "p-one-search"),
        ("parts", "p-many", "p-many-search"),
        ("parts", "p-date", "p-date-calendar"),
        ("parts", "p-days", "p-days-calendar"),
        ("parts", "menu", "menu-edit"),
        ("parts", "ask", "confirm-reason"),
        ("parts", "dialog-open", "dialog"),
    ],
)
async def test_nothing_that_opens_keeps_anybody_out(
    browsers: Browsers, built: Path, tab: str, opens: str, seen: str
) -> None:
    async with shown(browsers, built, tab) as page:
        await page.get_by_test_id(opens).click()
        await page.get_by_test_id(seen).wait_for()
        assert await barriers(page) == []
        await page.keyboard.press("Escape")
        await page.get_by_test_id(seen).wait_for(state="detached")


async def test_a_message_lies_above_a_dialog_and_its_click_does_not_close_it(
    browsers: Browsers, built: Path
) -> None:
    async with shown(browsers, built, "parts") as page:
        await page.get_by_test_id("dialog-open").click()
        await page.get_by_test_id("d-toast").click()
        toast = page.get_by_test_id("toast")
        await toast.wait_for()
        assert await toast.evaluate(_IS_ON_TOP)
        await page.get_by_test_id("toast-close").click()
        await toast.wait_for(state="detached")
        await expect(page.get_by_test_id("dialog")).to_be_visible()


async def test_a_list_in_a_dialog_lies_above_it_and_escape_closes_the_list_alone(
    browsers: Browsers, built: Path
) -> None:
    async with shown(browsers, built, "parts") as page:
        await page.get_by_test_id("dialog-open").click()
        await page.get_by_test_id("d-one").click()
        option = page.get_by_test_id("d-one-option-Ulm")
        await option.wait_for()
        assert await option.evaluate(_IS_ON_TOP)
        await page.keyboard.press("Escape")
        await option.wait_for(state="detached")
        await expect(page.get_by_test_id("dialog")).to_be_visible()


async def test_a_select_is_worked_by_the_keyboard_alone(browsers: Browsers, built: Path) -> None:
    async with shown(browsers, built, "parts") as page:
        await page.get_by_test_id("p-one").focus()
        await page.keyboard.press("ArrowDown")
        await page.get_by_test_id("p-one-search").wait_for()
        await page.keyboard.type("bonn")
        await expect(page.get_by_test_id("p-one-option-Ulm")).to_have_count(0)
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("p-one")).to_contain_text("Bonn")
        await expect(page.get_by_test_id("p-one")).to_be_focused()


@pytest.mark.parametrize(("language", "first"), [("en", "S"), ("zh-CN", "一")])
async def test_a_week_begins_as_the_reader_s_does(
    browsers: Browsers, built: Path, language: Language, first: str
) -> None:
    async with shown(browsers, built, "parts", language=language) as page:
        await page.get_by_test_id("p-date").click()
        calendar = page.get_by_test_id("p-date-calendar")
        await expect(calendar.locator("th").first).to_have_text(first)
        await page.get_by_test_id("p-date-calendar-2026-11-12").click()
        await expect(page.get_by_test_id("p-date")).to_contain_text("12")


async def test_a_list_is_filtered_in_the_address_and_gone_through_by_keys(
    browsers: Browsers, built: Path
) -> None:
    async with shown(browsers, built, "list") as page:
        await page.get_by_test_id("leads-filter-q").fill("Anna")
        await expect(page).to_have_url(f"{URL}/examples.html#/list?q=Anna")
        await expect(page.locator("tbody tr").first).to_contain_text("Anna")
        await page.locator("tbody tr").first.focus()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("lead")).to_be_visible()
        await page.reload()
        await expect(page.locator("tbody tr").first).to_contain_text("Anna")
