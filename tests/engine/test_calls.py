"""Calls from end to end through the engine: routed, recorded, closed, and the figures kept."""

from __future__ import annotations

import asyncio

from dialer.engine.plans import CampaignPlan, EnginePlan
from dialer.floor import AgentState, CampaignRules, Phase
from dialer.floor.events import LegParked, Rang, RouteAsked, RouteAskedAgain
from dialer.ports.store import StoreError
from dialer.sim.virtual_time import other_tasks, virtual_time
from dialer.words import CampaignState
from tests.kit.small_engine import PLAN, SmallEngine


@virtual_time
async def test_a_connected_call_is_recorded_closed_and_wrapped_up() -> None:
    async with SmallEngine(leads=3, reps=1) as small:
        await small.work()
        small.switch.ring(small.switch.placed[0].attempt)
        await small.pass_s(4)
        attempt = small.switch.placed[0].attempt
        small.switch.answer(attempt)
        await small.until(lambda: small.switch.routed)
        ((_, leg),) = small.switch.routed
        small.switch.bridge(attempt, leg)
        await small.pass_s(30)
        assert small.agent_state("rep1") is AgentState.TALKING
        small.switch.end(attempt)
        await small.pass_s(1)
        assert small.agent_state("rep1") is AgentState.WRAPUP
        assert await small.control.agent_finish("rep1", "sale") is None
        await small.pass_s(1)
        cdr = next(c for c in await small.cdrs() if c.attempt_id == attempt)
        assert (cdr.outcome, cdr.agent, cdr.disposition) == ("connected", "rep1", "sale")
        assert (cdr.hangup_by, cdr.recording) == ("callee", attempt)
        assert cdr.talk_seconds == 30.0
        assert cdr.wrapup_seconds is not None
        assert 0.9 < cdr.wrapup_seconds < 1.2
        assert len(small.switch.placed) == 2, "the rep is free and the next call is out"
        writes = small.watcher.writes
        assert (writes["open"], writes["close"]) == (2, 1)
        assert writes["write"] >= 1
        assert writes["session"] >= 1


@virtual_time
async def test_a_callee_nobody_takes_hears_the_message_in_two_seconds() -> None:
    async with SmallEngine(leads=3, reps=1) as small:
        await small.work()
        attempt = small.switch.placed[0].attempt
        await small.control.agent_pause("rep1", "lunch")
        small.switch.lose(small.switch.phones[0].leg)
        small.switch.answer_phones = False
        await small.pass_s(0.2)
        answered = small.clock.now()
        small.switch.answer(attempt)
        await small.until(lambda: small.switch.routed)
        assert small.switch.routed == [(attempt, "message")]
        assert abs(small.clock.now() - answered - 2.0) < 0.02
        small.switch.end(attempt, by="network")
        await small.pass_s(1)
        (cdr,) = [c for c in await small.cdrs() if c.outcome]
        assert (cdr.outcome, cdr.hangup_by) == ("abandoned", "dialer")


@virtual_time
async def test_a_request_nobody_knows_gets_the_message_not_silence() -> None:
    async with SmallEngine() as small:
        small.switch.asking.add("ghost")
        small.switch.tell(RouteAsked("ghost", small.clock.now()))
        await small.pass_s(0.1)
        assert small.switch.routed == [("ghost", "message")]
        assert small.watcher.surprises == {("unknown", "RouteAsked"): 1}


@virtual_time
async def test_a_dialplan_that_went_away_frees_its_rep() -> None:
    async with SmallEngine(leads=3, reps=1) as small:
        await small.work()
        attempt = small.switch.placed[0].attempt
        small.switch.tell(RouteAsked(attempt, small.clock.now()))  # and hangs up in this moment
        await small.pass_s(0.1)
        assert small.switch.routed[0][0] == attempt
        assert small.agent_state("rep1") is AgentState.READY
        assert small.floor.attempts[attempt].phase is Phase.LEAVING


@virtual_time
async def test_a_doubted_phone_is_looked_at_soon_and_believed_if_it_is_there() -> None:
    async with SmallEngine(leads=3, reps=1) as small:
        await small.work()
        attempt = small.switch.placed[0].attempt
        small.switch.answer(attempt)
        await small.until(lambda: small.switch.routed)
        small.switch.asking.add(attempt)
        small.switch.tell(RouteAskedAgain(attempt, small.clock.now(), "busy-leg"))
        await small.pass_s(0.1)
        assert small.agent_state("rep1") is AgentState.PAUSED
        await small.until(lambda: small.agent_state("rep1") is AgentState.RESERVED, 1.9)
        assert [to[:4] for _, to in small.switch.routed] == ["leg-", "leg-"]


@virtual_time
async def test_a_parked_phone_of_nobody_is_ended() -> None:
    async with SmallEngine(reps=1) as small:
        small.switch.tell(LegParked("leg-old-1-stranger", small.clock.now()))
        await small.pass_s(0.1)
        assert small.switch.hung_up == ["leg-old-1-stranger"]


# --- campaigns ------------------------------------------------------------------------------------


