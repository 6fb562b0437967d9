"""The service while its wall clock is wrong, and is put right, beside an Asterisk that is right."""

from __future__ import annotations

import time

import pytest

from dialer.asterisk.demo_network import area_codes, number_for
from dialer.ports.cdr import Cdr
from tests.kit.asterisk import AsteriskPair
from tests.kit.served import Served, served
from tests.kit.wrong_clock import WrongClock

pytestmark = pytest.mark.acceptance

HOURS_3 = 3 * 3600.0


async def ended(service: Served) -> list[Cdr]:
    return [cdr for cdr in await service.cdrs() if cdr.ended_at is not None]


async def test_a_clock_that_was_ahead_gives_up_nobody_when_it_is_put_right(
    asterisk_pair: AsteriskPair,
) -> None:
    async with served(asterisk_pair) as service:
        clock = WrongClock(service.state_dir, ahead_s=3.0)
        service.env = clock.env
        await service.add_reps(1)
        await service.add_leads([number_for("speaks_3s", code) for code in area_codes()[:9]])
        await service.start()
        await service.log_in(1)
        await service.tell("campaigns/demo/start")

        async def alerts() -> set[str]:
            firing = (await service.client.get("/api/v1/alerts")).json()
            return {it["subject"] for it in firing["firing"]}

        async def is_said() -> bool:
            return any(it.startswith("node/") for it in await alerts())

        await service.until(is_said, 10, "an alert says that Asterisk's clock is another")
        assert await service.cdrs() == [], "nobody is dialed while the time is in doubt"

        clock.set_to(0.0)

        async def two() -> bool:
            return len(await ended(service)) >= 2

        await service.until(two, 40, "two calls")
        await service.tell("campaigns/demo/pause")
        assert "clock/step" in await alerts()
        found = await ended(service)

    assert {cdr.outcome for cdr in found} == {"connected"}
    for cdr in found:
        assert cdr.wait_seconds is not None
        assert cdr.wait_seconds < 1.0
        assert cdr.ended_at is not None
        assert abs(cdr.ended_at - time.time()) < 60.0


async def test_a_step_in_mid_call_leaves_the_talk_as_long_as_it_was(
    asterisk_pair: AsteriskPair,
) -> None:
    async with served(asterisk_pair) as service:
        clock = WrongClock(service.state_dir)
        service.env = clock.env
        await service.add_reps(1)
        await service.add_leads([number_for("speaks_3s")])
        await service.start()
        await service.log_in(1)
        await service.tell("campaigns/demo/start")

        async def talking() -> bool:
            return await service.count("calls", "talking") == 1

        await service.until(talking, 15, "a conversation")
        clock.set_to(HOURS_3)

        async def over() -> bool:
            return bool(await ended(service))

        await service.until(over, 15, "its end")
        (cdr,) = await ended(service)

    assert cdr.outcome == "connected"
    assert cdr.talk_seconds is not None
    assert 2.0 < cdr.talk_seconds < 4.5
    assert cdr.ended_at is not None
    assert abs(cdr.ended_at - time.time() - HOURS_3) < 30.0
