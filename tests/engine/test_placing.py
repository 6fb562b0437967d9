"""From the floor's order to the wire: what is asked, what is committed, what is refused."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from dialer.engine.plans import CampaignPlan, EnginePlan, PoolPlan, TrunkPlan
from dialer.floor import CampaignRules, PoolRules
from dialer.ports.gate import GateRefusal
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import Agent, StoreError
from dialer.sim.virtual_time import virtual_time
from tests.kit.small_engine import PLAN, SmallEngine

DNC = GateRefusal("dnc", "asked not to be called")


def with_trunk(**limits: object) -> EnginePlan:
    return replace(PLAN, trunks=(TrunkPlan("carrier", **limits),))  # type: ignore[arg-type]


@virtual_time
async def test_an_attempt_stands_in_the_store_before_the_call_goes_out() -> None:
    async with SmallEngine(leads=3, reps=1) as small:
        story: list[str] = []
        opens, places = small.store.attempts.open, small.switch.place

        async def open_(attempts):  # type: ignore[no-untyped-def]
            opened = await opens(attempts)
            story.extend(f"stored {a.attempt_id}" for a in attempts)
            return opened

        def place(calls):  # type: ignore[no-untyped-def]
            story.extend(f"dialed {c.attempt}" for c in calls)
            places(calls)

        small.store.attempts.open = open_  # type: ignore[method-assign]
        small.engine.placer._attempts = small.store.attempts
        small.switch.place = place  # type: ignore[method-assign]
        await small.work()
        (call,) = small.switch.placed
        assert story == [f"stored {call.attempt}", f"dialed {call.attempt}"]
        assert (call.number, call.caller_id) == ("+12125550000", "+12125550199")
        assert call.recording == f"/recordings/gold/{call.attempt}"


@virtual_time
async def test_without_the_store_there_is_no_call_and_no_lead_is_lost() -> None:
    async with SmallEngine(leads=3, reps=1) as small:

        async def fail(attempts):  # type: ignore[no-untyped-def]
            raise StoreError("the disk is full")

        opens = small.store.attempts.open
        small.store.attempts.open = fail  # type: ignore[method-assign]
        await small.work()
        await small.pass_s(60)
        assert small.switch.placed == []
        assert small.watcher.failures["open_attempts"] <= 20, "a store that is away is not stormed"
        small.store.attempts.open = opens  # type: ignore[method-assign]
        await small.pass_s(10)
        assert len(small.switch.placed) == 1
        assert (await small.lead_states())["calling"] == 1


@virtual_time
async def test_a_commit_whose_answer_was_lost_is_undone() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        opens = small.store.attempts.open

        async def lose(attempts):  # type: ignore[no-untyped-def]
            await opens(attempts)
            small.store.attempts.open = opens  # type: ignore[method-assign]
            raise StoreError("the connection broke")

        small.store.attempts.open = lose  # type: ignore[method-assign]
        await small.work()
        await small.pass_s(20)
        assert len(small.switch.placed) == 1, "the lead went out with its next attempt"
        (open_,) = await small.store.attempts.still_open()
        assert open_.attempt_id == small.switch.placed[0].attempt
        assert open_.lead_attempts == 1


@virtual_time
async def test_a_number_put_on_the_list_after_it_was_offered_is_not_dialed() -> None:
    async with SmallEngine(leads=3, reps=0) as small:
        await small.work()
        assert len(small.floor.campaigns["gold"].hopper) == 3
        small.gate.refusals["+12125550000"] = DNC
        await small.store.agents.add(_rep())
        await small.control.agent_login("late")
        await small.control.agent_ready("late")
        await small.pass_s(2)
        assert [c.number for c in small.switch.placed] == ["+12125550001"]
        assert small.watcher.blocks["dnc"] >= 1


def _rep() -> Agent:
    return Agent(id="late", name="late", endpoint="sip-late", pool="main")


@virtual_time
async def test_a_lead_the_gate_always_refuses_does_not_spin() -> None:
    async with SmallEngine(leads=30, reps=5) as small:
        refused = GateRefusal("window", "too late over there")
        small.gate.refusals = {f"+1212555{i:04}": refused for i in range(30)}
        await small.work()
        await small.pass_s(600)
        assert small.switch.placed == []
        assert len(small.gate.asked) < 1000


@virtual_time
async def test_full_trunks_stop_the_pacer_and_not_the_clock() -> None:
    plan = with_trunk(max_lines=2)
    async with SmallEngine(leads=50, reps=6, plan=plan) as small:
        await small.work()
        await small.pass_s(60)
        assert len(small.switch.placed) == 2
        assert small.floor.pacer.explain()["bound_by"] == "lines"
        assert small.floor.counted < 30, "orders that cannot be carried out are not repeated"
        small.switch.end(small.switch.placed[0].attempt, 19, "network")
        await small.until(lambda: len(small.switch.placed) == 3, 2.0)


@virtual_time
async def test_no_trunk_starts_more_calls_in_a_second_than_it_may() -> None:
    plan = with_trunk(calls_per_second=2.0)
    async with SmallEngine(leads=50, reps=20, plan=plan) as small:
        times: list[float] = []
        places = small.switch.place

        def place(calls):  # type: ignore[no-untyped-def]
            times.extend(small.clock.now() for _ in calls)
            places(calls)

        small.switch.place = place  # type: ignore[method-assign]
        await small.work()
        await small.pass_s(8)
        assert 14 <= len(times) <= 20
        assert all(b - a >= 0.999 for a, b in zip(times, times[2:], strict=False))


@virtual_time
async def test_caller_numbers_take_turns() -> None:
    campaign = replace(PLAN.campaigns[0], caller_ids=("+1", "+2", "+3"))
    plan = replace(PLAN, campaigns=(campaign,))
    async with SmallEngine(leads=9, reps=6, plan=plan) as small:
        await small.work()
        assert [c.caller_id for c in small.switch.placed] == ["+1", "+2", "+3"] * 2


@virtual_time
async def test_a_lead_whose_call_the_switch_refused_rests_before_it_is_tried_again() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        small.switch.refuse = "switch_refused"
        await small.work()
        small.switch.refuse = None
        assert await small.lead_states() == {"new": 1}
        await small.pass_s(55)
        assert small.switch.placed == []
        await small.until(lambda: small.switch.placed, 15)
        (attempt,) = await small.store.attempts.still_open()
        assert attempt.lead_attempts == 1, "what never went out does not count"


@virtual_time
async def test_a_number_the_switch_cannot_dial_is_a_failed_attempt_and_dead() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        small.switch.refuse = "bad_number"
        await small.work()
        await small.pass_s(30)
        (cdr,) = await small.cdrs()
        assert (cdr.outcome, cdr.hangup_cause) == ("failed", 28)
        assert await small.lead_states() == {"dead": 1}


@virtual_time
async def test_a_slow_store_holds_up_no_callee() -> None:
    async with SmallEngine(leads=9, reps=3) as small:
        await small.work()
        opens = small.store.attempts.open

        async def slow(attempts):  # type: ignore[no-untyped-def]
            await asyncio.sleep(30)
            return await opens(attempts)

        small.store.attempts.open = slow  # type: ignore[method-assign]
        first, second, *_ = small.switch.placed
        small.switch.end(first.attempt, 17, "callee")
        await small.pass_s(1.0)
        before = small.clock.now()
        small.switch.answer(second.attempt)
        await small.until(lambda: small.switch.routed)
        assert small.clock.now() - before < 0.05
        assert small.switch.routed[0][1].startswith("leg-")


@virtual_time
async def test_an_order_that_outlives_its_switch_is_given_back() -> None:
    async with SmallEngine(leads=1, reps=1) as small:
        await small.work(start=False)
        small.switch._is_up = False  # the engine has not heard of it yet
        await small.control.campaign_start("gold")
        await small.pass_s(5)
        assert small.switch.placed == []
        assert await small.store.attempts.still_open() == []
        assert small.watcher.surprises == {}


@virtual_time
async def test_several_pools_share_one_trunk_and_none_takes_more_than_is_there() -> None:
    rules = PoolRules(method="ratio", ratio=5.0)
    plan = replace(
        PLAN,
        pools=(PoolPlan("main", rules), PoolPlan("other", rules)),
        campaigns=(
            CampaignPlan("gold", "main", CampaignRules()),
            CampaignPlan("iron", "other", CampaignRules()),
        ),
        trunks=(TrunkPlan("carrier", max_lines=4),),
    )
    async with SmallEngine(leads=50, reps=2, plan=plan) as small:
        await small.store.agents.add(Agent(id="o1", name="o1", endpoint="x", pool="other"))
        await small.work()
        await small.control.agent_login("o1")
        await small.control.agent_ready("o1")
        await small.pass_s(30)
        assert len(small.switch.placed) == 4
        for call in small.switch.placed[:4]:
            small.switch.end(call.attempt, 19, "network")
        await small.pass_s(10)
        assert len(small.switch.placed) == 8


@virtual_time
async def test_why_a_call_was_dialed_is_kept_with_it() -> None:
    """What pacing saw, whose turn it was, and what the gate found, as of that moment."""
    async with SmallEngine(leads=3, reps=1) as small:
        await small.work()
        attempt = small.switch.placed[0].attempt

        behind = await small.store.past_calls.behind(attempt, EVERYTHING)

    assert behind is not None
    reasons = behind.reasons
    assert reasons is not None
    assert (reasons.lead_attempt, reasons.number_attempt) == (1, 1)
    assert reasons.paced is not None
    assert (reasons.paced.place, reasons.paced.ready) == (1, 1)
    assert reasons.passed is not None
    assert reasons.passed.any_hour
