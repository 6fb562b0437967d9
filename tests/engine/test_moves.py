"""A rep moves to another pool or campaign: after the call, for good, and over a restart."""

from __future__ import annotations

from msgspec.structs import replace

from dialer.engine.plans import CampaignPlan, PoolPlan
from dialer.floor import AgentState, CampaignRules, PoolRules
from dialer.ports.control import AgentView, Refusal
from dialer.ports.store import StoreError
from dialer.sim.virtual_time import virtual_time
from tests.kit.small_engine import PLAN, SmallEngine

TWO = replace(
    PLAN,
    pools=(*PLAN.pools, PoolPlan("other", PoolRules(method="progressive"))),
    campaigns=(
        *PLAN.campaigns,
        CampaignPlan("tin", "main", CampaignRules(wrapup_limit=5.0)),
        CampaignPlan("iron", "other", CampaignRules(wrapup_limit=5.0)),
    ),
)


def slug(refusal: Refusal | None) -> str:
    return "" if refusal is None else refusal.slug


def row(small: SmallEngine, pool: str, rep: str = "rep1") -> AgentView:
    view = small.control.floor(pool)
    assert view is not None
    return next(agent for agent in view.agents if agent.agent == rep)


def state(small: SmallEngine, pool: str, rep: str = "rep1") -> AgentState:
    agent = small.engine.runners[pool].floor.agents.get(rep)
    return AgentState.OUT if agent is None else agent.state


@virtual_time
async def test_a_ready_rep_moves_at_once_and_is_ready_there() -> None:
    async with SmallEngine(reps=1, plan=TWO) as small:
        await small.work(start=False)
        assert await small.control.agent_move("rep1", "other", None) is None
        await small.until(lambda: state(small, "other") is AgentState.READY)

        assert state(small, "main") is AgentState.OUT
        stored = await small.store.agents.get("rep1")
        assert stored is not None
        assert stored.pool == "other"
        await small.pass_s(1)
        sessions = await small.store.agents.sessions()
        assert [it.pool for it in sessions] == ["other"]
        assert await small.control.agent_pause("rep1", "tea") is None
        assert row(small, "other").reason == "tea"


@virtual_time
async def test_a_talking_rep_moves_after_the_call_and_the_callee_notices_nothing() -> None:
    async with SmallEngine(leads=9, reps=1, plan=TWO) as small:
        await small.work()
        attempt, _ = await small.talk()
        assert await small.control.agent_move("rep1", "other", None) is None
        await small.pass_s(1)
        assert state(small, "main") is AgentState.TALKING
        assert row(small, "main").moving_to == "other"
        assert slug(await small.control.agent_ready("rep1")) == "moving"
        small.switch.end(attempt)
        await small.until(lambda: state(small, "other") is AgentState.READY)
        cdr = next(c for c in await small.cdrs() if c.attempt_id == attempt)
        assert (cdr.outcome, cdr.agent) == ("connected", "rep1")
        assert row(small, "other").moving_to == ""


@virtual_time
async def test_a_paused_rep_arrives_paused_and_who_logs_out_meanwhile_stays_out() -> None:
    async with SmallEngine(leads=9, reps=2, plan=TWO) as small:
        await small.work()
        attempt, _ = await small.talk()
        rep = next(r for r in small.reps if small.agent_state(r) is AgentState.TALKING)
        other = next(r for r in small.reps if r != rep)
        await small.control.agent_pause(other, "tea")
        for call in small.switch.placed:
            if call.attempt != attempt:
                small.switch.end(call.attempt, 17, "callee")
        await small.until(lambda: small.agent_state(other) is AgentState.PAUSED)
        assert await small.control.agent_move(other, "other", None) is None
        await small.until(lambda: state(small, "other", other) is AgentState.PAUSED)
        assert await small.control.agent_move(rep, "other", None) is None
        assert await small.control.agent_logout(rep) is None
        small.switch.end(attempt)
        await small.pass_s(30)
        assert state(small, "main", rep) is AgentState.OUT
        assert state(small, "other", rep) is AgentState.OUT
        assert await small.control.agent_login(rep) is None
        assert state(small, "other", rep) is AgentState.PAUSED


