"""Where recordings lie and in what state they are."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from dialer.ports.happenings import recording_deleted, recording_kept
from dialer.ports.past_calls import CallFilter
from dialer.ports.scope import Reach, whole
from dialer.ports.store import NotFoundError, RecordedCall, Recording
from dialer.store.bulk import select_where_in
from dialer.store.database import Database
from dialer.store.journal import append
from dialer.store.recorded_calls import recorded_call, recorded_calls
from dialer.store.tables import recordings
from dialer.store.upsert import upsert
from dialer.words import RecordingState

_FIELDS = [recordings.c[name] for name in Recording.__struct_fields__]


_THERE = "SELECT r.id, r.state FROM {values} CROSS JOIN recordings r WHERE r.id = v.value"


class SqlRecordings:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, *recordings: Recording) -> frozenset[str]:
        return await self._db.write(_add, recordings)

    async def update(self, recording: Recording) -> None:
        await self._db.write(_update, recording)

    async def get(self, recording_id: str) -> Recording | None:
        found = await self._db.read(_where, recordings.c.id, recording_id, 1)
        return found[0] if found else None

    async def of_attempt(self, attempt_id: str) -> Sequence[Recording]:
        return await self._db.read(_where, recordings.c.attempt_id, attempt_id, None)

    async def in_state(self, state: RecordingState, *, limit: int) -> Sequence[Recording]:
        return await self._db.read(_where, recordings.c.state, state.value, limit)

    async def page(
        self, wanted: CallFilter, scope: Reach, *, below: str | None = None, limit: int = 100
    ) -> Sequence[RecordedCall]:
        return await self._db.read(recorded_calls, wanted, scope, below, limit)

    async def call(self, recording_id: str, scope: Reach) -> RecordedCall | None:
        return await self._db.read(recorded_call, recording_id, scope)


@whole("the engine works with all")
def _add(conn: Connection, new: Sequence[Recording]) -> frozenset[str]:
    """A recording kept a second time, after a crash, replaces its own row.

    What was deleted while its file was being made (a person was erased) is not kept after all.
    """
    by_id = {recording.id: msgspec.structs.asdict(recording) for recording in new}
    there = {row[0]: row[1] for row in select_where_in(conn, _THERE, list(by_id))}
    deleted = frozenset(it for it, state in there.items() if state == RecordingState.DELETED.value)
    upsert(conn, recordings, [row for an_id, row in by_id.items() if an_id not in deleted])
    append(conn, [recording_kept(it) for it in new if it.id not in there])
    return deleted


def _update(conn: Connection, recording: Recording) -> None:
    if recording.state is RecordingState.DELETED:
        _tell_deleted(conn, recording)
    fields = msgspec.structs.asdict(recording)
    done = conn.execute(update(recordings).where(recordings.c.id == recording.id).values(fields))
    if done.rowcount == 0:
        raise NotFoundError(f"no recording {recording.id}")


@whole("files are kept and deleted whoever talked")
def _tell_deleted(conn: Connection, recording: Recording) -> None:
    """Unless it is deleted already."""
    there = select(recordings.c.id).where(
        recordings.c.id == recording.id, recordings.c.state != recording.state.value
    )
    if conn.execute(there.with_for_update()).first() is not None:
        append(conn, [recording_deleted(recording, time.time())])


@whole("files are kept and deleted whoever talked")
def _where(conn: Connection, column: Any, value: str, limit: int | None) -> list[Recording]:
    query = select(*_FIELDS).where(column == value).order_by(recordings.c.id).limit(limit)
    return [_record(row) for row in conn.execute(query)]


def _record(row: Any) -> Recording:
    fields = dict(row._mapping)
    fields["state"] = RecordingState(fields["state"])
    return Recording(**fields)
