"""Counts per campaign since the engine started, and the calls that ended last: for screens."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from dialer.floor.commands import CloseAttempt, ForgetAttempt, Place
from dialer.floor.state import Floor

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
    def __init__(self) -> None:
        self.campaigns: dict[str, CampaignTally] = {}
        self.agents: dict[str, AgentTally] = {}
        self.last_ended: deque[CloseAttempt] = deque(maxlen=LAST_ENDED)
        #: Numbers of the last ended calls; the floor knows none.
        self.numbers: deque[str] = deque(maxlen=LAST_ENDED)

    def campaign(self, name: str) -> CampaignTally:
        return self.campaigns.setdefault(name, CampaignTally())

    def agent(self, name: str) -> AgentTally:
        return self.agents.setdefault(name, AgentTally())

    def placed(self, order: Place) -> None:
        self.campaign(order.campaign).placed += 1

    def forgotten(self, order: ForgetAttempt) -> None:
        self.campaign(order.campaign).placed -= 1

    def closed(self, record: CloseAttempt, number: str) -> None:
        self.campaign(record.campaign).count(record)
        self.last_ended.append(record)
        self.numbers.append(number)
        if record.agent is not None:
            agent = self.agent(record.agent)
            agent.calls += 1
            agent.talk_seconds += record.talk_seconds or 0.0

    def waited(self, floor: Floor, agent: str) -> None:
        """A rep is about to be reserved: their wait is over."""
        candidate = floor.agents.get(agent)
        if candidate is not None and not candidate.unpaced:
            self.agent(agent).waited_seconds += max(0.0, floor.now - candidate.idle_since)


def mean_wait(tallies: Sequence[AgentTally]) -> float | None:
    calls = sum(tally.calls for tally in tallies)
    return sum(tally.waited_seconds for tally in tallies) / calls if calls else None
