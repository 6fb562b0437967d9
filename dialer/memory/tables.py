"""The rows that several repositories in memory share."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from dialer.memory.journal import Rows
from dialer.ports.desk import Callback, Mishap
from dialer.ports.lists import LeadList
from dialer.ports.past_calls import SaidResult
from dialer.ports.store import (
    Agent,
    Campaign,
    ClosedAttempt,
    Lead,
    LeadNext,
    LeadNumber,
    NewAttempt,
)
from dialer.words import DispositionGroup, LeadState


class Claim(Struct, frozen=True):
    """`was`: what a lead that was over goes back to."""

    by: str
    at: float
    was: LeadState | None = None


class Call(Struct):
    """An attempt and what became of it."""

    new: NewAttempt
    closed: ClosedAttempt | None = None
    wrapup_seconds: float | None = None
    disposition: str | None = None
    recording: str | None = None
    result_group: DispositionGroup | None = None
    results: list[SaidResult] = field(default_factory=list)


class Tables(Struct):
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    leads: dict[str, Lead] = field(default_factory=dict)
    lists: dict[tuple[str, str], LeadList] = field(default_factory=dict)
    imports: dict[str, tuple[str | None, int | None]] = field(default_factory=dict)
    holders: dict[tuple[str, str, str], str] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    mishaps: list[Mishap] = field(default_factory=list)
    journal: Rows = field(default_factory=Rows)

    def note_list(self, campaign_id: str, name: str, now: float) -> None:
        fresh = LeadList(campaign_id=campaign_id, name=name, created_at=now)
        self.lists.setdefault((campaign_id, name), fresh)

    def go_on(self, lead_id: str, next_: LeadNext, *, number: str | None = None) -> None:
        """Set what comes next for a lead; `number`: the one that was called."""
        lead = self.leads[lead_id]
        self.claims.pop(lead_id, None)
        self.leads[lead_id] = replace(
            lead,
            state=next_.state,
            next_call_at=next_.next_call_at,
            priority=lead.priority if next_.priority is None else next_.priority,
            owner=lead.owner if next_.owner is None else next_.owner,
            numbers=tuple(_judged(n, next_) if n.number == number else n for n in lead.numbers),
        )

    def count(self, lead_id: str, number: str, by: int) -> None:
        lead = self.leads[lead_id]
        numbers = tuple(
            replace(n, attempts=n.attempts + by) if n.number == number else n for n in lead.numbers
        )
        self.leads[lead_id] = replace(lead, attempts=lead.attempts + by, numbers=numbers)

    def set_state(self, lead_id: str, state: LeadState) -> Lead:
        self.leads[lead_id] = lead = replace(self.leads[lead_id], state=state)
        return lead

    def put_back(self, lead_id: str) -> None:
        """To what it was before it was claimed."""
        claim = self.claims.pop(lead_id, None)
        called = self.leads[lead_id].attempts > 0
        was = claim.was if claim is not None else None
        self.set_state(lead_id, was or (LeadState.RETRY if called else LeadState.NEW))


def _judged(n: LeadNumber, next_: LeadNext) -> LeadNumber:
    dead, declined = n.dead or next_.number_dead, n.declined or next_.number_declined
    return replace(n, dead=dead, declined=declined)
