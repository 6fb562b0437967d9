"""The abandon limit on a real Asterisk: two thousand answers in compressed time, short talks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from dialer.asterisk.demo_network import DIGITS, area_codes
from dialer.floor import CampaignRules, PoolRules
from tests.kit.asterisk import AsteriskPair
from tests.kit.rig import Rig, RigOptions, engine_rig

pytestmark = pytest.mark.acceptance

#: Answers wanted, and the calls that will give them: six in ten are answered by a person, after a
#: ring of half a second (median), and talk for 1.7 s (median).
ANSWERS, ANSWER_RATE = 2000, 0.6
REPS, SPEED = 30, 15.0
LIMIT = 0.03
POOL = PoolRules(method="predictive", max_abandon_rate=LIMIT, connect_within=0.5, ring_timeout=3.0)
CAMPAIGN = CampaignRules(
    max_abandon_rate=LIMIT, connect_within=0.5, ring_timeout=3.0, wrapup_limit=0.0
)


def numbers(count: int) -> list[str]:
    """Different numbers of people and of phones that ring out, mixed."""
    chance = random.Random(11)
    people = [(code, d) for code in area_codes() for d in DIGITS["person_en"]]
    silent = [(code, d) for code in area_codes() for d in DIGITS["rings_out"]]
    chance.shuffle(people)
    chance.shuffle(silent)
    answered = round(count * ANSWER_RATE)
    mixed = people[:answered] + silent[: count - answered]
    chance.shuffle(mixed)
    return [f"+1{code}55501{digits:02}" for code, digits in mixed]


async def watch(rig: Rig, enough: Callable[[], bool]) -> int:
    """Until `enough`: the most calls that ever rang beyond the reps ready for them."""
    most = 0
    pacer = rig.engine.runners["main"].floor.pacer
    while not enough():
        seen = pacer.explain()
        most = max(most, seen["ringing"] + seen["waiting"] - seen["ready"])
        await asyncio.sleep(0.05)
    return most


@pytest.mark.timeout(420)
async def test_three_in_a_hundred_hold_over_two_thousand_answers(
    new_asterisk_pair: Callable[..., AsteriskPair],
) -> None:
    pair = new_asterisk_pair(
        reps=REPS,
        ports_each=1000,
        change_demo=lambda demo: replace(demo, speed=SPEED, ring_median_s=8.0),
    )
    options = RigOptions(pool=POOL, campaign=CAMPAIGN, record=False)
    async with engine_rig(pair, options) as rig:
        await rig.add_leads(numbers(round(1.15 * ANSWERS / ANSWER_RATE)))
        await rig.log_in(REPS)
        tally = rig.engine.tallies["main"].campaign("demo")
        began = rig.engine.clock.now()
        await rig.dial()
        uncovered = await watch(rig, lambda: tally.humans >= ANSWERS)
        took_s = rig.engine.clock.now() - began
        assert await rig.control.campaign_stop("demo") is None
        await rig.until(lambda: not rig.engine.runners["main"].floor.attempts, 60, "all calls over")
        cdrs = await rig.cdrs()

    answered = [cdr for cdr in cdrs if cdr.answered_at is not None]
    abandoned = [cdr for cdr in answered if cdr.outcome == "abandoned"]
    figures = f"{len(abandoned)} of {len(answered)} in {took_s:.0f} s, {uncovered} uncovered"
    assert len(answered) >= ANSWERS
    assert len(abandoned) <= LIMIT * len(answered), figures
    assert uncovered > 2, f"paced one to one: {figures}"