@virtual_time
async def test_pausing_and_stopping_give_the_leads_back_and_starting_goes_on() -> None:
    async with SmallEngine(leads=9, reps=1) as small:
        await small.work()
        assert await small.dialable() == 0
        assert await small.control.campaign_pause("gold") is None
        await small.pass_s(0.5)
        assert await small.dialable() == 8, "all but the call that is out are dialable again"
        small.switch.end(small.switch.placed[0].attempt, 19, "network")
        await small.pass_s(5)
        assert len(small.switch.placed) == 1
        await small.control.campaign_start("gold")
        await small.pass_s(1)
        assert len(small.switch.placed) == 2
        await small.control.campaign_stop("gold")
        campaign = await small.store.campaigns.by_name("gold")
        assert campaign is not None
        assert campaign.state is CampaignState.STOPPED


@virtual_time
async def test_leads_given_back_are_dialed_again_at_once() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        await small.work(start=False)
        await small.control.campaign_start("gold")
        await small.until(lambda: small.floor.campaigns["gold"].hopper or small.switch.placed)
        await small.control.campaign_pause("gold")
        await small.control.campaign_start("gold")
        await small.until(lambda: small.switch.placed, 10)


@virtual_time
async def test_a_store_that_fails_to_give_leads_is_asked_again() -> None:
    async with SmallEngine(leads=2, reps=1) as small:
        claims = small.store.leads.claim

        async def fail(*args: object, **kwargs: object) -> list[object]:
            raise StoreError("locked")

        small.store.leads.claim = fail  # type: ignore[method-assign,assignment]
        await small.work()
        await small.pass_s(20)
        assert 1 <= small.watcher.failures["take_leads"] <= 6
        small.store.leads.claim = claims  # type: ignore[method-assign]
        await small.until(lambda: small.switch.placed, 10)


@virtual_time
async def test_a_failing_store_delays_records_and_neither_loses_nor_doubles_them() -> None:
    async with SmallEngine(leads=9, reps=3) as small:
        await small.work()
        closes, failures = small.store.attempts.close, 7
        closed: list[str] = []

        async def close(records):  # type: ignore[no-untyped-def]
            nonlocal failures
            failures -= 1
            if failures == 3:  # written, and the answer lost
                await closes(records)
            if failures > 0:
                raise StoreError("away")
            done = await closes(records)
            closed.extend(done)
            return done

        async def ping() -> None:
            if failures > 0:
                raise StoreError("away")

        small.store.attempts.close = close  # type: ignore[method-assign]
        small.store.ping = ping  # type: ignore[method-assign]
        for call in small.switch.placed[:3]:
            small.switch.end(call.attempt, 17, "callee")
        await small.pass_s(60)
        ended = [c for c in await small.cdrs() if c.outcome == "busy"]
        assert len(ended) == 3
        assert len(closed) == len(set(closed))
        assert small.engine.records.depth == 0


@virtual_time
async def test_a_record_the_store_never_takes_does_not_hold_up_the_others() -> None:
    async with SmallEngine(leads=9, reps=3) as small:
        await small.work()
        bad = small.switch.placed[0].attempt
        closes = small.store.attempts.close

        async def close(records):  # type: ignore[no-untyped-def]
            if any(record.attempt_id == bad for record in records):
                raise ValueError("cannot be")
            return await closes(records)

        small.store.attempts.close = close  # type: ignore[method-assign]
        for call in small.switch.placed[:3]:
            small.switch.end(call.attempt, 17, "callee")
        await small.pass_s(90)
        assert len([c for c in await small.cdrs() if c.outcome == "busy"]) == 2
        still = {a.attempt_id for a in await small.store.attempts.still_open()}
        assert bad in still, "the next start finds it open"


# --- the end --------------------------------------------------------------------------------------


@virtual_time
async def test_after_close_nothing_of_the_engine_is_left_and_all_is_written() -> None:
    small = SmallEngine(leads=30, reps=3)
    async with small:
        await small.work()
        attempt, _ = await small.talk()
        small.switch.end(small.switch.placed[1].attempt, 17, "callee")
        small.switch.end(attempt)
        await asyncio.sleep(0)
        await small.engine.close()
        assert other_tasks() == set()
    outcomes = sorted(c.outcome for c in await small.cdrs() if c.outcome)
    assert outcomes == ["busy", "connected"]
    states = await small.lead_states()
    assert states.get("queued", 0) == 0, "leads in hand were given back"
    refusal = await small.control.agent_pause("rep1", "")
    assert refusal is not None
    assert refusal.slug == "not-now"


@virtual_time
async def test_an_order_that_is_being_committed_when_the_engine_closes_is_not_torn() -> None:
    small = SmallEngine(leads=3, reps=1)
    async with small:
        opens = small.store.attempts.open

        async def slow(attempts):  # type: ignore[no-untyped-def]
            await asyncio.sleep(3)
            return await opens(attempts)

        small.store.attempts.open = slow  # type: ignore[method-assign]
        await small.work()
        assert small.switch.placed == []
        await small.engine.close()
    assert len(small.switch.placed) == len(await small.store.attempts.still_open()) == 1


@virtual_time
async def test_ringing_told_late_does_not_disturb_a_campaign_without_recording() -> None:
    plan = EnginePlan(
        pools=PLAN.pools,
        campaigns=(CampaignPlan("gold", "main", CampaignRules(), record=False),),
        trunks=PLAN.trunks,
    )
    async with SmallEngine(leads=1, reps=1, plan=plan) as small:
        await small.work()
        attempt, _ = await small.talk()
        small.switch.tell(Rang(attempt, small.clock.now()))
        small.switch.end(attempt)
        await small.pass_s(1)
        (cdr,) = await small.cdrs()
        assert (cdr.outcome, cdr.recording) == ("connected", None)
        assert small.recorder.kept == []
