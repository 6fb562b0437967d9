"""What the dialplan says when it asks who takes a callee."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from dialer.floor import events as ev
from dialer.ports.clock import SystemClock
from tests.kit.eventually import eventually
from tests.kit.switch_world import StillClock, SwitchWorld

NOW = 1_800_000_000.0

MakeWorld = Callable[..., Awaitable[SwitchWorld]]


# --- what the dialplan says when it asks ----------------------------------------------------------


@pytest.mark.parametrize(
    ("amd", "by"),
    [
        ("", "human"),
        ("HUMAN", "human"),
        ("NOTSURE", "human"),
        ("HANGUP", "human"),
        ("MACHINE", "machine"),
    ],
)
async def test_what_the_detector_said_is_who_answered(
    make_world: MakeWorld, amd: str, by: str
) -> None:
    world = await make_world(clock=StillClock(NOW))
    _, writer = await world.ask("a1", amd=amd)

    await world.listener.told("a1", ev.RouteAsked)
    assert world.listener.events == [ev.RouteAsked("a1", NOW, by)]
    writer.close()


@pytest.mark.parametrize("amd", ["", "HUMAN", "NOTSURE"])
@pytest.mark.parametrize("ahead_s", [0.0, 3.0, -3.0, 10_800.0, -1e9])
async def test_the_wait_runs_from_the_answer_whatever_the_switchs_clock_says(
    make_world: MakeWorld, amd: str, ahead_s: float
) -> None:
    """Also behind a detector: the dialplan tells how long ago it was, by its clock alone."""
    world = await make_world(clock=StillClock(NOW))
    told_at = NOW + ahead_s
    _, writer = await world.ask("a1", f"{told_at - 1.5:.6f}", amd=amd, told_at=f"{told_at:.6f}")

    assert (await world.listener.told("a1", ev.RouteAsked)).at == pytest.approx(NOW - 1.5, abs=1e-3)
    writer.close()


@pytest.mark.parametrize("ago_s", [-0.5, 61.0, 1e9, float("nan")])
async def test_an_answer_that_cannot_have_been_then_was_now(
    make_world: MakeWorld, ago_s: float
) -> None:
    """The switch's clock was set while the detector listened."""
    world = await make_world(clock=StillClock(NOW))
    _, writer = await world.ask("a1", f"{NOW - ago_s:.6f}", told_at=f"{NOW:.6f}")

    assert (await world.listener.told("a1", ev.RouteAsked)).at == NOW
    writer.close()


async def test_a_dialplan_that_tells_no_time_of_its_own_makes_nobody_wait_less(
    make_world: MakeWorld,
) -> None:
    """Its clock is a second ahead as measured, and the answer is stamped by it."""
    world = await make_world(clock=SystemClock(lambda: NOW))
    answered = time.time() - 0.3
    _, writer = await world.ask("a1", f"{answered:.6f}")

    at = (await world.listener.told("a1", ev.RouteAsked)).at
    assert 0.0 <= world.clock.steady() - at < 1.0
    writer.close()


@pytest.mark.parametrize(
    "answered", ["", "0.000000", "-1", "nan", "inf", "soon", f"{NOW + 5:.6f}", "(null)"]
)
async def test_an_answer_without_a_time_that_can_be_was_now(
    make_world: MakeWorld, answered: str
) -> None:
    world = await make_world(clock=StillClock(NOW))
    _, writer = await world.ask("a1", answered)

    assert (await world.listener.told("a1", ev.RouteAsked)).at == NOW
    writer.close()


@pytest.mark.parametrize("reason", ["success", "nonexistent", "busy-leg", "held", "failure"])
@pytest.mark.parametrize("amd", ["", "MACHINE"])
async def test_any_other_reason_is_to_be_asked_again(
    make_world: MakeWorld, reason: str, amd: str
) -> None:
    world = await make_world(clock=StillClock(NOW))
    _, writer = await world.ask("a1", reason=reason, amd=amd)

    await world.listener.told("a1", ev.RouteAskedAgain)
    assert world.listener.events == [ev.RouteAskedAgain("a1", NOW, reason)]
    writer.close()


@pytest.mark.parametrize(
    ("script", "uniqueid"),
    [("other", "a1"), ("enroute", "a1"), ("", "a1"), ("route/x", "a1"), ("route", "")],
)
async def test_a_request_for_anything_else_is_closed(
    make_world: MakeWorld, script: str, uniqueid: str
) -> None:
    world = await make_world(clock=StillClock(NOW))
    reader, writer = await world.ask(uniqueid, script=script)

    assert await asyncio.wait_for(reader.read(), 5.0) == b""
    assert world.listener.events == []
    assert not world.switch.route(uniqueid, "message")
    writer.close()


async def test_a_path_may_carry_a_query(make_world: MakeWorld) -> None:
    world = await make_world(clock=StillClock(NOW))
    _, writer = await world.ask("a1", script="route?x=1")

    await world.listener.told("a1", ev.RouteAsked)
    writer.close()


async def test_the_last_to_ask_for_a_callee_is_answered(make_world: MakeWorld) -> None:
    """A callee asked for twice, as over a connection that broke unseen, is there once."""
    world = await make_world(clock=StillClock(NOW))
    _, first = await world.ask("a1")
    await world.listener.told("a1", ev.RouteAsked)
    reader, second = await world.ask("a1", reason="held")
    await world.listener.told("a1", ev.RouteAskedAgain)
    first.close()
    await eventually(lambda: world.switch.agi.open_sessions == 1)

    assert world.switch.route("a1", "message")
    assert await reader.readline() == b'SET VARIABLE TO "message"\n'
    assert world.listener.kinds("a1") == ["RouteAsked", "RouteAskedAgain"]
    second.close()
