"""A rep's day at the desk, over a real Asterisk: worked from the keyboard, heard, interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from playwright.async_api import TimeoutError as TooLate
from playwright.async_api import expect

from dialer.zonedata import zone_named
from tests.kit.console_floor import ConsoleFloor, Login
from tests.kit.pages import Visitor

Window = Callable[..., AbstractAsyncContextManager[Visitor]]
#: What the public network's people are heard at.
CALLEE_HZ = 440


async def shows(visitor: Visitor, state: str, within_ms: float = 40_000) -> None:
    status = visitor.page.get_by_test_id("status")
    try:
        await visitor.page.locator(f'[data-testid="status"][data-state="{state}"]').wait_for(
            timeout=within_ms
        )
    except TooLate:
        seen = await status.all_inner_texts(), await visitor.page.get_by_role("main").inner_text()
        raise AssertionError(f"not {state} within {within_ms:g} ms, but {seen}") from None


async def press(visitor: Visitor, *keys: str) -> None:
    for key in keys:
        await visitor.page.keyboard.press(key)


async def at_work(
    floor: ConsoleFloor, visitor: Visitor, pool: str = "", full_name: str = ""
) -> Login:
    """A rep who has logged in and is ready, all of it from the keyboard."""
    rep = await floor.rep(pool=pool or floor.pool(), full_name=full_name)
    await visitor.log_in(rep)
    await expect(visitor.page.get_by_test_id("start-work")).to_be_enabled(timeout=40_000)
    await press(visitor, "a")
    await shows(visitor, "paused")
    await expect(visitor.page.get_by_test_id("ready")).to_be_enabled(timeout=40_000)
    await press(visitor, "p")
    await shows(visitor, "ready")
    return rep


async def in_call(floor: ConsoleFloor, visitor: Visitor, **settings: Any) -> Login:
    """As `at_work`, in a conversation with somebody who stays."""
    rep = await at_work(floor, visitor)
    await floor.campaign(rep.pool, stay(floor, 1), **{"wrapup_limit": 90.0, **settings})
    await shows(visitor, "talking")
    await visitor.until_hears(CALLEE_HZ)
    return rep


def stay(floor: ConsoleFloor, count: int) -> list[str]:
    return [floor.number("stays") for _ in range(count)]


async def until_said(floor: ConsoleFloor, rep: Login, said: list[str]) -> None:
    """The records of the rep's calls, newest first, have these dispositions."""

    async def so() -> bool:
        answer = await floor.ask("GET", f"agents/{rep.agent}/calls")
        return [call["disposition"] for call in answer["calls"]] == said

    await floor.until(so, f"the calls are recorded as {said}")


