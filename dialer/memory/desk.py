"""Notes, callbacks, a rep's calls and times at work, in memory."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from dialer.ids import new_ids
from dialer.memory.leads import set_next
from dialer.memory.scope import of_lead
from dialer.memory.tables import Call, Tables
from dialer.ports.desk import (
    NO_DISPOSITION,
    Callback,
    CallbackRow,
    DayCalls,
    LeadCard,
    Mishap,
    Note,
    PastCall,
    WorkTime,
)
from dialer.ports.happenings import moved, planned, settled, work_ended
from dialer.ports.people import MARK
from dialer.ports.scope import Reach, is_seen, seen
from dialer.ports.store import LeadNext
from dialer.words import CallbackResult


def is_of_erased(tables: Tables, attempt_id: str | None) -> bool:
    """Whether the call's person has been erased."""
    call = tables.calls.get(attempt_id or "")
    return call is not None and call.new.number.startswith(MARK)


class InMemoryNotes:
    def __init__(self, tables: Tables) -> None:
        self._t = tables
        self.rows: list[Note] = []

    async def add(self, note: Note) -> None:
        if is_of_erased(self._t, note.attempt_id):
            return
        self.rows = [row for row in self.rows if row.id != note.id] + [note]

    async def of_lead(self, lead_id: str, *, limit: int = 100) -> Sequence[Note]:
        found = [note for note in self.rows if note.lead_id == lead_id]
        return sorted(found, key=lambda note: (note.at, note.id), reverse=True)[:limit]


class InMemoryCallbacks:
    def __init__(self, tables: Tables) -> None:
        self._t = tables
        self.rows = tables.callbacks

    async def plan(self, callback: Callback, lead: LeadNext | None = None) -> None:
        if is_of_erased(self._t, callback.attempt_id):
            return
        for row in list(self.rows.values()):
            if row.lead_id == callback.lead_id and row.result is None and row.id != callback.id:
                self.rows[row.id] = replace(row, result="dropped", done_at=callback.created_at)
                self._t.journal.append([settled(row, "dropped", callback.created_at)])
        is_known = callback.id in self.rows
        self.rows[callback.id] = callback
        self._t.journal.append([moved(callback, time.time()) if is_known else planned(callback)])
        if lead is not None:
            set_next(self._t, callback.lead_id, lead)

    async def get(self, callback_id: str) -> Callback | None:
        return self.rows.get(callback_id)

    async def of_agent(self, agent_id: str, *, limit: int = 200) -> Sequence[CallbackRow]:
        mine = [
            row
            for row in self._to_come()
            if row.owner == agent_id or (row.owner is None and row.made_by == agent_id)
        ]
        mine.sort(key=lambda row: (row.due_at, row.id))
        return [self._row(row) for row in mine[:limit]]

    async def of_lead(self, lead_id: str) -> Callback | None:
        return next((row for row in self._to_come() if row.lead_id == lead_id), None)

    async def between(
        self, scope: Reach, *, since: float, until: float, agent: str | None, limit: int
    ) -> Sequence[CallbackRow]:
        rows = [it for it in self._to_come() if since <= it.due_at < until]
        rows = [it for it in rows if agent is None or (it.owner or it.made_by) == agent]
        rows = [it for it in rows if it.lead_id in self._t.leads]
        found = seen(rows, scope, lambda it: of_lead(self._t, self._t.leads[it.lead_id]))
        return [self._row(it) for it in sorted(found, key=lambda it: (it.due_at, it.id))[:limit]]

    async def due(
        self, now: float, *, campaign_ids: Sequence[str], limit: int
    ) -> Sequence[Callback]:
        mine = [row for row in self._to_come() if row.campaign_id in campaign_ids]
        due = [row for row in mine if row.try_at <= now]
        return sorted(due, key=lambda row: (row.try_at, row.id))[:limit]

    async def postpone(self, callback_id: str, try_at: float, why: str) -> bool:
        row = self.rows.get(callback_id)
        if row is None or row.result is not None:
            return False
        self.rows[callback_id] = replace(row, try_at=try_at, why=why)
        self._t.journal.append([moved(row, time.time())])
        return True

    async def settle(
        self,
        callback_id: str,
        result: CallbackResult,
        *,
        now: float,
        outcome: str | None = None,
        dialed_as: str | None = None,
    ) -> Callback | None:
        row = self.rows.get(callback_id)
        if row is None or row.result is not None:
            return None
        done = replace(row, result=result, done_at=now, outcome=outcome, dialed_as=dialed_as)
        self.rows[callback_id] = done
        self._t.journal.append([settled(row, result, now)])
        return done

    def _to_come(self) -> list[Callback]:
        return [row for row in self.rows.values() if row.result is None]

    def _row(self, callback: Callback) -> CallbackRow:
        campaign = self._t.campaigns[callback.campaign_id].name
        lead = self._t.leads.get(callback.lead_id)
        if lead is None:
            return CallbackRow(callback, campaign, "", None, "")
        number = next((n.number for n in lead.numbers if not n.dead), "")
        return CallbackRow(callback, campaign, lead.name, lead.timezone, number)


