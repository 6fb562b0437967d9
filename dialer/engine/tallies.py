"""What the day's calls come to so far, and the calls that ended last: for screens.

The sums of the registry's measures are counted as calls end, and figures are made of them when
somebody looks. A start reads what the day had before it. A call counts on the day on which it was
placed, as everywhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from dialer.floor.commands import CloseAttempt, ForgetAttempt, Place
from dialer.ports.control import DayFigures, EndedView
from dialer.ports.desk import PastCall, WorkTime
from dialer.ports.figures import CallSum
from dialer.ports.store import Store
from figures.answer import Sums, cell
from figures.facts import milliseconds
from figures.measures import Measure
from figures.of_calls import ABANDONS, CONTACTS, DIALS, HUMANS, MACHINES, TALK
from figures.of_times import WAITED
from figures.windows import OF_TODAY

LAST_ENDED = 20


@dataclass(slots=True)
class CampaignTally:
    #: Those that are still up included.
    placed: int = 0
    ended: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    humans: int = 0
    machines: int = 0
    contacts: int = 0
    talk_ms: int = 0

    def count(self, record: CloseAttempt) -> None:
        self.ended += 1
        self.outcomes[record.outcome] = self.outcomes.get(record.outcome, 0) + 1
        self.humans += record.answered_by == "human"
        self.machines += record.answered_by == "machine"
        if record.connected_at is not None:
            self.contacts += 1
            self.talk_ms += milliseconds(record.talk_seconds or 0.0)

    def add(self, found: CallSum) -> None:
        """Calls that were counted by the store."""
        self.placed += found.ended
        self.ended += found.ended
        self.outcomes[found.outcome] = self.outcomes.get(found.outcome, 0) + found.ended
        self.humans += found.ended * (found.answered_by == "human")
        self.machines += found.ended * (found.answered_by == "machine")
        self.contacts += found.contacts
        self.talk_ms += found.talk_ms

    def sums(self) -> Sums:
        """Of the registry's measures."""
        return {
            DIALS: self.ended,
            HUMANS: self.humans,
            MACHINES: self.machines,
            CONTACTS: self.contacts,
            ABANDONS: self.outcomes.get("abandoned", 0),
            TALK: self.talk_ms,
        }


@dataclass(slots=True)
class AgentTally:
    """Conversations that are over."""

    calls: int = 0
    talk_ms: int = 0
    #: Time free for a call, of stretches that are over.
    waited_ms: int = 0


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
        """`record` with the wall's times. What was placed before midnight is yesterday's."""
        self.last_ended.append(_ended(record, number))
        if record.placed_at < self.since:
            return
        self.campaign(record.campaign).count(record)
        if record.agent is not None and record.connected_at is not None:
            agent = self.agent(record.agent)
            agent.calls += 1
            agent.talk_ms += milliseconds(record.talk_seconds or 0.0)

    def worked(self, time: WorkTime) -> None:
        """A stretch of a rep's time is over; of one that began yesterday, today's part counts."""
        if time.state == "ready":
            began = max(time.began_at, self.since)
            waited = milliseconds(time.ended_at) - milliseconds(began)
            self.agent(time.agent_id).waited_ms += max(0, waited)

    def sums(self) -> Sums:
        """Of all campaigns and reps together."""
        found: dict[Measure, int | None] = {}
        for tally in self.campaigns.values():
            for measure, total in tally.sums().items():
                found[measure] = (found.get(measure) or 0) + (total or 0)
        return {**found, WAITED: sum(agent.waited_ms for agent in self.agents.values())}

    # --- what the day had before ------------------------------------------------------------------

    def add_calls(self, campaign: str, found: CallSum) -> None:
        self.campaign(campaign).add(found)
        if found.agent is not None:
            agent = self.agent(found.agent)
            agent.calls += found.contacts
            agent.talk_ms += found.talk_ms

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
            tallies[wait.pool].agent(wait.agent).waited_ms += wait.ms
    for pool, campaigns in pools.items():
        ended = await store.desk.last_ended(list(campaigns.values()), limit=LAST_ENDED)
        tallies[pool].add_ended(ended)
    return tallies


#: What screens call the figures of today.
_TOLD = {
    "ended": "dials",
    "answered": "human_answers",
    "connected": "contacts",
    "abandoned": "abandons",
    "connect_rate": "connect_rate",
    "contact_rate": "contact_rate",
    "abandon_rate": "abandon_rate",
    "talk_seconds": "talk",
    "avg_talk_seconds": "avg_talk",
    "mean_wait_seconds": "avg_wait",
}


def day_figures(sums: Sums) -> DayFigures:
    """The figures of today that can be made of these sums."""
    figures = {field: OF_TODAY[name].figure for field, name in _TOLD.items()}
    told = {
        field: cell(figure, sums).value
        for field, figure in figures.items()
        if sums.keys() >= set(figure.measures())
    }
    return msgspec.convert({**told, "machines": sums.get(MACHINES) or 0}, DayFigures)


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
