"""What each running campaign stands on, read off the engine, and what keeps it from calling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from dialer.engine.hold_backs import Standing, hold_backs
from dialer.ports.control import CampaignView
from dialer.ports.outlook import HoldBack
from dialer.words import AgentState, CampaignState, Phase

if TYPE_CHECKING:
    from dialer.engine.engine import Engine
    from dialer.engine.plans import CampaignPlan
    from dialer.floor.state import Agent, Floor

#: Calls that are for somebody and will end by themselves.
_ON_THE_WAY = {
    Phase.PLACING.value, Phase.DIALING.value, Phase.RINGING.value, Phase.ANSWERED.value,
    Phase.WAITING.value, Phase.RESERVED.value,
}  # fmt: skip


def with_hold_backs(engine: Engine, pool: str, views: list[CampaignView]) -> list[CampaignView]:
    """Each campaign with its leads' outlook, and the running ones with what holds them back."""
    floor = engine.runners[pool].floor
    found = []
    for view in views:
        plan, waits = engine.plan(view.campaign), list[HoldBack]()
        if plan is not None and view.state == CampaignState.RUNNING.value:
            waits = hold_backs(_standing(engine, floor, plan, view))
        outlook = engine.outlooks.get(view.campaign)
        found.append(replace(view, outlook=outlook, waits=waits))
    return found


def _standing(engine: Engine, floor: Floor, plan: CampaignPlan, view: CampaignView) -> Standing:
    clock, trunks = engine.clock, engine.trunks
    opens_at = trunks.opens_at(plan, clock.steady())
    there = [it for it in floor.agents.values() if it.state is not AgentState.OUT]
    own = [it for it in there if _works_for(it, plan.name)]
    return Standing(
        now=clock.now(),
        mode=plan.rules.mode,
        switch_up=floor.switch_up,
        clock_doubt=bool(floor.clock_doubt),
        store_away=bool(engine.records.fault),
        out=trunks.out(trunks.usable([plan])),
        opens_at=None if opens_at is None else opens_at + clock.offset(),
        present=len(own),
        ready=sum(it.state in {AgentState.READY, AgentState.PREVIEW} for it in own),
        on_the_way=sum(view.in_progress.get(phase, 0) for phase in _ON_THE_WAY),
        outlook=engine.outlooks.get(plan.name),
    )


def _works_for(agent: Agent, campaign: str) -> bool:
    return agent.campaigns is None or campaign in agent.campaigns
