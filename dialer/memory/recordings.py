"""What is recorded of calls, in memory."""

from __future__ import annotations

import time
from collections.abc import Sequence

from dialer.memory.desk import InMemoryNotes
from dialer.memory.past_calls import InMemoryPastCalls, place
from dialer.memory.scope import of_call
from dialer.memory.tables import Call, Tables
from dialer.ports.happenings import recording_deleted, recording_kept
from dialer.ports.past_calls import CallFilter
from dialer.ports.scope import Reach, is_seen
from dialer.ports.store import (
    NotFoundError,
    RecordedCall,
    Recording,
)
from dialer.words import RecordingState


class InMemoryRecordings:
    def __init__(self, tables: Tables, notes: InMemoryNotes) -> None:
        self.rows: dict[str, Recording] = {}
        self.calls = InMemoryPastCalls(tables, notes, self.rows)
        self._tables = tables

    async def add(self, *recordings: Recording) -> frozenset[str]:
        there = {it.id: self.rows[it.id] for it in recordings if it.id in self.rows}
        self._tables.journal.append([recording_kept(it) for it in recordings if it.id not in there])
        deleted = {it.id for it in there.values() if it.state is RecordingState.DELETED}
        self.rows.update({it.id: it for it in recordings if it.id not in deleted})
        return frozenset(deleted)

    async def update(self, recording: Recording) -> None:
        if recording.id not in self.rows:
            raise NotFoundError(f"no recording {recording.id}")
        is_gone = self.rows[recording.id].state is RecordingState.DELETED
        if recording.state is RecordingState.DELETED and not is_gone:
            self._tables.journal.append([recording_deleted(recording, time.time())])
        self.rows[recording.id] = recording

    async def get(self, recording_id: str) -> Recording | None:
        return self.rows.get(recording_id)

    async def of_attempt(self, attempt_id: str) -> Sequence[Recording]:
        return [row for row in self._sorted() if row.attempt_id == attempt_id]

    async def in_state(self, state: RecordingState, *, limit: int) -> Sequence[Recording]:
        return [row for row in self._sorted() if row.state == state][:limit]

    async def page(
        self, wanted: CallFilter, scope: Reach, *, below: str | None = None, limit: int = 100
    ) -> Sequence[RecordedCall]:
        found = [
            (
                place(call),
                row.id,
                RecordedCall(recording=row, found=self.calls.found(call, scope, row)),
            )
            for call in self.calls.newest(wanted, scope)
            for row in self._sorted()
            if row.attempt_id == call.new.attempt_id
        ]
        found.sort(key=lambda it: it[:2], reverse=True)
        if below is not None:
            mark = next((it[:2] for it in found if it[1] == below), None)
            found = [it for it in found if mark is not None and it[:2] < mark]
        return [it[2] for it in found[:limit]]

    async def call(self, recording_id: str, scope: Reach) -> RecordedCall | None:
        row = self.rows.get(recording_id)
        call = None if row is None else self._tables.calls.get(row.attempt_id)
        if row is None or call is None or not is_seen(of_call(self._tables, call), scope):
            return None
        return self._recorded(row, call, scope)

    def _recorded(self, row: Recording, call: Call, scope: Reach) -> RecordedCall:
        return RecordedCall(recording=row, found=self.calls.found(call, scope, row))

    def _sorted(self) -> Sequence[Recording]:
        return sorted(self.rows.values(), key=lambda row: row.id)
