"""What may be asked of the engine, what is refused and why, and what new settings change."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from dialer.engine.plans import CampaignPlan, EnginePlan, PoolPlan, TrunkPlan
from dialer.floor import AgentState, CampaignRules, PoolRules
from dialer.ports.control import Refusal
from dialer.ports.store import Agent, StoreError
from dialer.sim.virtual_time import virtual_time
from tests.kit.small_engine import PLAN, SmallEngine


def slug(refusal: Refusal | None) -> str:
    return "" if refusal is None else refusal.slug


@virtual_time
async def test_wishes_that_cannot_be_are_refused_with_a_reason() -> None:
    async with SmallEngine(reps=1) as small:
        control = small.control
        assert slug(await control.agent_login("nobody")) == "no-such-agent"
        assert slug(await control.agent_ready("rep1")) == "not-logged-in"
        assert slug(await control.campaign_start("tin")) == "no-such-campaign"
        await control.agent_login("rep1")
        hangup = await control.agent_hangup("rep1")
        assert hangup == Refusal("not-now", "rep1 cannot hang up while paused")
        await small.store.agents.add(
            Agent(id="off", name="off", endpoint="x", pool="main", enabled=False)
        )
        await small.store.agents.add(Agent(id="far", name="far", endpoint="x", pool="moon"))
        assert slug(await control.agent_login("off")) == "no-such-agent"
        assert slug(await control.agent_login("far")) == "no-such-pool"


@virtual_time
async def test_a_rep_is_on_one_floor_at_a_time() -> None:
    plan = replace(PLAN, pools=(*PLAN.pools, PoolPlan("other")))
    async with SmallEngine(reps=1, plan=plan) as small:
        await small.control.agent_login("rep1")
        moved = Agent(id="rep1", name="rep1", endpoint="sip-rep1", pool="other")
        await small.store.agents.update(moved)
        assert slug(await small.control.agent_login("rep1")) == "other-pool"
        assert await small.control.agent_logout("rep1") is None
        assert await small.control.agent_login("rep1") is None
        assert "rep1" in small.engine.runners["other"].floor.agents


@virtual_time
async def test_a_store_that_fails_leaves_the_campaign_as_it_is() -> None:
    async with SmallEngine(leads=3, reps=1) as small:

        async def fail(*args: object, **kwargs: object) -> None:
            raise StoreError("read-only")

        small.store.campaigns.set_state = fail  # type: ignore[method-assign,assignment]
        assert slug(await small.control.campaign_start("gold")) == "store-failed"
        await small.pass_s(5)
        assert small.switch.placed == []


@virtual_time
async def test_a_screen_sees_reps_calls_campaigns_and_the_last_ended() -> None:
    async with SmallEngine(leads=9, reps=2) as small:
        await small.work()
        attempt, _ = await small.talk()
        small.switch.end(small.switch.placed[1].attempt, 17, "callee")
        await small.pass_s(0.3)  # records gather before they are written
        await small.control.count_leads()
        view = small.control.floor("main")
        assert view is not None
        assert sorted(a.state for a in view.agents) == ["ready", "talking"]
        talking = next(call for call in view.calls if call.attempt == attempt)
        assert (talking.phase, talking.number) == ("talking", "+12125550000")
        assert [e.outcome for e in view.last_ended] == ["busy"]
        (campaign,) = view.campaigns
        assert (campaign.state, campaign.leads["calling"]) == ("running", 2)
        assert small.control.floor("moon") is None


# --- reload ---------------------------------------------------------------------------------------


@virtual_time
async def test_a_new_plan_changes_rules_trunks_and_campaigns_at_once() -> None:
    plan = EnginePlan(
        pools=(PoolPlan("main", PoolRules(method="ratio", ratio=3.0)),),
        campaigns=(CampaignPlan("iron", "main", CampaignRules(wrapup_limit=1.0)),),
        trunks=(TrunkPlan("carrier", max_lines=2),),
    )
    async with SmallEngine(leads=9, reps=1) as small:
        await small.work()
        attempt, _ = await small.talk()
        await small.engine.apply(plan)
        await small.pass_s(1)
        assert small.floor.campaigns["gold"].removed, "its call goes on"
        assert not small.floor.campaigns["iron"].rules.running
        assert small.floor.rules.method == "ratio"
        assert small.floor.limits is not None
        assert small.floor.limits.lines == 2
        assert await small.dialable("gold") == 8, "its leads were given back"
        small.switch.end(attempt)
        await small.pass_s(1)
        assert list(small.floor.campaigns) == ["iron"]
        cdr = next(c for c in await small.cdrs() if c.attempt_id == attempt)
        assert (cdr.campaign, cdr.outcome) == ("gold", "connected")


@virtual_time
async def test_a_plan_that_cannot_be_taken_changes_nothing() -> None:
    bad = replace(PLAN, pools=(PoolPlan("main", PoolRules(max_abandon_rate=7.0)),))
    more = replace(PLAN, campaigns=(*PLAN.campaigns, CampaignPlan("iron", "main")))
    async with SmallEngine(leads=3, reps=1) as small:
        with pytest.raises(ValueError, match="max_abandon_rate"):
            await small.engine.apply(bad)

        async def fail(*args: object, **kwargs: object) -> None:
            raise StoreError("read-only")

        small.store.campaigns.create = fail  # type: ignore[method-assign,assignment]
        with pytest.raises(StoreError, match="read-only"):
            await small.engine.apply(more)
        assert small.engine.plans is PLAN
        assert list(small.floor.campaigns) == ["gold"]
        await small.work()
        assert len(small.switch.placed) == 1


@virtual_time
async def test_a_campaign_that_moves_to_another_pool_leaves_the_old_one() -> None:
    pools = (*PLAN.pools, PoolPlan("other"))
    moved = EnginePlan(pools, (replace(PLAN.campaigns[0], pool="other"),), PLAN.trunks)
    plan = replace(PLAN, pools=pools)
    async with SmallEngine(leads=9, reps=1, plan=plan) as small:
        await small.work()
        attempt = small.switch.placed[0].attempt
        await small.engine.apply(moved)
        small.switch.end(attempt, 19, "network")
        await small.pass_s(5)
        assert small.floor.campaigns == {}
        assert list(small.engine.runners["other"].floor.campaigns) == ["gold"]
        assert small.agent_state("rep1") is AgentState.READY
        assert len(small.switch.placed) == 1, "nobody works in the other pool"


@virtual_time
async def test_one_rep_is_shown_as_the_floor_shows_them() -> None:
    async with SmallEngine(reps=3) as small:
        await small.work()
        await small.pass_s(5.0)
        floor = small.control.floor("main")
        assert floor is not None
        assert len(floor.agents) == 3

        assert [small.control.agent(rep.agent) for rep in floor.agents] == floor.agents
        assert small.control.agent("nobody") is None


@virtual_time
async def test_a_reps_weight_comes_from_the_store_to_the_floor_and_stays_over_a_restart() -> None:
    async with SmallEngine() as small:
        await small.store.agents.add(
            Agent(id="heavy", name="heavy", endpoint="h", pool="main", weight=2.5)
        )
        await small.control.agent_login("heavy")
        assert small.floor.agents["heavy"].weight == 2.5
        await small.pass_s(5.0)
        store = small.store
        await small.crash()
    async with SmallEngine(store=store) as again:
        await again.pass_s(5.0)
        assert again.floor.agents["heavy"].weight == 2.5
