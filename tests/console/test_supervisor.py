"""The supervisor's console on a real floor: seen, heard, steered, tuned."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from playwright.async_api import expect

from tests.kit import hearing
from tests.kit.console_floor import ConsoleFloor, Login
from tests.kit.pages import MICROPHONE_HZ, Visitor, barriers

#: What the public network's people are heard at, and what the supervisor says.
CALLEE_HZ = 440
SUPERVISOR_HZ = 1000
Window = Callable[..., AbstractAsyncContextManager[Visitor]]


async def ready_rep(floor: ConsoleFloor, desk: Visitor, pool: str) -> Login:
    """A rep at the desk in a browser, the phone held, ready."""
    rep = await floor.rep(pool=pool)
    await desk.log_in(rep)
    await floor.until(lambda: floor.is_registered(rep), f"{rep.agent}'s page is registered")
    await floor.ask("POST", f"agents/{rep.agent}/login")

    async def is_held() -> bool:
        return bool((await floor.agent(rep.agent))["phone"] == "parked")

    await floor.until(is_held, f"{rep.agent}'s phone is held", within_s=20)
    await floor.ask("POST", f"agents/{rep.agent}/ready")
    await floor.until_state(rep.agent, "ready")
    return rep


async def on_floor(floor: ConsoleFloor, boss: Visitor, pool: str, role: Any = "supervisor") -> None:
    await boss.log_in(await floor.person(role))
    await boss.visit(f"/floor/{pool}")


async def choose(boss: Visitor, rep: Login, what: str) -> None:
    """One entry of the menu of a rep's row."""
    await boss.page.get_by_test_id(f"more-{rep.agent}").click()
    await boss.page.get_by_test_id(f"{what}-{rep.agent}").click()


async def test_a_supervisor_listens_and_whispers(floor: ConsoleFloor, window: Window) -> None:
    pool = floor.pool()
    async with window() as desk, window(microphone_hz=SUPERVISOR_HZ) as boss:
        rep = await ready_rep(floor, desk, pool)
        await on_floor(floor, boss, pool)
        first = await floor.campaign(pool, [floor.number("stays")])
        await floor.until_state(rep.agent, "talking")
        await boss.page.get_by_test_id(f"listen-{rep.agent}").click()
        await boss.seen("listen-bar")
        # He hears both, and the rep hears nobody but the callee.
        await boss.until_hears_also(CALLEE_HZ)
        await boss.until_hears_also(MICROPHONE_HZ)
        assert (await desk.hears(1, [CALLEE_HZ, SUPERVISOR_HZ])).tones[1] < 0.01
        await floor.ask("POST", f"agents/{rep.agent}/hangup")
        await floor.until_state(rep.agent, "ready")

        # The next call is heard without doing anything.
        second = await floor.campaign(pool, [floor.number("stays")])
        await floor.until_state(rep.agent, "talking")
        await boss.until_hears_also(CALLEE_HZ)
        await boss.page.get_by_test_id("mode-whisper").click()
        await desk.until_hears_also(SUPERVISOR_HZ)
        await boss.page.get_by_test_id("mode-listen").click()
        await boss.page.get_by_test_id("listen-end").click()
        await boss.page.get_by_test_id("listen-bar").wait_for(state="detached")
        await floor.ask("POST", f"agents/{rep.agent}/hangup")
        await floor.until_state(rep.agent, "ready")

        # What was whispered is nobody's business: the recordings have callee and rep alone.
        for campaign in (first, second):
            left, right = hearing.channels(await floor.recording(campaign))
            assert hearing.share(left, SUPERVISOR_HZ, 60) < 0.05
            assert hearing.share(right, SUPERVISOR_HZ, 60) < 0.05


async def test_listening_in_stands_in_the_audit_log(floor: ConsoleFloor, window: Window) -> None:
    pool = floor.pool()
    async with window() as desk, window(microphone_hz=SUPERVISOR_HZ) as boss:
        rep = await ready_rep(floor, desk, pool)
        await on_floor(floor, boss, pool)
        await floor.campaign(pool, [floor.number("stays")])
        await floor.until_state(rep.agent, "talking")
        await boss.page.get_by_test_id(f"listen-{rep.agent}").click()
        await boss.until_hears_also(CALLEE_HZ)

        noted = await floor.ask("GET", "audit?what=supervision&limit=20")

        assert rep.agent in str(noted["entries"])
        await boss.page.get_by_test_id("listen-end").click()


