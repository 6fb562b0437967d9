"""Where recordings lie and in what state they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from dialer.ports.store import (
    NotFoundError,
    RecordedCall,
    Recording,
    RecordingQuery,
    RecordingState,
)
from dialer.store.database import Database
from dialer.store.recorded_calls import recorded_calls
from dialer.store.tables import recordings
from dialer.store.upsert import upsert

_FIELDS = [recordings.c[name] for name in Recording.__struct_fields__]


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

    async def page(self, query: RecordingQuery) -> Sequence[RecordedCall]:
        return await self._db.read(recorded_calls, query)

    async def call(self, recording_id: str) -> RecordedCall | None:
        found = await self._db.read(recorded_calls, RecordingQuery(limit=1), recording_id)
        return found[0] if found else None


def _add(conn: Connection, new: Sequence[Recording]) -> frozenset[str]:
    """A recording kept a second time, after a crash, replaces its own row.

    What was deleted while its file was being made (a person was erased) is not kept after all.
    """
    by_id = {recording.id: msgspec.structs.asdict(recording) for recording in new}
    is_deleted = recordings.c.state == RecordingState.DELETED.value
    query = select(recordings.c.id).where(recordings.c.id.in_(list(by_id)), is_deleted)
    deleted = frozenset(row.id for row in conn.execute(query))
    upsert(conn, recordings, [row for an_id, row in by_id.items() if an_id not in deleted])
    return deleted


def _update(conn: Connection, recording: Recording) -> None:
    fields = msgspec.structs.asdict(recording)
    done = conn.execute(update(recordings).where(recordings.c.id == recording.id).values(fields))
    if done.rowcount == 0:
        raise NotFoundError(f"no recording {recording.id}")


def _where(conn: Connection, column: Any, value: str, limit: int | None) -> list[Recording]:
    query = select(*_FIELDS).where(column == value).order_by(recordings.c.id).limit(limit)
    return [_record(row) for row in conn.execute(query)]


def _record(row: Any) -> Recording:
    fields = dict(row._mapping)
    fields["state"] = RecordingState(fields["state"])
    return Recording(**fields)
