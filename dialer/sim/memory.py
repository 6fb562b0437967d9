"""What a simulated shift has for a store: leads and attempts in memory, each step at once.

Only what the engine, the gate and the hopper ask for is here; each answer takes the same time
however many calls there were.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from dialer.memory.store import InMemoryStore
from dialer.ports.desk import Mishap, PastCall, WorkTime
from dialer.ports.store import (
    CallTo,
    Cdr,
    ClosedAttempt,
    DncEntry,
    Lead,
    LeadNext,
    LeadNumber,
    NewAttempt,
    OpenAttempt,
    Tally,
)
from dialer.words import LeadState

_HAS_ENDED = (LeadState.DONE, LeadState.DEAD, LeadState.DNC)


class SimList:
    """One campaign's list: `count` leads, or without end, made when they are first wanted."""

    def __init__(self, campaign_id: str, count: int | None, make: Callable[[int], Lead]) -> None:
        self.campaign_id, self.count = campaign_id, count
        self.made = 0
        self.states: Counter[LeadState] = Counter()
        self._make = make
        self._due: list[tuple[int, float, int, str]] = []
        self._returned = 0

    def next_due(self, now: float) -> str | Lead | None:
        """The id of a lead whose time has come again, a new lead, or None."""
        head = self._due[0] if self._due else None
        # A new lead is due since ever: it goes before one that was called already.
        fresh = self.count is None or self.made < self.count
        if fresh and (head is None or head[0] >= -50):
            self.made += 1
            return self._make(self.made)
        if head is not None and head[1] <= now:
            return heapq.heappop(self._due)[3]
        return None

    def put(self, lead: Lead, at: float) -> None:
        self._returned += 1
        heapq.heappush(self._due, (-lead.priority, at, self._returned, lead.id))

    @property
    def is_through(self) -> bool:
        """Whether everybody in it has been called once, or is being called."""
        return self.made == self.count

    @property
    def left(self) -> int | None:
        """Leads that may still be called; None where the list has no end."""
        if self.count is None:
            return None
        return self.count - sum(self.states[state] for state in _HAS_ENDED)


class SimLeads:
    """dialer.ports.store.LeadsRepository, as far as a shift needs it."""

    def __init__(self) -> None:
        self.lists: dict[str, SimList] = {}
        self.leads: dict[str, Lead] = {}

    async def get(self, lead_id: str) -> Lead | None:
        return self.leads.get(lead_id)

    async def claim(self, campaign_id: str, limit: int, *, now: float, claim_id: str) -> list[Lead]:
        found: list[Lead] = []
        while len(found) < limit:
            next_ = self.lists[campaign_id].next_due(now)
            if next_ is None:
                break
            lead = self.leads[next_] if isinstance(next_, str) else next_
            self.leads[lead.id] = lead = replace(lead, state=LeadState.QUEUED)
            found.append(lead)
        return found

    async def release(
        self,
        lead_ids: Iterable[str],
        *,
        next_call_at: float | None = None,
        claim_id: str = "",
    ) -> int:
        return sum(self._put_back(lead_id, next_call_at) for lead_id in lead_ids)

    async def postpone(self, until: Mapping[str, float], *, claim_id: str) -> int:
        return sum(self._put_back(lead_id, at) for lead_id, at in until.items())

    async def set_next(self, lead_id: str, next_: LeadNext) -> bool:
        self.go_on(lead_id, next_)
        return True

    async def release_claims(
        self,
        *,
        campaign_id: str | None = None,
        claim_id: str | None = None,
        claimed_before: float | None = None,
    ) -> int:
        """Nobody was here before."""
        return 0

    def _put_back(self, lead_id: str, at: float | None) -> int:
        lead = self.leads[lead_id]
        if lead.state is not LeadState.QUEUED:
            return 0
        self.leads[lead_id] = lead = replace(lead, state=LeadState.RETRY)
        self.lists[lead.campaign_id].put(lead, at or 0.0)
        return 1

    def go_on(self, lead_id: str, next_: LeadNext, number: str | None = None) -> None:
        """What comes after an attempt; `number`: the one that was called."""
        lead = self.leads[lead_id]
        of = self.lists[lead.campaign_id]
        if next_.state in _HAS_ENDED or (of.count is None and lead.attempts):
            # Nobody asks for it again, and memory stays bounded. A list without end has new people.
            of.states[next_.state] += 1
            del self.leads[lead_id]
            return
        numbers = tuple(_judged(n, next_) if n.number == number else n for n in lead.numbers)
        self.leads[lead_id] = lead = replace(lead, state=next_.state, numbers=numbers)
        of.put(lead, next_.next_call_at)


def _judged(n: LeadNumber, next_: LeadNext) -> LeadNumber:
    dead, declined = n.dead or next_.number_dead, n.declined or next_.number_declined
    return replace(n, dead=dead, declined=declined)


