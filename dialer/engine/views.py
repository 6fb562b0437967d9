"""The floor as screens see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from msgspec import structs

from dialer.engine.tallies import CampaignTally, Tallies, day_figures
from dialer.floor.state import Agent, Attempt, Floor
from dialer.ports.control import (
    AgentView,
    CallView,
    CampaignView,
    DeskView,
    EndedView,
    PartyView,
)
from dialer.words import Activity, AgentState, HeldBy, Phase


def agent_view(
    floor: Floor, agent: Agent, name: str, tallies: Tallies, began: float = 0.0
) -> AgentView:
    """`began`: when this floor did, steady seconds."""
    attempt = floor.attempts.get(agent.attempt or "")
    tally, shown = tallies.agent(agent.agent), agent.preview
    return AgentView(
        agent=agent.agent,
        name=name,
        pool=floor.pool,
        state=agent.state.public,
        reason=agent.reason,
        since=_since(attempt, agent, began),
        phone=agent.phone.value,
        attempt=agent.attempt or (shown.offer.attempt if shown else None),
        campaign=attempt.campaign if attempt else shown.campaign if shown else None,
        calls=tally.calls,
        talk_seconds=tally.talk_ms / 1000,
        leaving=agent.leave,
        leaving_reason=agent.leave_reason,
        wrapup_ends=agent.wrapup_ends,
        wrapup_of=agent.wrapup_of,
        preview_ends=agent.preview_ends,
        up_next=agent.wanted,
        last_attempt=agent.last_attempt,
        last_outcome=agent.last_outcome,
        activity=activity_of(attempt, agent),
    )


def _since(attempt: Attempt | None, agent: Agent, began: float) -> float:
    """A talk that went on while no engine ran has lasted since the two were put together."""
    talks = attempt is not None and agent.state is AgentState.TALKING
    if not talks or attempt is None or attempt.bridged_at is None or attempt.bridged_at >= began:
        return agent.since
    return min(agent.since, attempt.bridged_at)


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
        mode=attempt.mode,
        held_by=held_by(attempt),
        held_until=attempt.held_until,
        recording=attempt.recording,
        parties=parties_of(attempt),
    )


def activity_of(attempt: Attempt | None, agent: Agent) -> Activity:
    """What of a conversation a rep does beside talking to the callee."""
    if attempt is None or agent.state is not AgentState.TALKING:
        return ""
    party = attempt.party
    if party is not None and agent.agent in {party.by, party.agent}:
        all_talk = attempt.phase is Phase.TALKING and party.state == "talking"
        if all_talk:
            return "conference"
        with_party = party.goal != "callee" or attempt.phase is Phase.HELD
        return "consult" if with_party else ""
    return "hold" if attempt.held_by == "agent" else ""


def held_by(attempt: Attempt) -> HeldBy:
    if attempt.phase is Phase.HELD:
        return attempt.held_by or "phone"
    return attempt.held_by


def parties_of(attempt: Attempt) -> list[PartyView]:
    party = attempt.party
    if party is None:
        return []
    return [PartyView(party.agent or "outside", party.kind, party.label, party.state)]


_STAGES = {AgentState.TALKING: "talking", AgentState.DIALING: "dialing"}


def desk_view(floor: Floor, agent: Agent, number: Callable[[str], str]) -> DeskView | None:
    """What is before this rep."""
    attempt = floor.attempts.get(agent.attempt or "")
    if attempt is not None:
        stage = _STAGES.get(agent.state, "reserved")
        return DeskView(
            attempt.attempt, attempt.lead, attempt.campaign, attempt.mode, stage,
            number(attempt.attempt),
        )  # fmt: skip
    if (shown := agent.preview) is not None:
        offer = shown.offer
        return DeskView(
            offer.attempt, offer.lead, shown.campaign, shown.mode, "preview", number(offer.attempt)
        )
    if agent.wrapup_of is not None:
        return DeskView(
            agent.wrapup_of, agent.wrapup_lead, agent.wrapup_campaign, agent.wrapup_mode, "wrapup"
        )
    return None


def ended_views(tallies: Tallies) -> list[EndedView]:
    """The calls that ended last, the newest first."""
    return list(tallies.last_ended)[::-1]


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
    wait = day_figures(tallies.sums()).mean_wait_seconds
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
    day = structs.asdict(day_figures(tally.sums()))
    # Reps wait for the calls of all campaigns.
    day["mean_wait_seconds"] = mean_wait_seconds
    return CampaignView(
        campaign=name,
        pool=pool,
        state=state,
        leads=dict(leads),
        in_progress=dict(phases),
        placed=tally.placed,
        **day,
    )
