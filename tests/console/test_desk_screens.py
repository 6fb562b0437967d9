"""Every state of a rep's desk, in both languages and themes: nobody kept out, no text cut."""

from __future__ import annotations

import asyncio
import json
import re
import time
from pathlib import Path

import pytest

from tests.kit.desk_scenes import DIST, SCENES, URL, Json, Stage, open_stage
from tests.kit.desk_texts import Language
from tests.kit.pages import Browsers, barriers

#: What a scene shows where that is not its own name.
SHOWN = {
    "reserved": "talking",
    "consult": "talking",
    "phone-lost": "lost",
    "message": "ready",
    "owed": "paused",
    "asleep": "ready",
}
#: Buttons and words whose text does not fit into them.
_CUT = """
() => [...document.querySelectorAll('main button, section button, main dt, .state')]
  .filter((it) => it.offsetParent !== null && it.scrollWidth > it.clientWidth + 1)
  .map((it) => `${it.dataset.testid ?? it.className}: ${it.textContent.trim()}`)
"""
#: Parts of the band, and columns below it, that lie over each other.
_LAID_OVER = """
() => {
  const found = []
  for (const of of document.querySelectorAll('.band, .band .do, .band .totals, .work, .quiet')) {
    const parts = [...of.children].filter((it) => it.offsetParent !== null)
    const deep = (it) => Math.max(it.getBoundingClientRect().right,
      ...[...it.children].map((one) => one.getBoundingClientRect().right))
    parts.forEach((it, n) => {
      const next = parts[n + 1]?.getBoundingClientRect()
      const mine = it.getBoundingClientRect()
      if (next && next.top < mine.bottom && next.left < deep(it) - 1 && next.left >= mine.left)
        found.push(`${it.className} under ${parts[n + 1].className}`)
    })
  }
  return found
}
"""


#: All that is read on the page, and heard of it.
_SAID = """
() => document.body.innerText + ' ' + [...document.querySelectorAll('[aria-label]')]
  .map((it) => it.getAttribute('aria-label')).join(' ')
"""


async def staged(browsers: Browsers, language: Language, theme: str, width: int) -> Stage:
    browser = await browsers.get()
    context = await browser.new_context(
        viewport={"width": width, "height": 800}, locale=language, timezone_id="UTC",
        color_scheme="dark" if theme == "dark" else "light", permissions=["microphone"],
        base_url=URL,
    )  # fmt: skip
    stage = await open_stage(context, language)
    await stage.page.goto("/desk")
    await stage.reach("out")
    return stage


async def reached(stage: Stage, scene: str) -> None:
    await stage.show(scene)
    await stage.reach(SHOWN.get(scene, scene))
    if stage.row.get("attempt") or stage.row.get("wrapup_of"):
        await stage.page.get_by_test_id("lead-name").wait_for()


@pytest.mark.usefixtures("console_built")
@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_no_state_of_the_desk_keeps_anybody_out(
    browsers: Browsers, language: Language, theme: str
) -> None:
    stage = await staged(browsers, language, theme, 1280)
    try:
        for scene in SCENES:
            await reached(stage, scene)
            assert await barriers(stage.page) == [], scene
            assert await stage.page.evaluate(_CUT) == [], scene
            overflow = "document.documentElement.scrollWidth > innerWidth"
            assert not await stage.page.evaluate(overflow), scene
    finally:
        await stage.page.context.close()


@pytest.mark.usefixtures("console_built")
@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("width", [1024, 1093, 1280])
async def test_every_state_fits_a_small_screen(
    browsers: Browsers, language: Language, width: int
) -> None:
    """1093 is a laptop of 1366 at 125 %: all of the desk is seen, and nothing lies over another."""
    stage = await staged(browsers, language, "light", width)
    try:
        for scene in SCENES:
            await reached(stage, scene)
            overflow = "document.documentElement.scrollWidth > innerWidth"
            assert not await stage.page.evaluate(overflow), scene
            assert await stage.page.evaluate(_CUT) == [], scene
            assert await stage.page.evaluate(_LAID_OVER) == [], scene
    finally:
        await stage.page.context.close()


@pytest.mark.usefixtures("console_built")
@pytest.mark.parametrize(
    ("scene", "open_it", "shown"),
    [
        ("talking", "help-open", "keys-help"),
        ("talking", "transfer", "transfer-dialog"),
        ("talking", "keypad", "keypad-panel"),
        ("talking", "pause", "pause-menu"),
        ("preview", "preview-skip", "skip-menu"),
        ("wrapup", "result-callback", "callback-picker"),
        ("ready", "phone", "phone-dialog"),
        ("ready", "tab-calls", "calls"),
        ("ready", "tab-dial", "dial-form"),
        ("message", "messages-open", "messages-dialog"),
        ("ready", "callback-move-k0", "move-callback"),
        ("talking", "edit-lead", "edit-form"),
        ("owed", "owed-c0", "late-result"),
        ("ready", "callbacks-day", "entry-k0"),
        ("ready", "callbacks-week", "entry-k0"),
        ("asleep", "tab-calls", "nothing-to-call"),
    ],
)
async def test_nothing_that_opens_keeps_anybody_out(
    browsers: Browsers, scene: str, open_it: str, shown: str
) -> None:
    stage = await staged(browsers, "en", "light", 1280)
    try:
        await reached(stage, scene)
        await stage.page.get_by_test_id(open_it).click()
        await stage.page.get_by_test_id(shown).first.wait_for()

        assert await barriers(stage.page) == []
    finally:
        await stage.page.context.close()