class SimAttempts:
    """dialer.ports.store.Attempts, as far as a shift needs it."""

    def __init__(self, leads: SimLeads, names: Mapping[str, str]) -> None:
        self._leads, self._names = leads, names
        #: People who answered and were abandoned before the shift, by campaign's name: when, how
        #: many answered, how many of them were abandoned.
        self.before: dict[str, tuple[float, int, int]] = {}
        self._open: dict[str, NewAttempt] = {}
        self._calls: dict[str, dict[str, CallTo]] = defaultdict(dict)

    async def open(self, attempts: Sequence[NewAttempt]) -> frozenset[str]:
        return frozenset(a.attempt_id for a in attempts if self._open_one(a))

    def _open_one(self, attempt: NewAttempt) -> bool:
        lead = self._leads.leads.get(attempt.lead_id)
        if lead is None or lead.state is not LeadState.QUEUED:
            return False
        numbers = tuple(
            replace(n, attempts=n.attempts + 1) if n.number == attempt.number else n
            for n in lead.numbers
        )
        self._leads.leads[lead.id] = replace(
            lead,
            state=LeadState.CALLING,
            attempts=lead.attempts + 1,
            last_call_at=attempt.placed_at,
            numbers=numbers,
        )
        self._open[attempt.attempt_id] = attempt
        self._calls[attempt.number][attempt.attempt_id] = CallTo(attempt.placed_at)
        return True

    async def withdraw(self, attempt_ids: Sequence[str]) -> int:
        gone = [self._open.pop(a) for a in attempt_ids if a in self._open]
        for attempt in gone:
            del self._calls[attempt.number][attempt.attempt_id]
            self._leads.go_on(attempt.lead_id, LeadNext(LeadState.RETRY))
        return len(gone)

    async def close(self, attempts: Sequence[ClosedAttempt]) -> frozenset[str]:
        return frozenset(a.attempt_id for a in attempts if self._close_one(a))

    def _close_one(self, closed: ClosedAttempt) -> bool:
        attempt = self._open.pop(closed.attempt_id, None)
        if attempt is None:
            return False
        self._leads.go_on(attempt.lead_id, closed.lead, attempt.number)
        if attempt.lead_id not in self._leads.leads:
            self._calls.pop(attempt.number, None)
        else:
            self._calls[attempt.number][closed.attempt_id] = CallTo(
                attempt.placed_at, closed.ended_at
            )
        return True

    async def wrapup(
        self,
        attempt_id: str,
        *,
        wrapup_seconds: float | None,
        disposition: str | None,
        lead: LeadNext | None = None,
        dnc_from: float | None = None,
    ) -> bool:
        return True

    async def wrapup_seconds(self, seconds: Mapping[str, float]) -> int:
        return len(seconds)

    async def get(self, attempt_id: str) -> Cdr | None:
        return None

    async def still_open(self, *, node: str | None = None) -> list[OpenAttempt]:
        """Nothing is left from before."""
        return []

    async def calls_to(
        self, numbers: Sequence[str], *, since: float
    ) -> Mapping[str, Sequence[CallTo]]:
        return {
            n: [it for it in self._calls[n].values() if it.placed_at >= since or not it.ended_at]
            for n in numbers
            if n in self._calls
        }

    async def tally(
        self, campaign_id: str, *, since: float, until: float, paced: bool = False
    ) -> Tally:
        """Only what was before the shift: the engine asks at its start."""
        at, answered, abandoned = self.before.get(self._names.get(campaign_id, ""), (0.0, 0, 0))
        if not since <= at < until:
            return Tally()
        return Tally(ended=answered, answered_human=answered, by_outcome={"abandoned": abandoned})


class SimDesk:
    """What a rep's desk would read of a shift: nobody does."""

    async def last_times(self) -> Mapping[str, float]:
        return {}

    async def add_times(self, times: Sequence[WorkTime]) -> None:
        return None

    async def add_mishap(self, mishap: Mishap) -> None:
        return None

    async def unsaid(
        self,
        *,
        campaign_ids: Sequence[str],
        since: float,
        limit: int,
        agent_id: str | None = None,
    ) -> Sequence[PastCall]:
        return ()

    async def last_ended(self, campaign_ids: Sequence[str], *, limit: int) -> Sequence[PastCall]:
        return ()


class SimDnc:
    """dialer.ports.store.Dnc, as far as the gate asks: numbers that are on it for ever."""

    def __init__(self) -> None:
        self.numbers: set[str] = set()

    async def check(self, numbers: Sequence[str], *, now: float) -> Mapping[str, DncEntry]:
        return {n: DncEntry(number=n, added_at=0.0) for n in numbers if n in self.numbers}


class SimStore:
    """The parts of dialer.ports.store.Store that a shift touches."""

    def __init__(self) -> None:
        plain = InMemoryStore()
        self.campaigns, self.agents, self.dnc = plain.campaigns, plain.agents, SimDnc()
        self.callbacks, self.notes, self.desk = plain.callbacks, plain.notes, SimDesk()
        self.assignments, self.call_steps = plain.assignments, plain.call_steps
        self.figures = plain.figures
        self.leads = SimLeads()
        #: Campaigns' names by id.
        self.names: dict[str, str] = {}
        self.attempts = SimAttempts(self.leads, self.names)

    def list_of(self, campaign: str) -> SimList:
        """By the campaign's name."""
        id_ = next(id_ for id_, name in self.names.items() if name == campaign)
        return self.leads.lists[id_]
