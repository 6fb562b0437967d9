"""Calls, recordings and messages in the browser: found, looked at, heard, taken home, read."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from openpyxl import load_workbook
from playwright.async_api import expect

from dialer.ids import new_id
from tests.kit.console_floor import ConsoleFloor
from tests.kit.pages import Language, barriers
from tests.kit.past_calls import past_calls

#: What the first column of a file is called, and one of its words.
SAID: dict[Language, tuple[str, str]] = {
    "en": ("Placed", "Connected"),
    "zh-CN": ("拨出时间", "已接通"),
}


@pytest_asyncio.fixture(loop_scope="session")
async def calls(floor: ConsoleFloor) -> list[str]:
    pool = floor.pool()
    rep = await floor.rep(pool=pool, full_name=f"Anna Novak {new_id()[-5:]}")
    campaign = await floor.campaign(pool, start=False)
    now = time.time()
    # Numbers of their own, also when another test asked for its sixty a second ago.
    first = int(now) % 100_000 * 100
    folder = floor.state_dir / "recordings"
    folder.mkdir(exist_ok=True)
    return await past_calls(
        floor.store, campaign, [rep.agent], count=60, now=now, first=first, sounds=folder
    )


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_call_is_found_looked_at_and_taken_home(
    floor: ConsoleFloor, window: Any, calls: list[str], language: Language, tmp_path: Path
) -> None:
    manager = await floor.person("admin")
    async with window(language=language) as visitor:
        page, by = visitor.page, visitor.page.get_by_test_id
        await visitor.log_in(manager, "/calls")
        await expect(by(f"calls-row-{calls[0]}")).to_be_visible()
        # Calls of other tests stand between them: so many pages on, at most.
        for _ in range(4):
            await by("calls-pages-next").click()
            with suppress(AssertionError):
                await expect(by(f"calls-row-{calls[55]}")).to_be_visible()
                break
        await expect(by(f"calls-row-{calls[55]}")).to_be_visible()
        assert await barriers(page) == []

        call = await floor.store.attempts.get(calls[2])
        assert call is not None
        await by("calls-filter-number").fill(call.number)
        await expect(page.locator("tbody tr")).to_have_count(1)
        assert call.number.removeprefix("+") not in page.url
        await by(f"calls-row-{calls[2]}").click()
        await expect(by("call-line-connected")).to_contain_text("Anna Novak")
        await expect(by("call-line-step-0")).to_be_visible()
        await expect(by("call-sound")).to_be_visible()
        assert await barriers(page) == []
        await page.keyboard.press("Escape")

        await by("calls-export").click()
        async with page.expect_download() as saving:
            await by("calls-export-xlsx").click()
        path = tmp_path / "calls.xlsx"
        await (await saving.value).save_as(path)
        await by("calls-file-end").click()
    rows = list(load_workbook(path).active.iter_rows(values_only=True))
    title, word = SAID[language]
    assert len(rows) == 2
    assert rows[0][0] == title
    assert call.number in rows[1]
    assert word in rows[1]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_calls_story_has_an_address_is_heard_and_corrected_with_a_reason(
    floor: ConsoleFloor, window: Any, calls: list[str], language: Language
) -> None:
    manager = await floor.person("manager")
    async with window(language=language) as visitor:
        page, by = visitor.page, visitor.page.get_by_test_id
        await visitor.log_in(manager, f"/calls/{calls[0]}")
        await expect(by("call-behind-why")).to_contain_text("三月 / March")
        await expect(by("call-behind-allowed").get_by_role("listitem")).to_have_count(5)
        await expect(by("call-line-ended")).to_contain_text("Q.850 16")
        assert await barriers(page) == []

        wave = by("call-wave")
        await expect(wave.locator("path").first).to_have_attribute("d", re.compile("M799 "))
        box = await wave.bounding_box()
        assert box is not None
        await wave.click(position={"x": box["width"] / 2, "y": 20})
        await expect(by("call-at")).to_contain_text("0:42 /")
        await wave.press("ArrowRight")
        await expect(by("call-at")).to_contain_text("0:47 /")
        await wave.press("Space")
        await expect(by("call-at")).to_contain_text("0:49 /")
        await wave.press("Space")

        await by("call-correct").click()
        await by("correct-to").click()
        await page.get_by_role("option").first.click()
        await by("correct-because").fill("听过录音：没有成交")
        assert await barriers(page) == []
        await by("correct-save").click()
        await expect(by("call-line-result-1")).to_contain_text("听过录音：没有成交")
        assert await barriers(page) == []
        await page.keyboard.press("Escape")
        await expect(page).to_have_url(re.compile(r"/calls(\?.*)?$"))


async def test_a_recording_is_found_by_whom_it_is_of_and_played(
    floor: ConsoleFloor, window: Any, calls: list[str]
) -> None:
    call = await floor.store.attempts.get(calls[0])
    assert call is not None
    async with window(language="zh-CN", checked=False) as visitor:
        page, by = visitor.page, visitor.page.get_by_test_id
        await visitor.log_in(await floor.person("admin"), "/recordings")
        await by("recordings-filter-number").fill(call.number)
        await expect(page.locator("tbody tr")).to_have_count(1)
        await by(f"play-{calls[0]}").click()
        box = await by("player").bounding_box()
        assert box is not None
        assert box["width"] > 320
        assert await barriers(page) == []
        await by(f"recordings-row-{calls[0]}").press("Enter")
        await expect(by("call-line-ended")).to_be_visible()


async def test_who_has_read_a_message_is_seen(floor: ConsoleFloor, window: Any) -> None:
    name = f"Ben Arp {new_id()[-5:]}"
    rep = await floor.rep(pool=floor.pool(), full_name=name)
    supervisor = await floor.person("admin")
    async with window(language="zh-CN") as visitor:
        page, by = visitor.page, visitor.page.get_by_test_id
        await visitor.log_in(supervisor, "/messages")
        await by("messages-new").click()
        await by("message-rep").click()
        await page.get_by_role("option", name=name).click()
        await by("message-text").fill("请在三点前回拨王女士")
        await by("message-send").click()
        row = page.locator("tbody tr").first
        await expect(row).to_contain_text("1 人中 0 人已读")
        await row.click()
        await expect(by(f"receipt-{rep.agent}")).to_contain_text("未读")
        assert await barriers(page) == []
        await page.keyboard.press("Escape")

        ((message, _),) = await floor.store.messages.sent_by(supervisor.name, limit=1)
        await floor.store.messages.mark_read(message.id, rep.agent, time.time())
        await by("messages-reload").click()
        await expect(row).to_contain_text("1 人中 1 人已读")
