"""Engines that die and come back, links that break, and what agrees again afterwards."""

from __future__ import annotations

import json
from pathlib import Path

from dialer.floor import AgentState, Phase
from dialer.floor.events import HungUp, Rang, Unbridged
from dialer.ports.switch import LedgerRow, LiveChannel
from dialer.sim.floor_replay import replay
from dialer.sim.virtual_time import virtual_time
from dialer.words import CampaignState, LeadState
from tests.kit.small_engine import SmallEngine


async def crash(small: SmallEngine) -> None:
    await small.crash()


def row(attempt: str, now: float, **known: object) -> LedgerRow:
    values = {"answer": None, "disposition": "BUSY", "cause": 17, **known}
    return LedgerRow(attempt, start=now - 20, end=now - 1, **values)  # type: ignore[arg-type]


@virtual_time
async def test_after_a_crash_conversations_go_on_and_what_ended_is_closed_from_the_ledger() -> None:
    first = SmallEngine(leads=9, reps=3)
    async with first:
        await first.work()
        talking, leg = await first.talk()
        ended, lost = (c.attempt for c in first.switch.placed if c.attempt != talking)
        await crash(first)
    switch = first.switch
    switch.channels.pop(ended)
    switch.channels.pop(lost)
    switch.rows[ended] = row(ended, first.clock.now())
    switch.is_closed = False
    dialed_before = len(switch.placed)
    async with SmallEngine(store=first.store, switch=switch) as second:
        await second.pass_s(4.0)
        assert second.floor.attempts[talking].phase is Phase.TALKING
        rep = second.floor.attempts[talking].agent
        assert rep is not None
        assert second.agent_state(rep) is AgentState.TALKING
        assert second.floor.agents[rep].leg == leg
        others = {a.state for a in second.floor.agents.values() if a.agent != rep}
        assert others == {AgentState.READY}
        cdr = next(c for c in await second.cdrs() if c.attempt_id == ended)
        assert (cdr.outcome, cdr.hangup_cause) == ("busy", 17)
        numbers = [c.number for c in switch.placed]
        assert len(switch.placed) > dialed_before, "the campaign was running and goes on"
        assert len(numbers) == len(set(numbers)), "no lead was dialed twice"
        assert lost in second.floor.attempts, "what neither knows is not given up at once"
        await second.pass_s(120)
        cdr = next(c for c in await second.cdrs() if c.attempt_id == lost)
        assert cdr.outcome == "failed"
        switch.end(talking)
        await second.pass_s(1)
        cdr = next(c for c in await second.cdrs() if c.attempt_id == talking)
        assert (cdr.outcome, cdr.agent) == ("connected", rep)


@virtual_time
async def test_attempts_do_not_count_twice_when_another_engine_closes_them() -> None:
    first = SmallEngine(leads=1, reps=1)
    async with first:
        await first.work()
        (call,) = first.switch.placed
        await crash(first)
    switch = first.switch
    switch.is_closed = False
    switch.channels.pop(call.attempt)
    switch.rows[call.attempt] = row(
        call.attempt, first.clock.now(), disposition="NO ANSWER", cause=19
    )
    async with SmallEngine(store=first.store, switch=switch) as second:
        await second.pass_s(2)
        lead = await second.store.leads.find(second.engine.campaigns["gold"].id, call.number)
        assert lead is not None
        assert (lead.state, lead.attempts) == (LeadState.RETRY, 1)


@virtual_time
async def test_leads_in_the_hands_of_a_dead_engine_are_dialed_by_the_next() -> None:
    first = SmallEngine(leads=5, reps=0)
    async with first:
        await first.work()
        assert (await first.lead_states()) == {"queued": 5}
        await crash(first)
    first.switch.is_closed = False
    async with SmallEngine(store=first.store, switch=first.switch):
        states = await first.lead_states()
        assert states.get("queued", 0) + states.get("new", 0) == 5
        assert first.engine.campaigns["gold"].state is CampaignState.RUNNING


