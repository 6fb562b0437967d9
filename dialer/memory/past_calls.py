"""Calls that were placed, found by anything that is on one, in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from dialer.memory.attempts import cdr_of
from dialer.memory.desk import InMemoryNotes
from dialer.memory.scope import of_call, of_lead
from dialer.memory.tables import Call, Tables
from dialer.ports.cdr import Cdr
from dialer.ports.past_calls import (
    LOOKED_AT,
    Behind,
    CallFilter,
    CallsFound,
    FoundCall,
    NoteInCall,
    ScriptSpan,
)
from dialer.ports.recordings import Recording
from dialer.ports.scope import EVERYTHING, Reach, is_seen, seen
from dialer.ports.store import Lead
from dialer.words import RecordingState


class InMemoryPastCalls:
    def __init__(
        self, tables: Tables, notes: InMemoryNotes, recordings: Mapping[str, Recording]
    ) -> None:
        self._t, self._notes, self._recordings = tables, notes, recordings

    async def page(
        self, wanted: CallFilter, scope: Reach, *, below: str | None = None, limit: int = 100
    ) -> Sequence[FoundCall]:
        calls = self._below(below, self.newest(wanted, scope))
        return [self.found(call, scope) for call in calls[:limit]]

    async def look(
        self,
        wanted: CallFilter,
        scope: Reach,
        *,
        below: str | None = None,
        limit: int = 100,
        at_most: int = LOOKED_AT,
    ) -> CallsFound:
        period = CallFilter(since=wanted.since, until=wanted.until)
        every = self._below(below, self.newest(period, EVERYTHING))
        looked = every[:at_most]
        taken = [call for call in self.newest(wanted, scope) if call in looked]
        calls = [self.found(call, scope) for call in taken[:limit]]
        if len(taken) > limit:
            return CallsFound(calls, calls[-1].call.attempt_id)
        if len(looked) == len(every):
            return CallsFound(calls)
        last = looked[-1].new
        return CallsFound(calls, last.attempt_id, last.placed_at)

    def _below(self, below: str | None, calls: list[Call]) -> list[Call]:
        if below is None:
            return calls
        after = self._t.calls.get(below)
        return [] if after is None else [call for call in calls if place(call) < place(after)]

    async def one(self, attempt_id: str, scope: Reach) -> FoundCall | None:
        call = self._t.calls.get(attempt_id)
        if call is None or not is_seen(of_call(self._t, call), scope):
            return None
        return self.found(call, scope)

    async def some(self, attempt_ids: Sequence[str], scope: Reach) -> Sequence[FoundCall]:
        found = [await self.one(attempt_id, scope) for attempt_id in attempt_ids]
        return [call for call in found if call is not None]

    async def behind(self, attempt_id: str, scope: Reach) -> Behind | None:
        call = self._t.calls.get(attempt_id)
        if call is None or not is_seen(of_call(self._t, call), scope):
            return None
        lead, whose = self._lead(call.new.lead_id, scope), self._t.leads.get(call.new.lead_id)
        ours = self._t.callbacks.values() if lead is not None else ()
        of_lead = [it for it in ours if it.lead_id == call.new.lead_id]
        return Behind(
            list_name=whose.list_name if whose else "",
            for_agent=call.new.for_agent,
            pardon=call.closed.pardon if call.closed else None,
            reasons=call.new.reasons,
            results=list(call.results),
            agreed=next((it for it in of_lead if it.attempt_id == attempt_id), None),
            keeps=next((it for it in of_lead if it.dialed_as == attempt_id), None),
            mishaps=[it for it in self._t.mishaps if it.attempt_id == attempt_id],
        )

    async def notes(self, attempt_ids: Sequence[str], scope: Reach) -> Sequence[NoteInCall]:
        found = [it for it in self._notes.rows if it.attempt_id in attempt_ids]
        whose = [it for it in found if self._lead(it.lead_id, scope) is not None]
        return [
            NoteInCall(it.attempt_id or "", it.at, it.who, it.text)
            for it in sorted(whose, key=lambda note: note.id)
        ]

    def newest(self, wanted: CallFilter, scope: Reach) -> list[Call]:
        calls = seen(self._t.calls.values(), scope, partial(of_call, self._t))
        taken = [call for call in calls if self._takes(wanted, call, scope)]
        return sorted(taken, key=place, reverse=True)

    def found(self, call: Call, scope: Reach, recording: Recording | None = None) -> FoundCall:
        kept = recording or self._recording_of(call)
        agent = self._t.agents.get((call.closed.agent if call.closed else None) or "")
        lead = self._lead(call.new.lead_id, scope)
        return FoundCall(
            call=cdr_of(self._t, call),
            pool=self._t.campaigns[call.new.campaign_id].pool,
            mode=call.new.mode,
            agent_name=agent.name if agent else "",
            lead_name=lead.name if lead else "",
            recording=kept.id if kept else None,
            recording_state=kept.state if kept else None,
            recording_seconds=kept.seconds if kept else None,
        )

    def _recording_of(self, call: Call) -> Recording | None:
        kept = [it for it in self._recordings.values() if it.attempt_id == call.new.attempt_id]
        return max(kept, key=lambda it: it.id, default=None)

    def _lead(self, lead_id: str, scope: Reach) -> Lead | None:
        lead = self._t.leads.get(lead_id)
        return lead if lead and is_seen(of_lead(self._t, lead), scope) else None

    def _takes(self, wanted: CallFilter, call: Call, scope: Reach) -> bool:
        cdr = cdr_of(self._t, call)
        kept = self._recording_of(call)
        is_kept = kept is not None and kept.state is not RecordingState.DELETED
        return (
            _within(cdr.placed_at, wanted.since, None)
            and (wanted.until is None or cdr.placed_at < wanted.until)
            and (wanted.agents is None or cdr.agent in wanted.agents)
            and _one_of(cdr.campaign, wanted.campaigns)
            and _one_of(cdr.outcome, wanted.outcomes)
            and _one_of(cdr.disposition, wanted.dispositions)
            and _one_of(cdr.trunk, wanted.trunks)
            and _one_of(call.new.mode, wanted.modes)
            and _one_of(cdr.answered_by, wanted.answered_by)
            and _one_of(cdr.hangup_by, wanted.hangup_by)
            and _one_of(cdr.hangup_cause, wanted.causes)
            and _one_of(cdr.sip_code, wanted.sip_codes)
            and (wanted.scripts is None or any(_is_by(cdr, it) for it in wanted.scripts))
            and (not wanted.ending or _ends(cdr.number, wanted.ending))
            and wanted.number in {"", cdr.number}
            and (not wanted.digits or (cdr.number.startswith("+") and wanted.digits in cdr.number))
            and _within(cdr.talk_seconds, wanted.talk_from, wanted.talk_to)
            and (not wanted.text or self._mentions(wanted.text.lower(), call, scope))
            and wanted.recorded in {None, is_kept}
        )

    def _mentions(self, text: str, call: Call, scope: Reach) -> bool:
        lead = self._lead(call.new.lead_id, scope)
        if lead is None:
            return False
        said = [it.text for it in self._notes.rows if it.attempt_id == call.new.attempt_id]
        return any(text in words.lower() for words in (lead.name, *said))


def place(call: Call) -> tuple[float, str]:
    """Where a call stands among others."""
    return call.new.placed_at, call.new.attempt_id


def _is_by(cdr: Cdr, span: ScriptSpan) -> bool:
    at = cdr.connected_at
    return (
        cdr.campaign == span.campaign
        and at is not None
        and at >= span.since
        and (span.until is None or at < span.until)
    )


def _ends(number: str, digits: str) -> bool:
    return number.startswith("+") and number[-4:] == digits


def _one_of(word: str | int | None, wanted: Collection[str] | Collection[int]) -> bool:
    return not wanted or word in wanted


def _within(value: float | None, least: float | None, most: float | None) -> bool:
    if least is None and most is None:
        return True
    return value is not None and (least or 0.0) <= value and (most is None or value <= most)