async def test_five_calls_are_handled_from_the_keyboard_alone(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    rep = await at_work(floor, visitor)
    await floor.campaign(rep.pool, stay(floor, 5), wrapup_limit=90.0, disposition_required=True)
    names = set()
    for digit in ("1", "2", "1", "4", "2"):
        await shows(visitor, "talking")
        names.add(await visitor.page.get_by_test_id("lead-name").inner_text())
        assert (await visitor.until_hears(CALLEE_HZ)).level > 0.005
        await press(visitor, "n")
        await visitor.page.keyboard.type("e m h 1: letters and digits are text here")
        await press(visitor, "Escape", "e")
        await shows(visitor, "wrapup")
        await press(visitor, digit, "Enter")
        await visitor.page.locator('[data-testid="status"]:not([data-state="wrapup"])').wait_for()
    await shows(visitor, "ready")

    assert names == {f"Lead {at}" for at in range(1, 6)}
    said = ["not_interested", "voicemail", "sale", "not_interested", "sale"]
    await until_said(floor, rep, said)
    await expect(visitor.page.get_by_test_id("today-calls")).to_have_text("5")
    await expect(visitor.page.get_by_test_id("today-sales")).to_have_text("2")


async def test_a_wrapup_without_its_result_is_not_finished(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    await in_call(floor, visitor, disposition_required=True)
    await press(visitor, "e")
    await shows(visitor, "wrapup")
    await press(visitor, "Enter")

    await expect(visitor.page.get_by_test_id("lacks")).to_be_visible()
    await expect(visitor.page.get_by_test_id("finish")).to_be_disabled()


async def test_a_reload_in_mid_call_loses_neither_the_call_nor_what_was_written(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    rep = await in_call(floor, visitor)
    before = await floor.agent(rep.agent)
    await press(visitor, "n")
    await visitor.page.keyboard.type("wants the big one")
    await press(visitor, "Escape")
    await visitor.page.get_by_test_id("result-sale").click()

    await visitor.page.reload()

    await visitor.seen("call-card")
    await expect(visitor.page.get_by_test_id("lead-name")).to_have_text("Lead 1")
    await visitor.until_hears(CALLEE_HZ)
    await shows(visitor, "talking")
    after = await floor.agent(rep.agent)
    assert (after["attempt"], after["state"]) == (before["attempt"], "talking")
    await expect(visitor.page.get_by_test_id("note")).to_have_value("wants the big one")
    await press(visitor, "e")
    await shows(visitor, "wrapup")
    await press(visitor, "Enter")
    await shows(visitor, "ready")
    await until_said(floor, rep, ["sale"])
    lead = (await floor.ask("GET", f"agents/{rep.agent}/calls"))["calls"][0]["lead"]
    assert [note.text for note in await floor.store.notes.of_lead(lead)] == ["wants the big one"]


async def test_a_network_that_is_cut_is_told_and_the_call_goes_on_after_it(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    visitor.allow("WebSocket connection to", "ERR_", "^failed ")
    rep = await in_call(floor, visitor)
    attempt = (await floor.agent(rep.agent))["attempt"]

    floor.web.cut()
    floor.phone.cut()
    await visitor.seen("link-notice")
    await visitor.seen("phone-fault")
    await expect(visitor.page.get_by_test_id("lead-name")).to_have_text("Lead 1")
    floor.web.open_()
    floor.phone.open_()

    await visitor.page.get_by_test_id("link-notice").wait_for(state="detached", timeout=30_000)
    await visitor.page.get_by_test_id("phone-fault").wait_for(state="detached", timeout=30_000)
    await visitor.until_hears(CALLEE_HZ)
    await shows(visitor, "talking")
    assert (await floor.agent(rep.agent))["attempt"] == attempt


async def test_a_callback_agreed_on_is_dialed_at_its_time(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    rep = await in_call(floor, visitor)
    await press(visitor, "e")
    await shows(visitor, "wrapup")
    await press(visitor, "b")
    due = (int(time.time()) // 60 + 1) * 60
    card = await floor.ask("GET", f"agents/{rep.agent}/call")
    there = datetime.fromtimestamp(due, zone_named(card["lead"]["local_time"]["zone"]))
    await visitor.page.get_by_test_id("callback-date").select_option(there.strftime("%Y-%m-%d"))
    await visitor.page.get_by_test_id("callback-time").fill(there.strftime("%H:%M"))
    await expect(visitor.page.get_by_test_id("callback-said")).to_be_visible()
    await press(visitor, "Escape", "Enter")
    await shows(visitor, "ready")
    await visitor.seen("callbacks")
    listed = (await floor.ask("GET", f"agents/{rep.agent}/callbacks"))["callbacks"]
    assert [(it["due_at"], it["agent"]) for it in listed] == [(due, rep.agent)]

    await shows(visitor, "talking", within_ms=90_000)
    assert time.time() >= due
    await expect(visitor.page.get_by_test_id("lead-name")).to_have_text("Lead 1")
    await visitor.until_hears(CALLEE_HZ)
    assert [call["mode"] for call in await floor.calls(rep.pool)] == ["callback"]


async def test_what_follows_a_call_is_reserved_during_it_and_taken_back(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    rep = await in_call(floor, visitor, wrapup_limit=0.0)
    await press(visitor, "p")
    await visitor.seen("pause-menu")
    await press(visitor, "2")
    await visitor.seen("next-state")
    await press(visitor, "p")
    await visitor.page.get_by_test_id("next-state").wait_for(state="detached")
    await press(visitor, "p")
    await visitor.seen("pause-menu")
    await press(visitor, "2")
    await visitor.seen("next-state")
    await press(visitor, "e")

    await shows(visitor, "paused")
    assert (await floor.agent(rep.agent))["reason"] == "lunch"


async def test_a_callee_is_held_and_brought_back(floor: ConsoleFloor, visitor: Visitor) -> None:
    rep = await in_call(floor, visitor)
    attempt = (await floor.agent(rep.agent))["attempt"]
    await press(visitor, "h")
    await shows(visitor, "hold")
    await press(visitor, "h")
    await shows(visitor, "talking")

    await visitor.until_hears(CALLEE_HZ)
    assert (await floor.agent(rep.agent))["attempt"] == attempt


async def test_the_recording_pauses_for_a_card_number(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    rep = await in_call(floor, visitor)
    await press(visitor, "r")
    await expect(visitor.page.get_by_test_id("recording")).to_have_class("light paused")
    calls = await floor.calls(rep.pool)
    assert [call["recording"] for call in calls] == ["paused"]

    await press(visitor, "r")

    await expect(visitor.page.get_by_test_id("recording")).to_have_class("light on")


async def test_a_colleague_is_asked_first_and_gets_the_call(
    floor: ConsoleFloor, visitor: Visitor, window: Window
) -> None:
    rep = await in_call(floor, visitor)
    async with window() as other:
        colleague = await at_work(floor, other, rep.pool, "Lena Frost")
        await press(visitor, "t")
        await expect(visitor.page.get_by_test_id("transfer-search")).to_be_focused()
        await visitor.page.keyboard.type("lena")
        await press(visitor, "Enter")
        await visitor.seen("party-talking")
        await shows(other, "talking")
        await expect(other.page.get_by_test_id("lead-name")).to_have_text("Lead 1")

        await visitor.page.get_by_test_id("consult-complete").click()

        await shows(visitor, "wrapup")
        await other.until_hears(CALLEE_HZ)
        assert [call["agent"] for call in await floor.calls(rep.pool)] == [colleague.agent]


async def test_a_number_dialed_by_hand_passes_the_gate_or_is_told_the_rule(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    visitor.allow("^409 POST .*/dial$")
    rep = await at_work(floor, visitor)
    await floor.campaign(rep.pool, dial_numbers=True, mode="manual", region="US")
    good, refused = stay(floor, 2)
    await floor.ask("POST", "dnc", {"numbers": [refused]})
    await visitor.page.reload()
    await shows(visitor, "ready")
    await visitor.page.get_by_test_id("tab-dial").click()
    await visitor.seen("dial-form")
    await press(visitor, "d")
    await expect(visitor.page.get_by_test_id("dial-number")).to_be_focused()
    await visitor.page.keyboard.type(refused)
    await press(visitor, "Enter")
    await expect(visitor.page.get_by_test_id("dial-refusal")).to_contain_text("do-not-call")

    await visitor.page.get_by_test_id("dial-number").fill(good)
    await press(visitor, "Enter")

    await shows(visitor, "talking")
    await visitor.until_hears(CALLEE_HZ)


async def test_a_lead_that_is_shown_is_skipped_or_dialed(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    rep = await at_work(floor, visitor)
    await floor.campaign(rep.pool, stay(floor, 2), mode="preview", preview_limit=60.0)
    await shows(visitor, "preview")
    first = await visitor.page.get_by_test_id("lead-name").inner_text()
    await press(visitor, "s")
    await visitor.seen("skip-menu")
    await press(visitor, "1")
    await expect(visitor.page.get_by_test_id("lead-name")).not_to_have_text(first, timeout=40_000)
    await press(visitor, "a")

    await shows(visitor, "talking")
    await visitor.until_hears(CALLEE_HZ)


async def test_a_message_is_shown_and_its_reading_is_known(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    rep = await at_work(floor, visitor)
    body = {"to": {"agent": rep.agent}, "text": "Well done, coffee at four"}
    sent = await floor.ask("POST", "messages", body)
    await visitor.page.get_by_text("coffee at four").first.wait_for(timeout=40_000)
    await visitor.page.get_by_test_id("messages-open").click()
    await visitor.page.get_by_test_id(f"message-read-{sent['id']}").click()
    await visitor.page.get_by_test_id(f"message-read-{sent['id']}").wait_for(state="detached")

    known = (await floor.ask("GET", "messages"))["sent"]
    receipts = next(it for it in known if it["id"] == sent["id"])["receipts"]
    assert [(it["agent"], it["read_at"] is not None) for it in receipts] == [(rep.agent, True)]