@virtual_time
async def test_a_phone_that_died_with_the_engine_is_called_again_within_seconds() -> None:
    first = SmallEngine(reps=1)
    async with first:
        await first.work()
        await crash(first)
    first.switch.channels.clear()
    first.switch.is_closed = False
    async with SmallEngine(store=first.store, switch=first.switch) as second:
        await second.pass_s(2)
        assert second.agent_state("rep1") is AgentState.READY
        old, new = (phone.leg for phone in first.switch.phones)
        assert old != new


@virtual_time
async def test_an_open_attempt_of_a_campaign_that_left_the_settings_is_closed() -> None:
    from msgspec.structs import replace

    from tests.kit.small_engine import PLAN

    first = SmallEngine(leads=1, reps=1)
    async with first:
        await first.work()
        (call,) = first.switch.placed
        await crash(first)
    first.switch.is_closed = False
    first.switch.channels.pop(call.attempt)
    first.switch.rows[call.attempt] = row(call.attempt, first.clock.now())
    plan = replace(PLAN, campaigns=())
    async with SmallEngine(store=first.store, switch=first.switch, plan=plan) as second:
        await second.pass_s(2)
        (cdr,) = await second.cdrs()
        assert cdr.outcome == "busy"
        assert second.floor.campaigns == {}


# --- the link -------------------------------------------------------------------------------------


@virtual_time
async def test_a_broken_link_stops_the_dialing_and_what_was_missed_is_told_after_it() -> None:
    async with SmallEngine(leads=20, reps=3) as small:
        await small.work()
        talking, leg = await small.talk()
        gone, answered = (c.attempt for c in small.switch.placed if c.attempt != talking)
        small.switch.go_down()
        small.switch.channels.pop(gone)
        small.switch.rows[gone] = row(gone, small.clock.now())
        small.switch.channels[answered] = LiveChannel(
            answered, "up", answered_at=small.clock.now() + 1
        )
        small.switch.channels.pop(talking)
        small.switch.channels[leg] = LiveChannel(leg, "up", parked=True)
        small.switch.rows[talking] = row(
            talking,
            small.clock.now() + 5,
            answer=small.clock.now() - 1,
            disposition="ANSWERED",
            cause=16,
            leg=leg,
            bridged=small.clock.now() - 1,
        )
        before = len(small.switch.placed)
        await small.pass_s(30)
        assert len(small.switch.placed) == before
        await small.switch.come_up()
        await small.pass_s(1)
        cdrs = {c.attempt_id: c for c in await small.cdrs()}
        assert cdrs[gone].outcome == "busy"
        assert cdrs[talking].outcome == "connected"
        assert small.floor.attempts[answered].phase is Phase.ANSWERED
        assert small.floor.switch_up


@virtual_time
async def test_a_switch_that_cannot_be_asked_is_asked_again_before_anything_is_dialed() -> None:
    async with SmallEngine(leads=5, reps=1) as small:
        small.switch.go_down()
        small.switch.can_be_asked = False
        await small.switch.come_up()
        await small.work()
        await small.pass_s(10)
        assert small.switch.placed == []
        small.switch.can_be_asked = True
        await small.pass_s(16)
        assert len(small.switch.placed) == 1


@virtual_time
async def test_a_look_that_overtakes_the_news_changes_nothing() -> None:
    """A single look may show what is over, or not yet what has begun."""
    async with SmallEngine(leads=5, reps=1) as small:
        await small.work()
        attempt, leg = await small.talk()
        looks = small.switch.live_channels

        async def stale(unknown=()):  # type: ignore[no-untyped-def]
            channels = await looks(unknown)
            small.switch.live_channels = looks  # type: ignore[method-assign]
            return [c for c in channels if c.channel not in {attempt, leg}]

        small.switch.live_channels = stale  # type: ignore[method-assign]
        await small.pass_s(20)
        assert small.floor.attempts[attempt].phase is Phase.TALKING
        assert small.agent_state("rep1") is AgentState.TALKING
        small.switch.end(attempt)
        await small.pass_s(1)
        cdr = next(c for c in await small.cdrs() if c.attempt_id == attempt)
        assert cdr.talk_seconds == 21.0


