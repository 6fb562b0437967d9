"""Counts per campaign since midnight, and the calls that ended last: for screens.

They are counted as calls end. A start reads what the day had before it, by the same definitions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dialer.floor.commands import CloseAttempt, ForgetAttempt, Place
from dialer.ports.control import EndedView
from dialer.ports.desk import PastCall
from dialer.ports.figures import CallSum
from dialer.ports.store import Store

LAST_ENDED = 20


@dataclass(slots=True)
class CampaignTally:
    placed: int = 0
    ended: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    humans: int = 0
    machines: int = 0
    talk_seconds: float = 0.0

    def count(self, record: CloseAttempt) -> None:
        self.ended += 1
        self.outcomes[record.outcome] = self.outcomes.get(record.outcome, 0) + 1
        self.humans += record.answered_by == "human"
        self.machines += record.answered_by == "machine"
        self.talk_seconds += record.talk_seconds or 0.0

    @property
    def connect_rate(self) -> float | None:
        return self.humans / self.ended if self.ended else None

    @property
    def abandon_rate(self) -> float | None:
        return self.outcomes.get("abandoned", 0) / self.humans if self.humans else None


@dataclass(slots=True)
class AgentTally:
    calls: int = 0
    talk_seconds: float = 0.0
    #: Time free for a call, summed over all waits that ended with one.
    waited_seconds: float = 0.0


class Tallies:
    """Since `since`: midnight, unix seconds."""

    def __init__(self, since: float = 0.0) -> None:
        self.since = since
        self.campaigns: dict[str, CampaignTally] = {}
        self.agents: dict[str, AgentTally] = {}
        #: The oldest first.
        self.last_ended: deque[EndedView] = deque(maxlen=LAST_ENDED)

    def next_day(self, since: float) -> Tallies:
        """All begins anew but for the list of calls."""
        fresh = Tallies(since)
        fresh.last_ended = self.last_ended
        return fresh

    def campaign(self, name: str) -> CampaignTally:
        return self.campaigns.setdefault(name, CampaignTally())

    def agent(self, name: str) -> AgentTally:
        return self.agents.setdefault(name, AgentTally())

    def placed(self, order: Place) -> None:
        self.campaign(order.campaign).placed += 1

    def forgotten(self, order: ForgetAttempt) -> None:
        tally = self.campaign(order.campaign)
        # What was ordered before midnight is not in it.
        tally.placed = max(0, tally.placed - 1)

    def closed(self, record: CloseAttempt, number: str) -> None:
        """`record` with the wall's times."""
        self.campaign(record.campaign).count(record)
        self.last_ended.append(_ended(record, number))
        if record.agent is not None:
            agent = self.agent(record.agent)
            agent.calls += 1
            agent.talk_seconds += record.talk_seconds or 0.0

    def waited(self, agent: str, seconds: float) -> None:
        """A rep's wait has ended with a talk."""
        self.agent(agent).waited_seconds += seconds

    # --- what the day had before ------------------------------------------------------------------

    def add_calls(self, campaign: str, found: CallSum) -> None:
        tally = self.campaign(campaign)
        tally.placed += found.placed
        tally.ended += found.ended
        tally.outcomes[found.outcome] = tally.outcomes.get(found.outcome, 0) + found.ended
        tally.humans += found.ended * (found.answered_by == "human")
        tally.machines += found.ended * (found.answered_by == "machine")
        tally.talk_seconds += found.talk_seconds
        if found.agent is not None:
            agent = self.agent(found.agent)
            agent.calls += found.ended
            agent.talk_seconds += found.talk_seconds

    def add_ended(self, calls: Sequence[PastCall]) -> None:
        """The newest first."""
        self.last_ended.extend(_past(call) for call in reversed(calls))


async def tallies_of(
    store: Store, pools: Mapping[str, Mapping[str, str]], since: float
) -> dict[str, Tallies]:
    """By pool, as the store has them. `pools`: the ids of each one's campaigns, by name.

    Raises StoreError.
    """
    tallies = {pool: Tallies(since) for pool in pools}
    places = {an_id: (tallies[pool], name) for pool in pools for name, an_id in pools[pool].items()}
    for found in await store.figures.calls(list(places), since=since):
        tally, name = places[found.campaign_id]
        tally.add_calls(name, found)
    for attempt in await store.attempts.still_open():
        if attempt.campaign_id in places and attempt.placed_at >= since:
            tally, name = places[attempt.campaign_id]
            tally.campaign(name).placed += 1
    for wait in await store.figures.waits(since=since):
        if wait.pool in tallies:
            tallies[wait.pool].waited(wait.agent, wait.seconds)
    for pool, campaigns in pools.items():
        ended = await store.desk.last_ended(list(campaigns.values()), limit=LAST_ENDED)
        tallies[pool].add_ended(ended)
    return tallies


def mean_wait(tallies: Sequence[AgentTally]) -> float | None:
    calls = sum(tally.calls for tally in tallies)
    return sum(tally.waited_seconds for tally in tallies) / calls if calls else None


def _ended(record: CloseAttempt, number: str) -> EndedView:
    return EndedView(
        attempt=record.attempt,
        campaign=record.campaign,
        number=number,
        outcome=record.outcome,
        agent=record.agent,
        ended_at=record.ended_at,
        talk_seconds=record.talk_seconds,
    )


def _past(call: PastCall) -> EndedView:
    return EndedView(
        attempt=call.attempt_id,
        campaign=call.campaign,
        number=call.number,
        outcome=call.outcome or "",
        agent=call.agent,
        ended_at=call.ended_at or 0.0,
        talk_seconds=call.talk_seconds,
    )
