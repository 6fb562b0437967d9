"""What screens count is the day's, whenever the engine was started."""

from __future__ import annotations

from typing import Any

import msgspec

from dialer.engine.tallies import Tallies
from dialer.engine.windows import day_of
from dialer.floor.commands import ForgetAttempt
from dialer.ports.control import FloorView
from dialer.sim.virtual_time import virtual_time
from tests.kit.small_engine import SmallEngine


def figures(small: SmallEngine) -> dict[str, Any]:
    """Everything on the floor's screen that is counted."""
    view = small.control.floor("main")
    assert isinstance(view, FloorView)
    (campaign,) = view.campaigns
    counted = msgspec.to_builtins(campaign)
    counted.update(leads=None, in_progress=None, state=None)
    reps = {agent.agent: (agent.calls, round(agent.talk_seconds, 3)) for agent in view.agents}
    ended = [(it.attempt, it.number, it.outcome, it.agent) for it in view.last_ended]
    return {**counted, "reps": reps, "ended": ended}


async def a_morning(small: SmallEngine) -> None:
    """Calls of every kind: talks, busy lines, one that is up, one that rings."""
    await small.work()
    for _ in range(3):
        attempt, _ = await small.talk()
        await small.pass_s(20)
        small.switch.end(attempt)
        await small.pass_s(6)
        rings = next(c.attempt for c in small.switch.placed if small.state_of(c.attempt) == "down")
        small.switch.end(rings, cause=17, by="network")
        await small.pass_s(2)
    await small.talk()
    await small.pass_s(2)


@virtual_time
async def test_after_a_crash_the_floor_shows_the_figures_it_showed_before() -> None:
    first = SmallEngine(leads=40, reps=2)
    async with first:
        await a_morning(first)
        await first.control.campaign_pause("gold")
        await first.pass_s(1)
        before = figures(first)
        await first.crash()
    first.switch.is_closed = False
    async with SmallEngine(store=first.store, switch=first.switch) as small:
        after = figures(small)
        small.switch.end(next(iter(small.floor.attempts)))
        await small.pass_s(1)
        later = figures(small)

    assert before["connected"] == 3
    assert round(before.pop("mean_wait_seconds"), 1) > 0
    assert round(after.pop("mean_wait_seconds"), 1) > 0
    assert after == before
    assert later["connected"] == 4
    assert later["placed"] == before["placed"]


@virtual_time
async def test_at_midnight_all_is_counted_anew_and_the_last_calls_stay_in_sight() -> None:
    async with SmallEngine(leads=3, reps=1) as small:
        await small.work()
        attempt, _ = await small.talk()
        small.switch.end(attempt)
        await small.control.campaign_pause("gold")
        await small.pass_s(7)
        assert figures(small)["connected"] == 1
        await small.pass_s(day_of(small.clock.now())[1] - small.clock.now() + 2)
        after = figures(small)
        assert (after["connected"], after["placed"], after["reps"]["rep1"]) == (0, 0, (0, 0.0))
        assert [attempt for attempt, *_ in after["ended"]] == [attempt]


@virtual_time
async def test_calls_of_yesterday_are_not_counted_at_a_start() -> None:
    first = SmallEngine(leads=3, reps=1)
    async with first:
        await first.work()
        attempt, _ = await first.talk()
        first.switch.end(attempt)
        await first.control.campaign_pause("gold")
        await first.pass_s(7)
        await first.crash()
    await first.pass_s(day_of(first.clock.now())[1] - first.clock.now() + 2)
    first.switch.is_closed = False
    async with SmallEngine(store=first.store, switch=first.switch) as small:
        after = figures(small)
        assert (after["connected"], after["placed"]) == (0, 0)
        assert [attempt for attempt, *_ in after["ended"]] == [attempt]


def test_an_order_of_yesterday_that_came_to_nothing_leaves_no_negative_count() -> None:
    tallies = Tallies(1.0)
    tallies.forgotten(ForgetAttempt("A1", "L1", "gold", "dnc"))
    assert tallies.campaign("gold").placed == 0
