"""The service as a process that dies, that is stopped, and that comes back."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable

import pytest

from dialer.asterisk.demo_network import area_codes, number_for
from tests.kit.asterisk import AsteriskPair
from tests.kit.served import Served, served

pytestmark = pytest.mark.acceptance

CALLS = 10


def numbers_to(behaviour: str, count: int) -> list[str]:
    codes = area_codes()
    return [number_for(behaviour, codes[n]) for n in range(count)]  # type: ignore[arg-type]


async def test_the_engine_is_killed_in_mid_call_and_finds_its_floor_again(
    new_asterisk_pair: Callable[..., AsteriskPair],
) -> None:
    pair = new_asterisk_pair(reps=CALLS, ports_each=500)
    async with served(pair) as service:
        await service.add_reps(CALLS)
        await service.add_leads(numbers_to("stays", CALLS))
        await service.start()
        await service.log_in(CALLS)
        await service.tell("campaigns/demo/start")
        await service.until(lambda: _talking(service, CALLS), 20, "ten conversations")
        await service.until(lambda: _logged_in(service, CALLS), 5, "their logins are written")
        service.kill()
        assert _callees(pair) == CALLS
        await service.start()
        began = time.monotonic()
        await service.until(lambda: _talking(service, CALLS), 5, "the floor is right again")
        assert time.monotonic() - began < 5
        assert _callees(pair) == CALLS
        pair.public.hang_up_callees()
        await service.until(lambda: _all_ended(service, CALLS), 10, "every call is booked")
        await service.until(lambda: _ready(service, CALLS), 5, "every rep is free again")
        cdrs = await service.cdrs()

    assert len(cdrs) == CALLS
    assert len({cdr.lead_id for cdr in cdrs}) == CALLS
    for cdr in cdrs:
        assert (cdr.outcome, cdr.hangup_by) == ("connected", "callee")
        assert cdr.agent is not None
        assert cdr.answered_at is not None
        assert cdr.connected_at is not None
        assert cdr.talk_seconds is not None
        assert cdr.talk_seconds > 1.0


async def test_callees_who_answer_while_the_engine_stands_still_hear_the_message(
    new_asterisk_pair: Callable[..., AsteriskPair],
) -> None:
    pair = new_asterisk_pair(reps=3, ports_each=300)
    async with served(pair) as service:
        await service.add_reps(3)
        await service.add_leads(numbers_to("rings_1s_stays", 3))
        await service.start()
        await service.log_in(3)
        await service.tell("campaigns/demo/start")
        await service.until(lambda: _calls(service, 3), 10, "three calls are out")
        service.send(signal.SIGSTOP)
        await asyncio.sleep(10)
        service.send(signal.SIGCONT)
        await service.until(lambda: _all_ended(service, 3), 20, "all is booked")
        await service.until(lambda: _ready(service, 3), 10, "every rep is free")
        cdrs = await service.cdrs()
        rows = pair.ledger()

    assert len(cdrs) == 3
    for cdr in cdrs:
        assert (cdr.outcome, cdr.answered_by, cdr.agent) == ("abandoned", "human", None)
        assert cdr.hangup_by == "dialer"
        (row,) = [row for row in rows if cdr.attempt_id in row]
        assert row.endswith("orphan")


async def test_a_stop_in_order_leaves_conversations_up_and_the_next_start_books_them(
    new_asterisk_pair: Callable[..., AsteriskPair],
) -> None:
    pair = new_asterisk_pair(reps=2, ports_each=300)
    async with served(pair) as service:
        await service.add_reps(2)
        await service.add_leads(numbers_to("stays", 2))
        await service.start()
        await service.log_in(2)
        await service.tell("campaigns/demo/start")
        await service.until(lambda: _talking(service, 2), 10, "two conversations")
        service.send(signal.SIGTERM)
        assert service.process is not None
        assert await asyncio.to_thread(service.process.wait, 20) == 0
        assert _callees(pair) == 2
        pair.public.hang_up_callees()
        await service.start()
        await service.until(lambda: _all_ended(service, 2), 10, "both are booked")
        cdrs = await service.cdrs()

    for cdr in cdrs:
        assert cdr.outcome == "connected"
        assert cdr.agent is not None


def _callees(pair: AsteriskPair) -> int:
    """Calls that are up in the public network, reps' phones not counted."""
    return sum(not each["Doing"].startswith("rep") for each in pair.public.channels())


async def _talking(service: Served, count: int) -> bool:
    return await service.count("agents", "talking") == count


async def _logged_in(service: Served, count: int) -> bool:
    return len(await service.store.agents.sessions()) == count


async def _ready(service: Served, count: int) -> bool:
    return await service.count("agents", "ready") == count


async def _calls(service: Served, count: int) -> bool:
    phases = [call["phase"] for call in (await service.floor())["calls"]]
    return phases.count("ringing") + phases.count("dialing") == count


async def _all_ended(service: Served, count: int) -> bool:
    cdrs = await service.cdrs()
    return len(cdrs) == count and all(cdr.ended_at is not None for cdr in cdrs)