@virtual_time
async def test_an_end_nobody_told_is_found_by_the_regular_look() -> None:
    async with SmallEngine(leads=5, reps=1) as small:
        await small.work()
        attempt, leg = await small.talk()
        small.switch.channels.pop(attempt)
        small.switch.channels[leg] = LiveChannel(leg, "up", parked=True)
        small.switch.rows[attempt] = row(
            attempt, small.clock.now() + 5, answer=1.0, disposition="ANSWERED", cause=16
        )
        await small.pass_s(17)
        cdr = next(c for c in await small.cdrs() if c.attempt_id == attempt)
        assert cdr.outcome == "connected"


@virtual_time
async def test_a_flood_of_news_is_cut_off_and_the_truth_is_asked_for() -> None:
    async with SmallEngine(leads=5, reps=2) as small:
        await small.work()
        rings, ends = small.switch.placed[0].attempt, small.switch.placed[1].attempt
        for _ in range(25_000):
            small.switch.tell(Rang(rings, small.clock.now()))
        small.switch.channels.pop(ends)
        small.switch.tell(HungUp(ends, small.clock.now(), 17, "callee"))
        small.switch.rows[ends] = row(ends, small.clock.now() + 5)
        runner = small.engine.runners["main"]
        assert runner.depth <= 20_000
        asked = small.switch.asked
        await small.pass_s(5)
        assert runner.depth == 0
        assert 1 <= small.switch.asked - asked <= 4, "asked once for all that was dropped"
        cdr = next(c for c in await small.cdrs() if c.attempt_id == ends)
        assert cdr.outcome == "busy"


@virtual_time
async def test_a_fault_in_one_event_does_not_take_the_other_calls_with_it() -> None:
    async with SmallEngine(leads=5, reps=2) as small:
        await small.work()
        first, second = (c.attempt for c in small.switch.placed)
        fault = Unbridged(first, "x", "no time")  # type: ignore[arg-type]
        small.switch.bridge(first, small.switch.phones[0].leg)
        await small.pass_s(0.1)
        small.switch.answer(second)
        small.switch.tell(fault)
        await small.pass_s(0.1)
        assert small.switch.routed[0][0] == second
        assert small.watcher.surprises["fault", "Unbridged"] == 1


# --- what is kept on disk -------------------------------------------------------------------------


@virtual_time
async def test_every_run_has_its_own_log_and_each_replays_bit_for_bit(tmp_path: Path) -> None:
    small = SmallEngine(leads=30, reps=3, state_dir=tmp_path)
    async with small:
        await small.work()
        for _ in range(3):
            attempt, _ = await small.talk()
            small.switch.end(attempt)
            await small.pass_s(8)
    small.switch.is_closed = False
    small.switch._is_up = True
    async with SmallEngine(store=small.store, switch=small.switch, state_dir=tmp_path) as second:
        await second.pass_s(30)
    logs = sorted((tmp_path / "floors" / "main").glob("*.jsonl"))
    assert len(logs) == 2
    for path in logs:
        replayed = replay(path)
        assert replayed.is_identical
        assert replayed.events > 20


@virtual_time
async def test_what_pacing_learned_outlives_the_engine(tmp_path: Path) -> None:
    from msgspec.structs import replace

    from dialer.engine.plans import PoolPlan
    from dialer.floor import PoolRules
    from tests.kit.small_engine import PLAN

    plan = replace(PLAN, pools=(PoolPlan("main", PoolRules(method="predictive")),))
    async with SmallEngine(leads=5, reps=1, plan=plan, state_dir=tmp_path) as small:
        await small.work()
    kept = tmp_path / "pacing" / "main.json"
    assert json.loads(kept.read_bytes())["format"] == "pacing"
    before = kept.read_bytes()
    async with SmallEngine(plan=plan, state_dir=tmp_path) as second:
        assert json.loads(second.floor.pacer.save())["service"] == json.loads(before)["service"]


@virtual_time
async def test_knowledge_that_cannot_be_read_is_set_aside_and_the_engine_starts(
    tmp_path: Path,
) -> None:
    kept = tmp_path / "pacing" / "main.json"
    kept.parent.mkdir()
    kept.write_text("{")
    async with SmallEngine(leads=1, reps=1, state_dir=tmp_path) as small:
        await small.work()
        assert len(small.switch.placed) == 1
    assert kept.with_suffix(".unreadable").read_text() == "{"
