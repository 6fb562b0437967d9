"""What goes wrong in the field: links cut, an Asterisk killed, hostile leads, hostile clients."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from dialer.asterisk.demo_network import area_codes, number_for
from dialer.asterisk.ledger import read_all
from dialer.floor import CampaignRules, PoolRules
from dialer.floor.events import HangupAsked
from dialer.ports.store import Cdr
from tests.kit.asterisk import AsteriskPair
from tests.kit.proxy import cuttable_proxy
from tests.kit.rig import Rig, RigOptions, engine_rig

pytestmark = pytest.mark.acceptance

EAGER = PoolRules(method="ratio", ratio=2.0)


async def test_a_link_cut_in_mid_call_loses_and_doubles_nothing(
    asterisk_pair: AsteriskPair,
) -> None:
    """While the link is away one talk ends, one goes on, and calls ring and are answered."""
    codes = area_codes()
    numbers = [number_for("stays", codes[0]), number_for("speaks_3s", codes[1])]
    numbers += [number_for("rings_1s_stays", codes[n]) for n in range(2, 6)]
    async with cuttable_proxy(asterisk_pair.node.settings.ports.ami) as proxy:
        options = RigOptions(ami_port=proxy.port)
        async with engine_rig(asterisk_pair, options) as rig:
            await rig.add_leads(numbers)
            await rig.log_in(3)
            await rig.dial()
            await rig.until(lambda: _talks(rig, "94"), 10, "the one who will hang up talks")
            proxy.cut()
            await rig.until(lambda: not rig.switch.is_up, 5, "the engine noticed")
            await _callee_gone(rig, asterisk_pair, "94")
            proxy.open_()
            await rig.until(lambda: rig.switch.is_up, 15, "the link is back")
            cdrs = await _end_all(rig, len(numbers))
            assert await rig.store.attempts.still_open() == []

    assert sorted(c.number for c in cdrs) == sorted(numbers)
    ended = next(c for c in cdrs if c.number.endswith("94"))
    assert (ended.outcome, ended.agent is not None) == ("connected", True)
    assert ended.talk_seconds == pytest.approx(3.0, abs=0.3)
    rows = {row.attempt: row for row in read_all(asterisk_pair.node.settings.ledger)}
    for cdr in cdrs:
        assert cdr.ended_at == pytest.approx(rows[cdr.attempt_id].end, abs=0.1)


def _talks(rig: Rig, digits: str) -> bool:
    return any(
        attempt.bridged_at is not None
        and rig.engine.offers.number(attempt.attempt).endswith(digits)
        for attempt in rig.engine.runners["main"].floor.attempts.values()
    )


async def _callee_gone(rig: Rig, pair: AsteriskPair, digits: str) -> None:
    """The switch itself has booked the call to the number that ends so."""
    attempts = {
        attempt.attempt
        for attempt in rig.engine.runners["main"].floor.attempts.values()
        if rig.engine.offers.number(attempt.attempt).endswith(digits)
    }
    ledger = pair.node.settings.ledger
    await rig.until(lambda: attempts & {row.attempt for row in read_all(ledger)}, 10, "booked")


async def _end_all(rig: Rig, count: int) -> list[Cdr]:
    """Let reps end every conversation as it comes, until `count` attempts have ended."""
    floor = rig.engine.runners["main"].floor
    tally = rig.engine.tallies["main"].campaign("demo")

    def ended() -> bool:
        for attempt in list(floor.attempts.values()):
            if attempt.bridged_at is not None and attempt.ending_by is None and attempt.agent:
                rig.engine.runners["main"].ask(HangupAsked(attempt.agent))
        return tally.ended >= count

    await rig.until(ended, 40, f"{count} attempts ended")
    return await rig.cdrs()


async def test_an_asterisk_that_dies_and_comes_back_finds_its_floor_again(
    new_asterisk_pair: Callable[..., AsteriskPair],
) -> None:
    pair = new_asterisk_pair(reps=2)
    codes = area_codes()
    async with engine_rig(pair, RigOptions(pool=EAGER)) as rig:
        await rig.add_leads([number_for("stays", codes[n]) for n in range(2)])
        await rig.log_in(2)
        await rig.dial()
        await rig.until(lambda: rig.phases()["talking"] == 2, 10, "two conversations")
        killed_at = rig.engine.clock.now()
        pair.node.kill()
        await rig.until(lambda: not rig.switch.is_up, 5, "the engine noticed")
        await asyncio.to_thread(pair.node.start)
        pair.public.register_reps()
        await rig.until(lambda: rig.switch.is_up, 20, "the link is back")
        cdrs = await rig.until_ended(2)
        await rig.until(lambda: rig.parked() == 2, 30, "both phones were called again")
        await rig.add_leads([number_for("speaks_3s", codes[5])])
        cdrs = await rig.until_ended(3)

    dead, alive = cdrs[:2], cdrs[2]
    for cdr in dead:
        assert (cdr.outcome, cdr.hangup_by) == ("connected", "network")
        assert cdr.ended_at == pytest.approx(killed_at, abs=2.0)
    assert (alive.outcome, alive.hangup_by) == ("connected", "callee")


async def test_a_lead_whose_name_is_an_attack_harms_nothing(asterisk_pair: AsteriskPair) -> None:
    attack = 'Eve"\r\nAction: Originate\r\nChannel: PJSIP/rep01\r\nApplication: Echo\r\n\r\n'
    async with engine_rig(asterisk_pair) as rig:
        await rig.add_leads([number_for("hangs_up_after_1s")], names=[attack])
        await rig.log_in(1)
        before = rig.switch.ami.counters.parse_errors
        await rig.dial()
        (cdr,) = await rig.until_ended(1)
        channels = await rig.switch.live_channels()
        lead = await rig.store.leads.get(cdr.lead_id)

    assert cdr.outcome == "connected"
    assert [c.channel for c in channels if not c.channel.startswith("leg-")] == []
    assert lead is not None
    assert lead.name == attack
    assert rig.switch.ami.counters.parse_errors == before


async def test_a_number_that_is_no_number_is_refused_before_the_switch_hears_of_it(
    asterisk_pair: AsteriskPair,
) -> None:
    async with engine_rig(asterisk_pair) as rig:
        await rig.add_leads(["+1212\r\nAction: Originate", number_for("busy")])
        await rig.log_in(1)
        await rig.dial()
        cdrs = await rig.until_ended(1)

    assert [cdr.outcome for cdr in cdrs if cdr.outcome] == ["busy"]


async def test_garbage_and_slow_clients_on_the_agi_port_hold_nobody_up(
    asterisk_pair: AsteriskPair,
) -> None:
    async with engine_rig(asterisk_pair) as rig:
        port = rig.switch.agi.port
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
        for number, (_, writer) in enumerate(slow):
            writer.write(b"agi_network: yes\n" if number % 2 else b"GET / HTTP/1.1\r\n\r\n")
        forged = (await asyncio.open_connection("127.0.0.1", port))[1]
        forged.write(b"agi_network_script: route\nagi_uniqueid: nobody\nagi_arg_1: 0\n\n")
        await rig.add_leads([number_for("hangs_up_after_1s")])
        await rig.log_in(1)
        await rig.dial()
        (cdr,) = await rig.until_ended(1)
        for _, writer in [*slow, (None, forged)]:
            writer.close()

    assert cdr.outcome == "connected"
    assert cdr.wait_seconds is not None
    assert cdr.wait_seconds < 1.0
    assert rig.switch.agi.counters.garbage >= 25


async def test_a_rep_whose_phone_says_bye_gets_no_call_until_it_is_back(
    asterisk_pair: AsteriskPair,
) -> None:
    async with engine_rig(asterisk_pair) as rig:
        await rig.log_in(2)
        assert asterisk_pair.public.hang_up_rep("rep01") == 1
        await rig.until(lambda: rig.states()["rep01"] == "paused", 1.0, "noticed within 1 s")
        await rig.until(lambda: rig.parked() == 2, 5, "called again")
        await rig.until(lambda: rig.states()["rep01"] == "ready", 1.0, "ready again by itself")


async def test_a_phone_on_a_lost_network_is_noticed_within_three_seconds(
    asterisk_pair: AsteriskPair,
) -> None:
    async with engine_rig(asterisk_pair, RigOptions(campaign=CampaignRules())) as rig:
        await rig.log_in(1)
        assert asterisk_pair.public.silence_rep("rep01") == 1
        await rig.until(lambda: rig.states()["rep01"] == "paused", 4.0, "noticed")
        await rig.until(lambda: rig.states()["rep01"] == "ready", 10, "called again")
