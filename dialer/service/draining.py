"""Let conversations end before the program does."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from dialer.engine.engine import Engine
from dialer.engine.runner import FloorRunner
from dialer.floor import Phase
from dialer.floor import events as ev
from dialer.ports.clock import FloorClock

DRAIN_LOOK_S = 0.1
#: Asterisk ends a ringing call within milliseconds; a switch that is away is not waited for.
GIVE_UP_S = 2.0


def calls_up(engine: Engine) -> int:
    """Attempts that are not over."""
    return sum(len(runner.floor.attempts) for runner in engine.runners.values())


async def drain(engine: Engine, clock: FloorClock, seconds: float) -> int:
    """Place no new call, and wait until those that are up have ended; how many are left."""
    for plan in engine.plans.campaigns:
        if (runner := engine.runners.get(plan.pool)) is not None:
            runner.post(ev.CampaignSet(plan.name, replace(plan.rules, running=False)))
    deadline = clock.steady() + seconds
    while (left := calls_up(engine)) and clock.steady() < deadline:  # noqa: ASYNC110 (a count)
        await asyncio.sleep(DRAIN_LOOK_S)
    if left:
        await _give_up_ringing(engine, clock)
    return calls_up(engine)


async def _give_up_ringing(engine: Engine, clock: FloorClock) -> None:
    for runner in engine.runners.values():
        runner.post(ev.DialingEnded())
    deadline = clock.steady() + GIVE_UP_S
    while any(_rings(runner) for runner in engine.runners.values()):
        if clock.steady() > deadline:
            return
        await asyncio.sleep(DRAIN_LOOK_S)


def _rings(runner: FloorRunner) -> bool:
    unanswered = {Phase.DIALING, Phase.RINGING}
    return any(attempt.phase in unanswered for attempt in runner.floor.attempts.values())
