"""One person in the store in memory, and out of it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from dialer.memory.attempts import InMemoryAttempts
from dialer.memory.audit import InMemoryAudit
from dialer.memory.calls import InMemoryCallSteps
from dialer.memory.desk import InMemoryCallbacks, InMemoryNotes
from dialer.memory.dnc import InMemoryDnc
from dialer.memory.recordings import InMemoryRecordings
from dialer.memory.steering import InMemoryDeliveries, InMemoryMessages
from dialer.memory.tables import Tables
from dialer.ports.audit import AuditEntry, AuditRow
from dialer.ports.journal import Happened, PersonErased
from dialer.ports.people import (
    ERASED,
    MARK,
    REASON,
    InCallError,
    KeptOfCall,
    Mentions,
    Person,
    Pseudonyms,
    deleted_recordings,
    erased_entry,
)
from dialer.ports.reasons import named
from dialer.ports.store import DncEntry
from dialer.words import LeadState


class Rest(Protocol):
    """The parts of the store in which a person is mentioned."""

    attempts: InMemoryAttempts
    audit: InMemoryAudit
    call_steps: InMemoryCallSteps
    callbacks: InMemoryCallbacks
    deliveries: InMemoryDeliveries
    dnc: InMemoryDnc
    messages: InMemoryMessages
    notes: InMemoryNotes
    recordings: InMemoryRecordings


class InMemoryPeople:
    def __init__(self, store: Rest, tables: Tables, pseudonyms: Pseudonyms) -> None:
        self._store, self._t, self._names = store, tables, pseudonyms

    async def find(self, mentions: Mentions) -> Person:
        store, number = self._store, mentions.number
        leads = [it for it in self._t.leads.values() if number in {n.number for n in it.numbers}]
        ids = {lead.id for lead in leads}
        names = {number, self._names.of(number)}
        found = [
            call.new.attempt_id
            for call in self._t.calls.values()
            if call.new.number in names or call.new.lead_id in ids
        ]
        calls = [cdr for it in sorted(found) if (cdr := await store.attempts.get(it)) is not None]
        entries = {key: store.dnc.rows[key] for key in names if key in store.dnc.rows}
        person = Person(
            number=number,
            leads=leads,
            calls=calls,
            notes=[it for it in store.notes.rows if it.lead_id in ids or it.attempt_id in found],
            callbacks=[it for it in store.callbacks.rows.values() if it.lead_id in ids],
            call_steps=[it for it in store.call_steps.steps.values() if it.attempt_id in found],
            behind_calls=[
                KeptOfCall(it, named(call.new.reasons), list(call.results))
                for it in sorted(found)
                if (call := self._t.calls.get(it))
            ],
            recordings=[it for it in store.recordings.rows.values() if it.attempt_id in found],
            messages=[it for it in store.messages.rows.values() if mentions.are_in(it.text)],
            deliveries=[it for it in store.deliveries.rows.values() if mentions.are_in(it.body)],
            dnc=entries.get(number) or entries.get(self._names.of(number)),
        )
        return replace(person, audit=self._audit_of(person, mentions))

    def _audit_of(self, person: Person, mentions: Mentions) -> list[AuditRow]:
        subjects = person.subjects()
        return [
            row
            for row in self._store.audit.rows
            if row.entry.subject in subjects
            or mentions.are_in([row.entry.subject, row.entry.before, row.entry.after])
        ]

    async def erase(self, person: Person, mentions: Mentions, entry: AuditEntry) -> None:
        self._end_leads(person)
        store, ids = self._store, {lead.id for lead in person.leads}
        of_calls = {call.attempt_id for call in person.calls}
        for callback in person.callbacks:
            store.callbacks.rows.pop(callback.id, None)
        store.notes.rows = [
            it for it in store.notes.rows if it.lead_id not in ids and it.attempt_id not in of_calls
        ]
        self._rename_calls(of_calls, mentions)
        for row in deleted_recordings(person):
            store.recordings.rows[row.id] = row
        for number in person.numbers:
            store.dnc.rows.pop(number, None)
            for items in store.dnc.items.values():
                items.pop(number, None)
            name = self._names.of(number)
            store.dnc.rows[name] = DncEntry(
                number=name, reason=REASON, source=REASON, added_at=entry.at
            )
        self._erase_texts(person, mentions)
        await store.audit.record(entry)
        event = PersonErased(leads=[it.id for it in person.leads], attempts=sorted(of_calls))
        self._t.journal.append([Happened(entry.at, store.audit.rows[-1].id, event)])

    def _end_leads(self, person: Person) -> None:
        numbers, ids = set(person.numbers), {lead.id for lead in person.leads}
        for call in self._t.calls.values():
            is_theirs = call.new.number in numbers or call.new.lead_id in ids
            if is_theirs and call.closed is None:
                raise InCallError
        if any(self._t.leads[it].state is LeadState.CALLING for it in ids if it in self._t.leads):
            raise InCallError
        for lead_id in ids & self._t.leads.keys():
            lead = self._t.leads.pop(lead_id)
            self._t.claims.pop(lead_id, None)
            for number in lead.numbers:
                key = (lead.campaign_id, number.number, number.extension)
                self._t.holders.pop(key, None)

    def _rename_calls(self, of_calls: set[str], mentions: Mentions) -> None:
        for attempt_id in of_calls:
            call = self._t.calls[attempt_id]
            if not call.new.number.startswith(MARK):
                call.new = replace(call.new, number=self._names.of(call.new.number), reasons=None)
                call.results = [replace(it, why="") for it in call.results]
        steps = self._store.call_steps.steps
        for step in [it for it in steps.values() if it.attempt_id in of_calls]:
            steps[step.id] = replace(step, label=mentions.replaced(step.label, ERASED))

    def _erase_texts(self, person: Person, mentions: Mentions) -> None:
        store, name = self._store, self._names.of(person.number)
        for message in person.messages:
            said = mentions.replaced(message.text, ERASED)
            store.messages.rows[message.id] = replace(message, text=said)
        for delivery in person.deliveries:
            body = mentions.replaced(delivery.body, ERASED)
            store.deliveries.rows[delivery.id] = replace(delivery, body=body)
        theirs, subjects = {row.id for row in person.audit}, person.subjects()
        store.audit.rows[:] = [
            replace(row, entry=erased_entry(row.entry, subjects, mentions, name))
            if row.id in theirs
            else row
            for row in store.audit.rows
        ]

    async def erased(self, numbers: Sequence[str]) -> frozenset[str]:
        return frozenset(it for it in numbers if self._names.of(it) in self._store.dnc.rows)

    async def is_foreign(self) -> bool:
        own = self._names.prefix
        return any(it.startswith(MARK) and not it.startswith(own) for it in self._store.dnc.rows)