class InMemoryDesk:
    def __init__(self, tables: Tables, notes: InMemoryNotes, callbacks: InMemoryCallbacks) -> None:
        self._t, self._notes, self._callbacks = tables, notes, callbacks
        self._times: list[WorkTime] = []

    async def card(
        self, lead_id: str, attempt_id: str | None = None, *, scope: Reach, limit: int = 30
    ) -> LeadCard | None:
        lead = self._t.leads.get(lead_id)
        if lead is None or not is_seen(of_lead(self._t, lead), scope):
            return None
        calls = [c for c in self._t.calls.values() if c.new.lead_id == lead_id]
        others = [self._past(c) for c in calls if c.new.attempt_id != attempt_id]
        owner = self._t.agents.get(lead.owner or "")
        this = next((c.new for c in calls if c.new.attempt_id == attempt_id), None)
        return LeadCard(
            lead=lead,
            campaign=self._t.campaigns[lead.campaign_id].name,
            owner_name=owner.name if owner else None,
            history=_newest(others)[:limit],
            notes=await self._notes.of_lead(lead_id),
            callback=await self._callbacks.of_lead(lead_id),
            number=this.number if this else None,
            caller_id=this.caller_id if this else None,
            attempt_number=(
                sum(c.new.attempt_id <= this.attempt_id for c in calls) if this else None
            ),
        )

    async def calls_of(self, agent_id: str, *, limit: int) -> Sequence[PastCall]:
        calls = [self._past(call) for call in self._t.calls.values()]
        mine = [call for call in calls if agent_id in {call.agent, call.for_agent}]
        return _newest(mine)[:limit]

    async def calls(self, attempt_ids: Sequence[str]) -> Sequence[PastCall]:
        return [self._past(self._t.calls[key]) for key in attempt_ids if key in self._t.calls]

    async def last_ended(self, campaign_ids: Sequence[str], *, limit: int) -> Sequence[PastCall]:
        calls = [it for it in self._t.calls.values() if it.closed is not None]
        found = [self._past(it) for it in calls if it.new.campaign_id in campaign_ids]
        return sorted(found, key=lambda it: it.ended_at or 0.0, reverse=True)[:limit]

    async def unsaid(
        self,
        *,
        campaign_ids: Sequence[str],
        since: float,
        limit: int,
        agent_id: str | None = None,
    ) -> Sequence[PastCall]:
        found = [
            self._past(call)
            for call in self._t.calls.values()
            if call.new.campaign_id in campaign_ids
            and call.closed is not None
            and call.closed.ended_at >= since
            and call.closed.connected_at is not None
            and call.closed.agent is not None
            and agent_id in {None, call.closed.agent}
            and call.disposition in {None, NO_DISPOSITION}
        ]
        return _newest(found)[:limit]

    async def day_calls(self, agent_id: str, *, since: float) -> DayCalls:
        mine = [
            call
            for call in map(self._past, self._t.calls.values())
            if call.agent == agent_id
            and call.placed_at >= since
            and call.ended_at is not None
            and call.connected_at is not None
        ]
        said = Counter((call.campaign, call.disposition) for call in mine if call.disposition)
        return DayCalls(
            calls=len(mine),
            talk_seconds=float(sum(call.talk_seconds or 0.0 for call in mine)),
            wrapup_seconds=float(sum(call.wrapup_seconds or 0.0 for call in mine)),
            dispositions={(name, code or ""): count for (name, code), count in said.items()},
        )

    async def add_times(self, times: Sequence[WorkTime]) -> None:
        self._times += times
        ids = new_ids(len(times))
        self._t.journal.append([work_ended(*it) for it in zip(ids, times, strict=True)])

    async def times(self, agent_id: str, *, since: float) -> Sequence[WorkTime]:
        mine = [t for t in self._times if t.agent_id == agent_id and t.ended_at > since]
        return sorted(mine, key=lambda time: time.ended_at)

    async def last_times(self) -> Mapping[str, float]:
        last: dict[str, float] = {}
        for spell in self._times:
            last[spell.agent_id] = max(spell.ended_at, last.get(spell.agent_id, 0.0))
        return last

    async def add_mishap(self, mishap: Mishap) -> None:
        self._t.mishaps.append(mishap)

    async def mishaps(self, agent_id: str, *, limit: int) -> Sequence[Mishap]:
        mine = [row for row in self._t.mishaps if row.agent_id == agent_id]
        return sorted(mine, key=lambda row: row.id, reverse=True)[:limit]

    def _past(self, call: Call) -> PastCall:
        new, closed = call.new, call.closed
        lead = self._t.leads.get(new.lead_id)
        agent = self._t.agents.get(closed.agent or "") if closed else None
        return PastCall(
            attempt_id=new.attempt_id,
            campaign=self._t.campaigns[new.campaign_id].name,
            lead_id=new.lead_id,
            lead_name=lead.name if lead else "",
            number=new.number,
            mode=new.mode,
            placed_at=new.placed_at,
            answered_at=closed.answered_at if closed else None,
            connected_at=closed.connected_at if closed else None,
            ended_at=closed.ended_at if closed else None,
            outcome=closed.outcome if closed else None,
            answered_by=closed.answered_by if closed else None,
            disposition=call.disposition,
            agent=closed.agent if closed else None,
            agent_name=agent.name if agent else None,
            for_agent=new.for_agent,
            talk_seconds=closed.talk_seconds if closed else None,
            wrapup_seconds=call.wrapup_seconds,
            hangup_by=closed.hangup_by if closed else None,
        )


def _newest(calls: Sequence[PastCall]) -> list[PastCall]:
    return sorted(calls, key=lambda call: call.attempt_id, reverse=True)
