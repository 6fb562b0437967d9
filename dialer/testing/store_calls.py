"""Leads and attempts in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from dialer.ids import new_ids
from dialer.ports.cdr import complete_cdr
from dialer.ports.desk import LeadEdit, LeadPage
from dialer.ports.new_leads import LeadsToAdd
from dialer.ports.store import (
    Added,
    Agent,
    CallTo,
    Campaign,
    Cdr,
    ClosedAttempt,
    Dnc,
    DncEntry,
    Duplicate,
    Lead,
    LeadNext,
    LeadNumber,
    LeadState,
    NewAttempt,
    NewLead,
    NotFoundError,
    OpenAttempt,
    Tally,
)
from dialer.store.dnc import unwanted
from dialer.testing.store_pardons import InMemoryPardons

_DUE = (LeadState.NEW, LeadState.RETRY)


_OVER = (LeadState.DONE, LeadState.DEAD)


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


class Tables(Struct):
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    leads: dict[str, Lead] = field(default_factory=dict)
    imports: dict[str, tuple[str | None, int | None]] = field(default_factory=dict)
    holders: dict[tuple[str, str, str], str] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)

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


class InMemoryLeads:
    def __init__(self, tables: Tables) -> None:
        self._t = tables

    async def add(self, campaign_id: str, new: LeadsToAdd, *, now: float) -> Added:
        if campaign_id not in self._t.campaigns:
            raise NotFoundError(f"no campaign {campaign_id}")
        added, duplicates = [], []
        for i, (lead_id, lead) in enumerate(zip(new_ids(len(new)), new, strict=True)):
            duplicate = self._duplicate(campaign_id, i, lead)
            if duplicate is not None:
                duplicates.append(duplicate)
                continue
            self._put(campaign_id, lead_id, lead)
            added.append(lead_id)
        return Added(added, duplicates)

    def _duplicate(self, campaign_id: str, index: int, lead: NewLead) -> Duplicate | None:
        for n in lead.numbers:
            if holder := self._t.holders.get((campaign_id, n.number, n.extension)):
                return Duplicate(index, n.number, holder, *self._t.imports[holder])
        return None

    def _put(self, campaign_id: str, lead_id: str, lead: NewLead) -> None:
        fields = msgspec.structs.asdict(lead)
        self._t.imports[lead_id] = (fields.pop("import_id"), fields.pop("import_row"))
        fields.update(numbers=tuple(lead.numbers), custom=dict(lead.custom))
        self._t.leads[lead_id] = Lead(
            id=lead_id,
            campaign_id=campaign_id,
            state=LeadState.NEW,
            attempts=0,
            last_call_at=None,
            **fields,
        )
        for n in lead.numbers:
            self._t.holders[campaign_id, n.number, n.extension] = lead_id

    async def get(self, lead_id: str) -> Lead | None:
        return self._t.leads.get(lead_id)

    async def find(self, campaign_id: str, number: str) -> Lead | None:
        of_campaign = (it for it in self._t.leads.values() if it.campaign_id == campaign_id)
        return next((it for it in of_campaign if number in {n.number for n in it.numbers}), None)

    async def claim(self, campaign_id: str, limit: int, *, now: float, claim_id: str) -> list[Lead]:
        due = [
            lead
            for lead in self._t.leads.values()
            if lead.campaign_id == campaign_id and lead.state in _DUE and lead.next_call_at <= now
        ]
        due.sort(key=lambda lead: (-lead.priority, lead.next_call_at, lead.id))
        return [self._claimed(lead, now, claim_id) for lead in due[:limit]]

    async def claim_one(
        self, lead_id: str, *, now: float, claim_id: str, also_over: bool = False
    ) -> Lead | None:
        lead = self._t.leads.get(lead_id)
        if lead is None or lead.state not in (*_DUE, *(_OVER if also_over else ())):
            return None
        return self._claimed(lead, now, claim_id)

    def _claimed(self, lead: Lead, now: float, claim_id: str) -> Lead:
        self._t.claims[lead.id] = Claim(claim_id, now, lead.state if lead.state in _OVER else None)
        return self._t.set_state(lead.id, LeadState.QUEUED)

    async def release(
        self, lead_ids: Iterable[str], *, next_call_at: float | None = None, claim_id: str
    ) -> int:
        count = 0
        for lead_id in set(lead_ids):
            claim = self._t.claims.get(lead_id)
            if claim is None or claim.by != claim_id or not self._queued(lead_id):
                continue
            self._t.put_back(lead_id)
            if next_call_at is not None:
                lead = self._t.leads[lead_id]
                self._t.leads[lead_id] = replace(lead, next_call_at=next_call_at)
            count += 1
        return count

    async def postpone(self, until: Mapping[str, float], *, claim_id: str) -> int:
        released = [
            await self.release([lead_id], next_call_at=at, claim_id=claim_id)
            for lead_id, at in until.items()
        ]
        return sum(released)

    async def release_claims(
        self,
        *,
        campaign_id: str | None = None,
        claim_id: str | None = None,
        claimed_before: float | None = None,
    ) -> int:
        mine = [
            lead_id
            for lead_id, claim in self._t.claims.items()
            if self._queued(lead_id)
            and campaign_id in {None, self._t.leads[lead_id].campaign_id}
            and claim_id in {None, claim.by}
            and (claimed_before is None or claim.at < claimed_before)
        ]
        for lead_id in mine:
            self._t.put_back(lead_id)
        return len(mine)

    def _queued(self, lead_id: str) -> bool:
        return self._t.leads[lead_id].state == LeadState.QUEUED

    async def set_next(self, lead_id: str, next_: LeadNext) -> bool:
        return set_next(self._t, lead_id, next_)

    async def page(self, wanted: LeadPage) -> Sequence[Lead]:
        found = [lead for lead in self._t.leads.values() if _is_wanted(lead, wanted)]
        return sorted(found, key=lambda lead: lead.id, reverse=True)[: wanted.limit]

    async def edit(self, lead_id: str, change: LeadEdit) -> Lead | None:
        lead = self._t.leads.get(lead_id)
        if lead is None:
            return None
        said = {name: getattr(change, name) for name in ("name", "language", "timezone")}
        fields: dict[str, object] = {k: v for k, v in said.items() if v is not None}
        custom = {**lead.custom, **change.custom}
        fields["custom"] = {key: value for key, value in custom.items() if value != ""}
        self._t.leads[lead_id] = edited = replace(lead, **fields)
        return edited

    async def counts(self, campaign_id: str) -> Mapping[LeadState, int]:
        leads = self._t.leads.values()
        return Counter(lead.state for lead in leads if lead.campaign_id == campaign_id)


def _is_wanted(lead: Lead, wanted: LeadPage) -> bool:
    owned = (
        wanted.owners is None
        or lead.owner in wanted.owners
        or (wanted.unowned and lead.owner is None)
    )
    return (
        lead.campaign_id == wanted.campaign_id
        and (not wanted.states or lead.state in wanted.states)
        and (wanted.below is None or lead.id < wanted.below)
        and owned
        and wanted.search.lower() in lead.name.lower()
        and any(wanted.digits in n.number for n in lead.numbers)
        and wanted.number in {"", *(n.number for n in lead.numbers)}
    )


def set_next(tables: Tables, lead_id: str, next_: LeadNext) -> bool:
    lead = tables.leads.get(lead_id)
    if lead is None or lead.state == LeadState.CALLING:
        return False
    tables.go_on(lead_id, next_)
    return True


def _call_to(call: Call) -> CallTo:
    closed, placed_at = call.closed, call.new.placed_at
    if closed is None:
        return CallTo(placed_at)
    return CallTo(placed_at, closed.ended_at)


class InMemoryAttempts(InMemoryPardons):
    def __init__(self, tables: Tables, dnc: Dnc) -> None:
        self._t = tables
        self._dnc = dnc

    async def open(self, attempts: Sequence[NewAttempt]) -> frozenset[str]:
        opened = set()
        for new in attempts:
            lead = self._t.leads.get(new.lead_id)
            if lead is None or lead.state != LeadState.QUEUED or self._is_called(new.number):
                continue
            self._t.count(lead.id, new.number, 1)
            lead = self._t.set_state(lead.id, LeadState.CALLING)
            self._t.leads[lead.id] = replace(lead, last_call_at=new.placed_at)
            self._t.calls[new.attempt_id] = Call(new)
            opened.add(new.attempt_id)
        return frozenset(opened)

    def _is_called(self, number: str) -> bool:
        return any(c.new.number == number and c.closed is None for c in self._t.calls.values())

    async def withdraw(self, attempt_ids: Sequence[str]) -> int:
        withdrawn = [i for i in attempt_ids if i in self._t.calls and not self._t.calls[i].closed]
        for attempt_id in withdrawn:
            new = self._t.calls.pop(attempt_id).new
            self._t.count(new.lead_id, new.number, -1)
            self._t.put_back(new.lead_id)
        return len(withdrawn)

    async def close(self, attempts: Sequence[ClosedAttempt]) -> frozenset[str]:
        done = set()
        for closed in attempts:
            call = self._t.calls.get(closed.attempt_id)
            if call is None or call.closed is not None:
                continue
            self._close(call, closed)
            if closed.lead.number_unwanted:
                await self._dnc.add([unwanted(call.new.number, closed.ended_at)])
            done.add(closed.attempt_id)
        return frozenset(done)

    def _close(self, call: Call, closed: ClosedAttempt) -> None:
        call.closed = closed
        call.recording = closed.recording or call.recording
        call.new = replace(
            call.new,
            placed_at=call.new.placed_at if closed.placed_at is None else closed.placed_at,
            trunk=call.new.trunk if closed.trunk is None else closed.trunk,
            node=call.new.node if closed.node is None else closed.node,
        )
        if closed.pardon is not None:
            self._t.count(call.new.lead_id, call.new.number, -1)
            self.last_call(call.new.lead_id)
        if self._t.leads[call.new.lead_id].state == LeadState.CALLING:
            self._t.go_on(call.new.lead_id, closed.lead, number=call.new.number)

    async def wrapup(
        self,
        attempt_id: str,
        *,
        wrapup_seconds: float | None,
        disposition: str | None,
        lead: LeadNext | None = None,
        dnc_from: float | None = None,
    ) -> bool:
        call = self._t.calls.get(attempt_id)
        if call is None:
            return False
        if wrapup_seconds is not None:
            call.wrapup_seconds = wrapup_seconds
        call.disposition = call.disposition if disposition is None else disposition
        if lead is not None:
            set_next(self._t, call.new.lead_id, lead)
        if dnc_from is not None:
            number, reason = call.new.number, disposition or ""
            await self._dnc.add(
                [DncEntry(number=number, reason=reason, source="rep", added_at=dnc_from)]
            )
        return True

    async def wrapup_seconds(self, seconds: Mapping[str, float]) -> int:
        known = [each for each in seconds if each in self._t.calls]
        for each in known:
            self._t.calls[each].wrapup_seconds = seconds[each]
        return len(known)

    async def set_recording(self, attempt_id: str, recording: str | None) -> bool:
        call = self._t.calls.get(attempt_id)
        if call is None:
            return False
        call.recording = recording
        return True

    async def still_open(self, *, node: str | None = None) -> list[OpenAttempt]:
        return [
            OpenAttempt(
                **msgspec.structs.asdict(call.new),
                lead_attempts=self._t.leads[call.new.lead_id].attempts,
            )
            for _, call in sorted(self._t.calls.items())
            if call.closed is None and node in {None, call.new.node}
        ]

    async def get(self, attempt_id: str) -> Cdr | None:
        call = self._t.calls.get(attempt_id)
        return self._cdr(call) if call else None

    async def export(
        self,
        campaign_id: str | None = None,
        *,
        since: float | None = None,
        until: float | None = None,
        ended_only: bool = False,
    ) -> AsyncIterator[Cdr]:
        for _, call in sorted(self._t.calls.items()):
            if (
                campaign_id in {None, call.new.campaign_id}
                and (since is None or call.new.placed_at >= since)
                and (until is None or call.new.placed_at < until)
                and not (ended_only and call.closed is None)
            ):
                yield self._cdr(call)

    async def calls_to(
        self, numbers: Sequence[str], *, since: float
    ) -> Mapping[str, Sequence[CallTo]]:
        found: dict[str, list[CallTo]] = {}
        for call in self._t.calls.values():
            is_wanted = call.new.placed_at >= since or call.closed is None
            spared = call.closed is not None and call.closed.pardon in {"trunk", "switch"}
            if call.new.number in numbers and is_wanted and not spared:
                found.setdefault(call.new.number, []).append(_call_to(call))
        return {n: sorted(calls, key=lambda it: it.placed_at) for n, calls in found.items()}

    async def tally(
        self, campaign_id: str, *, since: float, until: float, paced: bool = False
    ) -> Tally:
        ended = [
            call.closed
            for call in self._t.calls.values()
            if call.closed
            and call.new.campaign_id == campaign_id
            and since <= call.closed.ended_at < until
            and not (paced and call.new.for_agent and call.closed.outcome != "abandoned")
        ]
        answerers = Counter(closed.answered_by for closed in ended)
        return Tally(
            ended=len(ended),
            answered_human=answerers["human"],
            answered_machine=answerers["machine"],
            by_outcome=Counter(closed.outcome for closed in ended),
        )

    def _cdr(self, call: Call) -> Cdr:
        fields = dict.fromkeys(Cdr.__struct_fields__)
        del fields["ring_seconds"], fields["wait_seconds"]
        for source in (call.closed, call.new) if call.closed else (call.new,):
            fields.update({k: v for k, v in msgspec.structs.asdict(source).items() if k in fields})
        fields.update(
            campaign=self._t.campaigns[call.new.campaign_id].name,
            recording=call.recording,
            disposition=call.disposition,
            wrapup_seconds=call.wrapup_seconds,
        )
        return complete_cdr(**fields)
