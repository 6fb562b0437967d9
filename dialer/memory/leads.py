"""Leads in memory."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from dialer.ids import new_ids
from dialer.memory.scope import of_lead
from dialer.memory.tables import Claim, Tables
from dialer.ports.desk import ChangedSinceError, LeadEdit, LeadPage, is_as_seen, with_known
from dialer.ports.happenings import leads_added
from dialer.ports.journal import Happened, LeadEdited
from dialer.ports.lists import is_mixed, mixed
from dialer.ports.new_leads import LeadsToAdd, NewLeads
from dialer.ports.scope import Reach, seen
from dialer.ports.store import (
    Added,
    AlreadyExistsError,
    Duplicate,
    Lead,
    LeadNext,
    LeadNumber,
    LeadsAhead,
    NewLead,
    NotFoundError,
)
from dialer.words import LeadState

_DUE = (LeadState.NEW, LeadState.RETRY)
#: Of leads that sleep, so many whose time comes first.
FIRST = 20


_OVER = (LeadState.DONE, LeadState.DEAD)


class InMemoryLeads:
    def __init__(self, tables: Tables) -> None:
        self._t = tables

    async def add(self, campaign_id: str, new: LeadsToAdd, *, now: float) -> Added:
        if campaign_id not in self._t.campaigns:
            raise NotFoundError(f"no campaign {campaign_id}")
        added, duplicates, places = [], [], []
        ids = new_ids(len(new))
        for i, (lead_id, lead) in enumerate(zip(ids, new, strict=True)):
            duplicate = self._duplicate(campaign_id, i, lead)
            if duplicate is not None:
                duplicates.append(duplicate)
                continue
            self._t.note_list(campaign_id, lead.list_name, now)
            self._put(campaign_id, lead_id, lead)
            added.append(lead_id)
            places.append(i)
        given = new if isinstance(new, NewLeads) else NewLeads.of(new)
        self._t.journal.append(leads_added(campaign_id, ids, given, places, now=now))
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
        taken = self._of_lists(campaign_id, due, limit)
        return [self._claimed(lead, now, claim_id) for lead in taken]

    def _of_lists(self, campaign_id: str, due: list[Lead], limit: int) -> list[Lead]:
        """Of those that are due the next, as their lists stand and share."""
        every = [it for it in self._t.lists.values() if it.campaign_id == campaign_id]
        lists = [it for it in every if it.state == "running"]
        names = {it.name for it in lists}
        due = [lead for lead in due if lead.list_name in names]
        if not is_mixed(lists):
            return due[:limit]
        queues = {it.name: [lead for lead in due if lead.list_name == it.name] for it in lists}
        taken, changed = mixed(lists, queues, limit)
        self._t.lists.update({(campaign_id, it.name): it for it in changed})
        return taken

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

    async def page(self, wanted: LeadPage, scope: Reach) -> Sequence[Lead]:
        found = [lead for lead in self._t.leads.values() if _is_wanted(lead, wanted)]
        found = seen(found, scope, partial(of_lead, self._t))
        return sorted(found, key=lambda lead: lead.id, reverse=True)[: wanted.limit]

    async def edit(self, lead_id: str, change: LeadEdit) -> Lead | None:
        lead = self._t.leads.get(lead_id)
        if lead is None:
            return None
        if not is_as_seen(lead, change.seen):
            raise ChangedSinceError("somebody else has changed this lead meanwhile")
        if change.numbers is not None:
            lead = self._renumbered(lead, with_known(change.numbers, lead))
        names = ("name", "language", "timezone", "priority")
        said = {name: getattr(change, name) for name in names}
        fields: dict[str, object] = {k: v for k, v in said.items() if v is not None}
        custom = {**lead.custom, **change.custom}
        fields["custom"] = {key: value for key, value in custom.items() if value != ""}
        self._t.leads[lead_id] = edited = replace(lead, **fields)
        if change.custom or change.numbers is not None or len(fields) > 1:
            event = LeadEdited(campaign=lead.campaign_id)
            self._t.journal.append([Happened(time.time(), lead_id, event)])
        return edited

    def _renumbered(self, lead: Lead, numbers: tuple[LeadNumber, ...]) -> Lead:
        keys = [(lead.campaign_id, n.number, n.extension) for n in numbers]
        for key in keys:
            if self._t.holders.get(key, lead.id) != lead.id:
                raise AlreadyExistsError(key[1])
        for n in lead.numbers:
            del self._t.holders[lead.campaign_id, n.number, n.extension]
        self._t.holders.update(dict.fromkeys(keys, lead.id))
        return replace(lead, numbers=numbers)

    async def counts(self, campaign_id: str) -> Mapping[LeadState, int]:
        leads = self._t.leads.values()
        return Counter(lead.state for lead in leads if lead.campaign_id == campaign_id)

    async def ahead(self, campaign_id: str, *, now: float, limit: int) -> LeadsAhead:
        running = {key for key, it in self._t.lists.items() if it.state == "running"}
        own = [it for it in self._t.leads.values() if it.campaign_id == campaign_id]
        own = [it for it in own if it.state in _DUE and (campaign_id, it.list_name) in running]
        own = sorted(own, key=lambda it: it.id)
        due = [it for it in own if it.next_call_at <= now]
        asleep = [it for it in own if it.next_call_at > now]
        some = _evenly(asleep, limit)
        first = sorted(asleep, key=lambda it: (it.next_call_at, it.id))[:FIRST]
        first = first if len(some) < len(asleep) else []
        called = {it.lead_id for it in self._t.callbacks.values() if it.result is None}
        back = frozenset(called.intersection(it.id for it in (*some, *first)))
        return LeadsAhead(len(due), len(asleep), _evenly(due, limit), some, first, back)


def _evenly(leads: Sequence[Lead], limit: int) -> Sequence[Lead]:
    return leads if len(leads) <= limit else leads[:: -(-len(leads) // limit)]


def _is_wanted(lead: Lead, wanted: LeadPage) -> bool:
    return (
        wanted.campaign_id in {None, lead.campaign_id}
        and wanted.list_name in {None, lead.list_name}
        and any(wanted.anything.lower() in it.lower() for it in (lead.name, *_texts(lead)))
        and (not wanted.states or lead.state in wanted.states)
        and (wanted.below is None or lead.id < wanted.below)
        and wanted.search.lower() in lead.name.lower()
        and any(wanted.digits in n.number for n in lead.numbers)
        and wanted.number in {"", *(n.number for n in lead.numbers)}
    )


def _texts(lead: Lead) -> list[str]:
    return [text for pair in lead.custom.items() for text in pair]


def set_next(tables: Tables, lead_id: str, next_: LeadNext) -> bool:
    lead = tables.leads.get(lead_id)
    if lead is None or lead.state == LeadState.CALLING:
        return False
    tables.go_on(lead_id, next_)
    return True
