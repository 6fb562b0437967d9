"""The phone in the page on a real Asterisk: registered, held, heard, and back after every loss."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from tests.kit import hearing
from tests.kit.console_floor import ConsoleFloor, Login
from tests.kit.pages import MICROPHONE_HZ, PATIENCE_MS, Visitor

#: What the public network's people are heard at.
CALLEE_HZ = 440
Window = Callable[..., AbstractAsyncContextManager[Visitor]]


async def at_work(floor: ConsoleFloor, visitor: Visitor) -> Login:
    """A rep at the desk, the phone held, ready."""
    rep = await floor.rep(pool=floor.pool())
    await visitor.log_in(rep)
    await floor.until(lambda: floor.is_registered(rep), f"{rep.agent}'s page is registered")
    await floor.ask("POST", f"agents/{rep.agent}/login")
    await until_phone_is(floor, rep, "parked")
    await floor.ask("POST", f"agents/{rep.agent}/ready")
    await floor.until_state(rep.agent, "ready")
    return rep


async def until_phone_is(floor: ConsoleFloor, rep: Login, state: str) -> None:
    async def is_so() -> bool:
        return bool((await floor.agent(rep.agent))["phone"] == state)

    await floor.until(is_so, f"{rep.agent}'s phone is {state}", within_s=20)


async def in_call(floor: ConsoleFloor, visitor: Visitor) -> tuple[Login, str]:
    """As `at_work`, in a conversation with somebody who stays; the rep, and the campaign."""
    rep = await at_work(floor, visitor)
    campaign = await floor.campaign(rep.pool, [floor.number("stays")])
    await floor.until_state(rep.agent, "talking")
    await visitor.until_hears(CALLEE_HZ)
    return rep, campaign


async def attempt_of(floor: ConsoleFloor, rep: Login) -> str:
    return str((await floor.agent(rep.agent))["attempt"])


async def test_callee_and_rep_hear_each_other(floor: ConsoleFloor, visitor: Visitor) -> None:
    rep, campaign = await in_call(floor, visitor)
    await visitor.hears(1)
    await floor.ask("POST", f"agents/{rep.agent}/hangup")
    await floor.until_state(rep.agent, "ready")

    left, right = hearing.channels(await floor.recording(campaign))
    assert hearing.share(left, CALLEE_HZ) > 0.8
    assert hearing.loudness(right) > 0.01
    assert hearing.share(right, MICROPHONE_HZ, 60) > 0.5
    assert hearing.share(right, CALLEE_HZ) < 0.05


async def test_the_leg_outlives_the_calls(floor: ConsoleFloor, visitor: Visitor) -> None:
    rep, _ = await in_call(floor, visitor)
    await floor.ask("POST", f"agents/{rep.agent}/hangup")
    await floor.until_state(rep.agent, "ready")
    await floor.campaign(rep.pool, [floor.number("stays")])
    await floor.until_state(rep.agent, "talking")

    assert (await visitor.until_hears(CALLEE_HZ)).connections == 1
    assert await visitor.page.evaluate("window.__peers.length") == 1


async def test_a_page_that_is_loaded_again_keeps_the_callee(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    rep, _ = await in_call(floor, visitor)
    attempt = await attempt_of(floor, rep)

    await visitor.page.reload()

    await visitor.until_hears(CALLEE_HZ)
    assert await attempt_of(floor, rep) == attempt
    assert (await floor.agent(rep.agent))["state"] == "talking"
    assert [call["attempt"] for call in await floor.calls(rep.pool)] == [attempt]


async def test_a_phone_whose_socket_is_cut_comes_back_into_the_call(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    visitor.allow("WebSocket connection to .*/ws", "ERR_")
    rep, _ = await in_call(floor, visitor)
    attempt = await attempt_of(floor, rep)

    floor.phone.cut()
    await visitor.seen("phone-fault")
    floor.phone.open_()

    await visitor.page.get_by_test_id("phone-fault").wait_for(state="detached")
    await visitor.until_hears(CALLEE_HZ)
    assert await attempt_of(floor, rep) == attempt
    assert (await floor.agent(rep.agent))["state"] == "talking"


async def test_a_browser_without_a_network_says_so_and_is_back_at_once(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    visitor.allow("ERR_INTERNET_DISCONNECTED", "WebSocket connection to")
    rep = await at_work(floor, visitor)

    await visitor.context.set_offline(True)
    await visitor.seen("phone-fault")
    await visitor.context.set_offline(False)

    await visitor.page.get_by_test_id("phone-fault").wait_for(state="detached")
    await until_phone_is(floor, rep, "parked")


async def test_only_one_tab_is_the_phone_and_the_other_can_take_over(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    rep, _ = await in_call(floor, visitor)
    attempt = await attempt_of(floor, rep)
    second = await visitor.context.new_page()
    await second.goto(f"{visitor.url}/desk")
    await second.get_by_test_id("phone-fault").wait_for()
    assert await second.evaluate("window.__peers.length") == 0

    await second.get_by_test_id("phone-remedy").click()

    await second.get_by_test_id("phone-fault").wait_for(state="detached")
    await visitor.seen("phone-fault")
    visitor.page = second
    await visitor.until_hears(CALLEE_HZ)
    assert await attempt_of(floor, rep) == attempt


async def test_the_newest_browser_has_the_phone_and_the_one_before_says_so(
    floor: ConsoleFloor, window: Window
) -> None:
    async with window() as office, window() as home:
        office.allow("^40[19] POST .*/phone")
        home.allow("^40[19] POST .*/phone")
        rep, _ = await in_call(floor, office)
        attempt = await attempt_of(floor, rep)
        await home.log_in(rep)
        await home.until_hears(CALLEE_HZ)
        fault = office.page.get_by_test_id("phone-fault")
        await fault.wait_for(timeout=PATIENCE_MS)
        assert "another browser" in await fault.inner_text()
        assert await attempt_of(floor, rep) == attempt

        await office.page.get_by_test_id("phone-remedy").click()
        await office.until_hears(CALLEE_HZ)
        await home.page.get_by_test_id("phone-fault").wait_for(timeout=PATIENCE_MS)
        assert await attempt_of(floor, rep) == attempt


async def test_a_tab_that_waits_is_the_phone_when_the_other_is_closed(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    rep = await at_work(floor, visitor)
    second = await visitor.context.new_page()
    await second.goto(f"{visitor.url}/desk")
    await second.get_by_test_id("phone-fault").wait_for()

    await visitor.page.close()

    await second.get_by_test_id("phone-fault").wait_for(state="detached")
    await until_phone_is(floor, rep, "parked")


async def test_a_microphone_that_is_denied_is_told_with_its_remedy(
    floor: ConsoleFloor, window: Window
) -> None:
    rep = await floor.rep(pool=floor.pool())
    async with window(may_use_microphone=False) as visitor:
        await visitor.log_in(rep)
        await visitor.seen("phone-fault")
        assert not await floor.is_registered(rep)

        await visitor.context.grant_permissions(["microphone"], origin=visitor.url)
        await visitor.page.get_by_test_id("phone-remedy").click()

        await visitor.page.get_by_test_id("phone-fault").wait_for(state="detached")
        await floor.until(lambda: floor.is_registered(rep), "registered after the remedy")


async def test_a_machine_without_a_microphone_is_told(floor: ConsoleFloor, window: Window) -> None:
    rep = await floor.rep(pool=floor.pool())
    async with window(microphone_hz=None) as visitor:
        await visitor.log_in(rep)
        await visitor.seen("phone-fault")

        assert not await floor.is_registered(rep)


async def test_the_password_is_not_kept_in_the_browser(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    await at_work(floor, visitor)

    kept = await visitor.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")

    assert not re.search(r"password|secret|sip:", kept, re.IGNORECASE)


async def test_a_test_call_says_that_the_microphone_is_heard(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    rep = await floor.rep(pool=floor.pool())
    await visitor.log_in(rep)
    await floor.until(lambda: floor.is_registered(rep), "the page is registered")
    await visitor.page.get_by_test_id("phone").click()
    await visitor.page.get_by_test_id("phone-test").click()

    report = visitor.page.locator("[data-testid=phone-dialog] .report.ok")
    await report.wait_for(state="visible", timeout=PATIENCE_MS)


async def test_a_muted_rep_is_not_heard_and_the_line_stays(
    floor: ConsoleFloor, visitor: Visitor
) -> None:
    rep, campaign = await in_call(floor, visitor)
    await visitor.page.get_by_test_id("mute").click()
    # Longer than Asterisk waits for a phone that sends nothing.
    assert (await visitor.hears(5)).is_tone(CALLEE_HZ)
    await floor.ask("POST", f"agents/{rep.agent}/hangup")
    await floor.until_state(rep.agent, "ready")

    _, right = hearing.channels(await floor.recording(campaign))
    last = right[-4 * hearing.RATE_HZ :]
    assert hearing.loudness(last) < 0.001