@pytest.mark.usefixtures("console_built")
async def test_the_tab_says_the_state(browsers: Browsers) -> None:
    stage = await staged(browsers, "en", "light", 1280)
    try:
        for scene, icon in (("ready", "ready"), ("talking", "talking"), ("phone-lost", "lost")):
            await reached(stage, scene)
            await stage.page.wait_for_function(
                "(name) => document.querySelector('#icon').getAttribute('href') === name",
                arg=f"/icon-{icon}.svg",
            )
        assert "Phone lost" in await stage.page.title()
        assert stage.words["lead"] in await stage.page.title()
    finally:
        await stage.page.context.close()


@pytest.mark.usefixtures("console_built")
async def test_focus_stays_in_a_note_while_the_call_ends(browsers: Browsers) -> None:
    stage = await staged(browsers, "en", "light", 1280)
    try:
        await reached(stage, "talking")
        await stage.page.keyboard.press("n")
        await stage.page.keyboard.type("half a sen")
        await reached(stage, "wrapup")
        await stage.page.keyboard.type("tence 1")

        assert await stage.page.get_by_test_id("note").input_value() == "half a sentence 1"
        assert await stage.page.locator('[aria-pressed="true"]').count() == 0
    finally:
        await stage.page.context.close()


async def until_asked(stage: Stage, path: str) -> Json:
    """What the page sends there, once it does."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for _, asked, body in stage.asked:
            if asked == path:
                return body or {}
        await asyncio.sleep(0.05)
    raise AssertionError(f"nothing was sent to {path}, but {stage.asked}")


@pytest.mark.usefixtures("console_built")
async def test_a_chosen_result_is_sent_before_the_wrapup_runs_out(browsers: Browsers) -> None:
    stage = await staged(browsers, "en", "light", 1280)
    try:
        await reached(stage, "wrapup")
        await stage.page.keyboard.press("2")
        assert not [path for _, path, _ in stage.asked if path.endswith("/finish")]
        stage.row["wrapup_ends"] = time.time() + 1.5
        await stage.push()

        sent = await until_asked(stage, "agents/anna/finish")
        assert (sent["disposition"], sent["then_pause"]) == ("not_interested", False)
    finally:
        await stage.page.context.close()


@pytest.mark.usefixtures("console_built")
async def test_a_note_whose_wrapup_ran_out_is_sent_to_its_own_call(browsers: Browsers) -> None:
    stage = await staged(browsers, "en", "light", 1280)
    try:
        await reached(stage, "talking")
        await stage.page.keyboard.press("n")
        await stage.page.keyboard.type("asked for green power")
        await reached(stage, "ready")

        sent = await until_asked(stage, "agents/anna/notes")
        assert sent.pop("key"), "sent twice it is one note"
        assert sent == {"lead": "l1", "attempt": "a1", "text": "asked for green power"}
        # The draft goes when the answer is there, not before.
        await stage.page.wait_for_function(
            "!Object.keys(sessionStorage).some((key) => key.startsWith('dialer.draft.'))"
        )
    finally:
        await stage.page.context.close()


@pytest.mark.usefixtures("console_built")
async def test_a_result_that_is_owed_is_asked_for_and_said_later(browsers: Browsers) -> None:
    stage = await staged(browsers, "zh-CN", "light", 1280)
    page = stage.page
    try:
        await stage.show("owed")
        await page.get_by_test_id("owed-c3").click()
        assert await page.get_by_test_id("late-save").is_disabled()
        await page.get_by_test_id("late-disposition").select_option("sale")
        await page.get_by_test_id("late-note").fill("signed")
        stage.answers["agents/anna/unsaid"] = {"calls": []}
        await page.get_by_test_id("late-save").click()

        sent = await until_asked(stage, "agents/anna/calls/c3/result")
        assert (sent["was"], sent["disposition"], sent["note"]) == (None, "sale", "signed")
        await page.get_by_test_id("owed").wait_for(state="detached")
    finally:
        await page.context.close()


def _packed(file: Path) -> Path:
    packed = file.with_name(f"{file.name}.br")
    return packed if packed.exists() else file


@pytest.mark.usefixtures("console_built")
async def test_the_desk_is_there_for_less_than_200_kilobytes(browsers: Browsers) -> None:
    stage = await staged(browsers, "en", "light", 1280)
    try:
        await reached(stage, "talking")
        loaded: list[str] = await stage.page.evaluate(
            "performance.getEntriesByType('resource').map((it) => new URL(it.name).pathname)"
        )
        files = {DIST / path.lstrip("/") for path in loaded if path.startswith("/assets/")}
        size = sum(_packed(file).stat().st_size for file in files)

        assert len(files) > 3
        assert size < 200_000
    finally:
        await stage.page.context.close()


@pytest.mark.usefixtures("console_built")
async def test_a_key_of_ones_own_works_and_the_old_one_does_not(browsers: Browsers) -> None:
    stage = await staged(browsers, "en", "light", 1280)
    try:
        await reached(stage, "talking")
        await stage.page.keyboard.press("?")
        await stage.page.get_by_test_id("keys-hold").click()
        await stage.page.keyboard.press("z")
        await stage.page.get_by_test_id("keys-help-close").click()
        await stage.page.keyboard.press("h")
        await stage.page.keyboard.press("z")
        await until_asked(stage, "agents/anna/hold")

        orders = [path for _, path, _ in stage.asked if path.endswith(("/hold", "/resume"))]
        assert orders == ["agents/anna/hold"]
    finally:
        await stage.page.context.close()


@pytest.mark.usefixtures("console_built")
async def test_a_rep_with_a_desk_phone_sees_that(browsers: Browsers) -> None:
    browser = await browsers.get()
    context = await browser.new_context(base_url=URL, viewport={"width": 1280, "height": 800})
    stage = await open_stage(context, "en", phone="desk")
    try:
        await stage.page.goto("/desk")
        await reached(stage, "talking")

        assert await stage.page.get_by_test_id("phone").inner_text() == "Desk phone"
        assert await stage.page.get_by_test_id("mute").count() == 0
    finally:
        await context.close()


#: What is Latin on a Chinese screen: keys of the keyboard, units, numbers' signs.
_LATIN = {
    "Enter",
    "Esc",
    "Tab",
    "Ctrl",
    "Shift",
    "Alt",
    "Space",
    "Asterisk",
    "kWh",
    "GB",
    "DTMF",
    "VIP",
    "English",  # a language stands in the list of languages under its own name
}


@pytest.mark.usefixtures("console_built")
async def test_a_chinese_desk_has_no_word_of_another_language(browsers: Browsers) -> None:
    """Names, addresses and keys are Latin; everything else is said in Chinese."""
    stage = await staged(browsers, "zh-CN", "light", 1280)
    told = json.dumps(stage.words["card"](0.0), ensure_ascii=False, default=str)
    told += json.dumps(stage.words["desk"], ensure_ascii=False, default=str)
    known = _LATIN | set(re.findall(r"[A-Za-z]{3,}", told))
    try:
        for scene in SCENES:
            await reached(stage, scene)
            for tab in ("callbacks", "calls", "messages", "dial"):
                if await stage.page.get_by_test_id(f"tab-{tab}").count():
                    await stage.page.get_by_test_id(f"tab-{tab}").click()
                said = await stage.page.evaluate(_SAID)
                assert sorted(set(re.findall(r"[A-Za-z]{3,}", said)) - known) == [], (scene, tab)
    finally:
        await stage.page.context.close()


def sent(file: Path) -> int:
    """Bytes on the line: what was packed when the console was built, or the file as it is."""
    packed = file.with_name(f"{file.name}.br")
    return (packed if packed.exists() else file).stat().st_size


@pytest.mark.usefixtures("console_built")
async def test_a_first_visit_to_the_desk_loads_little(browsers: Browsers) -> None:
    """What comes over the line, compressed, until a rep can work."""
    stage = await staged(browsers, "zh-CN", "light", 1280)
    try:
        await reached(stage, "ready")
        await stage.page.get_by_test_id("quiet").wait_for()
        await stage.page.wait_for_load_state("networkidle")
        sizes = {it.name: sent(it) for it in stage.files}
    finally:
        await stage.page.context.close()

    # With the phone's own code (46 kB).
    assert sum(sizes.values()) <= 200_000, sorted(sizes.items(), key=lambda it: -it[1])[:12]


@pytest.mark.usefixtures("console_built")
async def test_a_callback_is_moved_in_the_calendar_by_keyboard_and_pointer(
    browsers: Browsers,
) -> None:
    stage = await staged(browsers, "zh-CN", "light", 1280)
    page = stage.page
    try:
        await reached(stage, "ready")
        await page.get_by_test_id("callbacks-week").click()
        entry = page.get_by_test_id("entry-k2")
        await entry.focus()
        await page.keyboard.press("ArrowDown")
        await page.get_by_test_id("calendar-save").wait_for()
        await page.keyboard.press("Escape")
        await page.get_by_test_id("calendar-save").wait_for(state="detached")
        box = await entry.bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + 8, box["y"] + 4)
        await page.mouse.down()
        await page.mouse.move(box["x"] + 8, box["y"] + 40, steps=6)
        await page.mouse.move(box["x"] + 8, box["y"] + 4 + 44, steps=3)
        await page.mouse.up()
        assert await page.get_by_test_id("calendar-closed").count() > 0
        await page.get_by_test_id("calendar-when").wait_for()
    finally:
        await page.context.close()
