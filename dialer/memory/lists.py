"""Lists of leads and their imports, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from dialer.memory.desk import InMemoryNotes
from dialer.memory.scope import of_campaign, of_lead
from dialer.memory.tables import Tables
from dialer.ports.lists import (
    CountedList,
    Deleted,
    ImportRow,
    LeadChoice,
    LeadImport,
    LeadList,
    ListChange,
    Moved,
)
from dialer.ports.scope import Reach, is_seen, seen
from dialer.ports.store import Lead
from dialer.words import LeadState


class InMemoryLeadLists:
    def __init__(self, tables: Tables, notes: InMemoryNotes) -> None:
        self._t, self._notes = tables, notes

    async def all(self, scope: Reach, *, campaign_id: str | None = None) -> Sequence[CountedList]:
        in_sight = {it.id: it.name for it in seen(self._t.campaigns.values(), scope, of_campaign)}
        found = [
            CountedList(it, in_sight[it.campaign_id], self._counts(it))
            for it in self._t.lists.values()
            if it.campaign_id in in_sight and campaign_id in {None, it.campaign_id}
        ]
        return sorted(found, key=lambda it: (it.campaign, it.list.name))

    def _counts(self, of: LeadList) -> Mapping[LeadState, int]:
        here = (of.campaign_id, of.name)
        return Counter(
            it.state for it in self._t.leads.values() if (it.campaign_id, it.list_name) == here
        )

    async def get(self, campaign_id: str, name: str) -> LeadList | None:
        return self._t.lists.get((campaign_id, name))

    async def change(self, campaign_id: str, name: str, change: ListChange) -> LeadList | None:
        found = self._t.lists.get((campaign_id, name))
        if found is None:
            return None
        said = {key: getattr(change, key) for key in change.__struct_fields__}
        fresh = replace(found, **{key: it for key, it in said.items() if it is not None})
        self._t.lists[campaign_id, name] = fresh
        if change.state == "stopped":
            self._give_back(fresh)
        if change.priority is not None or change.weight is not None:
            self._begin_again(campaign_id)
        return self._t.lists[campaign_id, name]

    def _give_back(self, of: LeadList) -> None:
        for it in list(self._t.leads.values()):
            here = (it.campaign_id, it.list_name) == (of.campaign_id, of.name)
            if here and it.state is LeadState.QUEUED:
                self._t.put_back(it.id)

    def _begin_again(self, campaign_id: str) -> None:
        for key, it in self._t.lists.items():
            if it.campaign_id == campaign_id:
                self._t.lists[key] = replace(it, passed=0.0)

    async def chosen(
        self, choice: LeadChoice, scope: Reach, *, limit: int, after: str = ""
    ) -> Sequence[str]:
        ids = sorted(it.id for it in self._matching(choice, scope))
        return [it for it in ids if it > after][:limit]

    async def count(self, choice: LeadChoice, scope: Reach) -> Mapping[LeadState, int]:
        return Counter(it.state for it in self._matching(choice, scope))

    def _matching(self, choice: LeadChoice, scope: Reach) -> Sequence[Lead]:
        found = [it for it in self._t.leads.values() if self._matches(it, choice)]
        return seen(found, scope, partial(of_lead, self._t))

    def _matches(self, it: Lead, choice: LeadChoice) -> bool:
        return (
            it.campaign_id == choice.campaign_id
            and choice.list_name in {None, it.list_name}
            and (not choice.states or it.state in choice.states)
            and (not choice.ids or it.id in choice.ids)
            and choice.import_id in {None, self._t.imports[it.id][0]}
            and (not choice.uncalled or not it.attempts)
        )

    async def move(
        self, lead_ids: Sequence[str], campaign_id: str, list_name: str, *, now: float
    ) -> Moved:
        free, busy = self._free(lead_ids)
        taken = [it for it in free if self._is_held(it, campaign_id)]
        ids = [it for it in free if it not in taken]
        if ids:
            self._t.note_list(campaign_id, list_name, now)
        for lead_id in ids:
            self._move_one(lead_id, campaign_id, list_name)
        return Moved(len(ids), busy, len(taken))

    def _free(self, lead_ids: Sequence[str]) -> tuple[list[str], int]:
        there = [it for it in lead_ids if it in self._t.leads]
        free = [it for it in there if self._t.leads[it].state is not LeadState.CALLING]
        return free, len(there) - len(free)

    def _is_held(self, lead_id: str, campaign_id: str) -> bool:
        keys = ((campaign_id, n.number, n.extension) for n in self._t.leads[lead_id].numbers)
        return any(self._t.holders.get(key, lead_id) != lead_id for key in keys)

    def _move_one(self, lead_id: str, campaign_id: str, list_name: str) -> None:
        if self._t.leads[lead_id].state is LeadState.QUEUED:
            self._t.put_back(lead_id)
        lead = self._t.leads[lead_id]
        self._t.leads[lead_id] = replace(lead, campaign_id=campaign_id, list_name=list_name)
        for n in lead.numbers:
            self._t.holders.pop((lead.campaign_id, n.number, n.extension), None)
        for n in lead.numbers:
            self._t.holders[campaign_id, n.number, n.extension] = lead_id
        for key, it in self._t.callbacks.items():
            if it.lead_id == lead_id and it.result is None:
                self._t.callbacks[key] = replace(it, campaign_id=campaign_id)

    async def delete(self, lead_ids: Sequence[str]) -> Deleted:
        free, busy = self._free(lead_ids)
        for lead_id in free:
            lead = self._t.leads.pop(lead_id)
            self._t.claims.pop(lead_id, None)
            for n in lead.numbers:
                self._t.holders.pop((lead.campaign_id, n.number, n.extension), None)
            of_lead_ = [key for key, it in self._t.callbacks.items() if it.lead_id == lead_id]
            for key in of_lead_:
                del self._t.callbacks[key]
            self._notes.rows = [it for it in self._notes.rows if it.lead_id != lead_id]
        return Deleted(len(free), busy)

    async def drop(self, campaign_id: str, name: str) -> bool:
        here = ((it.campaign_id, it.list_name) for it in self._t.leads.values())
        if (campaign_id, name) in set(here):
            return False
        return self._t.lists.pop((campaign_id, name), None) is not None


class InMemoryLeadImports:
    def __init__(self, tables: Tables) -> None:
        self._t = tables
        self._rows: dict[str, LeadImport] = {}

    async def save(self, it: LeadImport) -> None:
        self._rows[it.id] = it

    async def get(self, import_id: str, scope: Reach) -> ImportRow | None:
        it = self._rows.get(import_id)
        return None if it is None else self._seen(it, scope)

    def _seen(self, it: LeadImport, scope: Reach) -> ImportRow | None:
        campaign = self._t.campaigns[it.campaign_id]
        return ImportRow(it, campaign.name) if is_seen(of_campaign(campaign), scope) else None

    async def page(
        self, scope: Reach, *, campaign_id: str | None, limit: int, below: str | None
    ) -> Sequence[ImportRow]:
        rows = [
            self._seen(it, scope)
            for _, it in sorted(self._rows.items(), reverse=True)
            if campaign_id in {None, it.campaign_id} and (below is None or it.id < below)
        ]
        return [it for it in rows if it is not None][:limit]