async def test_a_change_of_pacing_acts_and_can_be_taken_back(
    floor: ConsoleFloor, window: Window
) -> None:
    pool = floor.pool()
    async with window() as desk, window() as boss:
        await ready_rep(floor, desk, pool)
        campaign = await floor.campaign(
            pool, [f"+121255{at}{60 + at % 20}" for at in range(100, 200)], ring_timeout=60.0
        )
        await on_floor(floor, boss, pool, "manager")
        page = boss.page
        ringing = page.locator('[data-testid="phases"] [data-phase="ringing"] dd')
        await ringing.filter(has_text=re.compile("^1$")).wait_for()

        await page.get_by_test_id(f"tune-{campaign}").click()
        await page.get_by_test_id("setting-method").select_option("ratio")
        await page.get_by_test_id("setting-ratio").fill("3")
        await page.get_by_test_id("trial-begin").click()
        told = page.get_by_test_id("trial").locator("table, [role=alert]")
        await told.wait_for(timeout=60_000)
        assert await page.get_by_test_id("trial-figures").count() == 1, await told.inner_text()
        await page.get_by_test_id("tune-because").fill("three lines for one rep")
        await page.get_by_test_id("tune-apply").click()
        await page.get_by_test_id("toast").first.wait_for()
        await page.get_by_test_id("tune-cancel").click()
        await ringing.filter(has_text=re.compile("^3$")).wait_for()

        await page.get_by_test_id(f"tune-{campaign}").click()
        await page.get_by_test_id("tune-undo").click()
        await expect(page.get_by_test_id("setting-method")).to_have_value("progressive")
        sheet = await floor.ask("GET", f"pools/{pool}/settings")
        now = {key["key"]: key["value"] for key in sheet["keys"]}
        assert now["method"] == "progressive"
        versions = await floor.ask("GET", f"pools/{pool}/settings/versions")
        assert "three lines for one rep" in str(versions)


async def test_a_rep_is_moved_to_another_pool(floor: ConsoleFloor, window: Window) -> None:
    here, there = floor.pool(), floor.pool()
    async with window() as desk, window() as boss:
        rep = await ready_rep(floor, desk, here)
        await on_floor(floor, boss, here, "manager")
        await choose(boss, rep, "move")
        await boss.page.get_by_test_id("move-pool").select_option(there)
        await boss.page.get_by_test_id("rep-dialog-go").click()

        await boss.page.get_by_test_id("rep-dialog").wait_for(state="detached")
        await boss.visit(f"/floor/{there}")
        await boss.seen(f"rep-{rep.agent}")


async def test_a_paused_rep_and_one_who_is_written_to_see_who_did_it(
    floor: ConsoleFloor, window: Window
) -> None:
    pool = floor.pool()
    async with window() as desk, window() as boss:
        rep = await ready_rep(floor, desk, pool)
        await on_floor(floor, boss, pool)
        await choose(boss, rep, "message")
        await boss.page.get_by_test_id("rep-dialog-text").fill("Please call Mr Li back.")
        await boss.page.get_by_test_id("rep-dialog-go").click()
        await desk.page.get_by_text("Please call Mr Li back.").first.wait_for()

        await choose(boss, rep, "pause")
        await boss.page.get_by_test_id("rep-dialog-text").fill("meeting")
        await boss.page.get_by_test_id("rep-dialog-go").click()
        await floor.until_state(rep.agent, "paused")
        row = boss.page.get_by_test_id(f"rep-{rep.agent}")
        await row.get_by_text("meeting").wait_for()


SCREENS = ["floor", "campaigns", "recordings", "wallboard", "ops", "audit", "people", "account"]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh-CN", "dark")])
async def test_no_screen_keeps_anybody_out(
    floor: ConsoleFloor, window: Window, screen: str, language: str, theme: str
) -> None:
    async with window(language=language, theme=theme) as boss:
        await boss.log_in(await floor.person("admin"))
        await boss.visit(f"/{screen}")
        await boss.page.wait_for_load_state("networkidle")

        assert await barriers(boss.page) == []
