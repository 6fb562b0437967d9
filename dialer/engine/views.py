"""The floor as screens see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from dialer.engine.tallies import CampaignTally, Tallies, mean_wait
from dialer.floor.state import Agent, Attempt, Floor
from dialer.ports.control import AgentView, CallView, CampaignView, EndedView, FloorView


def floor_view(
    floor: Floor,
    tallies: Tallies,
    *,
    names: Mapping[str, str],
    number: Callable[[str], str],
    states: Mapping[str, str],
    leads: Mapping[str, Mapping[str, int]],
    now: float,
) -> FloorView:
    """`names` of reps by id, `number` of an attempt, campaigns' `states` and lead counts by
    name.
    """
    return FloorView(
        pool=floor.pool,
        at=now,
        switch_up=floor.switch_up,
        agents=[
            agent_view(floor, agent, names.get(agent.agent, agent.agent), tallies)
            for agent in floor.agents.values()
        ],
        calls=[call_view(attempt, number) for attempt in floor.attempts.values()],
        campaigns=campaign_views(floor, tallies, states=states, leads=leads),
        last_ended=ended_views(tallies),
        pacing=floor.pacer.explain(),
    )


def agent_view(floor: Floor, agent: Agent, name: str, tallies: Tallies) -> AgentView:
    attempt = floor.attempts.get(agent.attempt or "")
    tally = tallies.agent(agent.agent)
    return AgentView(
        agent=agent.agent,
        name=name,
        pool=floor.pool,
        state=agent.state.public,
        reason=agent.reason,
        since=agent.since,
        phone=agent.phone.value,
        attempt=agent.attempt,
        campaign=attempt.campaign if attempt else None,
        calls=tally.calls,
        talk_seconds=tally.talk_seconds,
        leaving=agent.leave,
    )


def call_view(attempt: Attempt, number: Callable[[str], str]) -> CallView:
    times = (attempt.connected_at, attempt.answered_at, attempt.ringing_at)
    return CallView(
        attempt=attempt.attempt,
        campaign=attempt.campaign,
        lead=attempt.lead,
        number=number(attempt.attempt),
        phase=attempt.phase.value,
        since=next((t for t in times if t is not None), attempt.placed_at),
        placed_at=attempt.placed_at,
        agent=attempt.agent,
    )


def ended_views(tallies: Tallies) -> list[EndedView]:
    """The calls that ended last, the newest first."""
    return [_ended(tallies, i) for i in range(len(tallies.last_ended))][::-1]


def campaign_views(
    floor: Floor,
    tallies: Tallies,
    *,
    states: Mapping[str, str],
    leads: Mapping[str, Mapping[str, int]],
) -> list[CampaignView]:
    """One for each of `states`."""
    phases: dict[str, Counter[str]] = {}
    for attempt in floor.attempts.values():
        phases.setdefault(attempt.campaign, Counter())[attempt.phase.value] += 1
    wait = mean_wait(list(tallies.agents.values()))
    return [
        _campaign(
            floor.pool,
            name,
            tallies.campaigns.get(name, CampaignTally()),
            state,
            leads.get(name, {}),
            phases=phases.get(name, {}),
            mean_wait_seconds=wait,
        )
        for name, state in states.items()
    ]


def _campaign(
    pool: str,
    name: str,
    tally: CampaignTally,
    state: str,
    leads: Mapping[str, int],
    *,
    phases: Mapping[str, int],
    mean_wait_seconds: float | None,
) -> CampaignView:
    return CampaignView(
        campaign=name,
        pool=pool,
        state=state,
        leads=dict(leads),
        in_progress=dict(phases),
        placed=tally.placed,
        answered=tally.humans,
        connected=tally.outcomes.get("connected", 0),
        abandoned=tally.outcomes.get("abandoned", 0),
        machines=tally.machines,
        connect_rate=tally.connect_rate,
        abandon_rate=tally.abandon_rate,
        talk_seconds=tally.talk_seconds,
        mean_wait_seconds=mean_wait_seconds,
    )


def _ended(tallies: Tallies, index: int) -> EndedView:
    record = tallies.last_ended[index]
    return EndedView(
        attempt=record.attempt,
        campaign=record.campaign,
        number=tallies.numbers[index],
        outcome=record.outcome,
        agent=record.agent,
        ended_at=record.ended_at,
        talk_seconds=record.talk_seconds,
    )