@virtual_time
async def test_other_campaigns_of_the_pool_take_effect_from_the_next_call_on() -> None:
    async with SmallEngine(leads=9, reps=1, plan=TWO) as small:
        await small.control.agent_login("rep1")
        assert await small.control.agent_move("rep1", "main", ("tin",)) is None
        assert small.floor.agents["rep1"].campaigns == frozenset({"tin"})
        await small.control.agent_logout("rep1")
        await small.control.agent_login("rep1")
        assert small.floor.agents["rep1"].campaigns == frozenset({"tin"})
        assert await small.control.agent_move("rep1", "main", None) is None
        assert small.floor.agents["rep1"].campaigns is None


@virtual_time
async def test_who_is_out_is_moved_in_the_store_alone() -> None:
    async with SmallEngine(reps=1, plan=TWO) as small:
        assert await small.control.agent_move("rep1", "other", ("iron",)) is None
        assert await small.control.agent_login("rep1") is None
        assert state(small, "other") is AgentState.PAUSED
        assert small.engine.runners["other"].floor.agents["rep1"].campaigns == {"iron"}
        assert slug(await small.control.agent_move("rep1", "moon", None)) == "no-such-pool"
        assert slug(await small.control.agent_move("nobody", "main", None)) == "no-such-agent"


@virtual_time
async def test_a_store_that_fails_moves_nobody() -> None:
    async with SmallEngine(reps=1, plan=TWO) as small:
        await small.work(start=False)

        async def fail(*args: object) -> None:
            raise StoreError("read-only")

        small.store.agents.update = fail  # type: ignore[method-assign,assignment]
        assert slug(await small.control.agent_move("rep1", "other", None)) == "store-failed"
        await small.pass_s(5)
        assert state(small, "main") is AgentState.READY


@virtual_time
async def test_a_move_in_mid_call_is_made_after_a_restart() -> None:
    async with SmallEngine(leads=9, reps=1, plan=TWO) as small:
        await small.work()
        attempt, _ = await small.talk()
        await small.control.agent_move("rep1", "other", None)
        await small.pass_s(1)
        await small.engine.close()
    again = SmallEngine(plan=TWO, store=small.store, switch=small.switch)
    small.switch.is_closed = False
    async with again:
        await again.pass_s(2)
        assert state(again, "other") is AgentState.OUT, "he is in a call of the other pool"
        again.switch.end(attempt)
        await again.until(lambda: state(again, "other") is not AgentState.OUT, 120)
        assert state(again, "main") is AgentState.OUT


@virtual_time
async def test_a_rep_sees_who_ordered_it_until_it_is_over() -> None:
    async with SmallEngine(leads=9, reps=1, plan=TWO) as small:
        await small.work()
        attempt, _ = await small.talk()
        await small.control.agent_pause("rep1", "meeting")
        small.control.ordered("rep1", "pause", "boss")
        assert row(small, "main").by == "boss"
        small.switch.end(attempt)
        await small.until(lambda: small.agent_state("rep1") is AgentState.PAUSED)
        assert (row(small, "main").by, row(small, "main").reason) == ("boss", "meeting")
        await small.control.agent_ready("rep1")
        await small.until(lambda: small.agent_state("rep1") is AgentState.READY)
        assert row(small, "main").by == ""
        await small.control.agent_pause("rep1", "tea")
        small.control.ordered("rep1", "pause", "")
        assert row(small, "main").by == ""


@virtual_time
async def test_a_pause_asked_for_on_the_way_is_kept_and_does_not_strand_the_rep() -> None:
    async with SmallEngine(leads=9, reps=1, plan=TWO) as small:
        await small.work()
        attempt, _ = await small.talk()
        assert await small.control.agent_move("rep1", "other", None) is None
        assert await small.control.agent_pause("rep1", "tea") is None
        small.switch.end(attempt)
        await small.until(lambda: state(small, "other") is AgentState.PAUSED)
        assert state(small, "main") is AgentState.OUT
        assert await small.control.agent_ready("rep1") is None
