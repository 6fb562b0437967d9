"""Recordings with the calls they are of, for whoever looks for one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from dialer.ports.past_calls import CallFilter
from dialer.ports.scope import Reach, whole
from dialer.ports.store import RecordedCall, Recording
from dialer.store.columns import UnixTime
from dialer.store.past_calls import NEWEST, calls_in, conditions, found_call
from dialer.store.tables import attempts, recordings
from dialer.words import RecordingState

_OWN = "recording_"
_RECORDING = [recordings.c[it].label(_OWN + it) for it in Recording.__struct_fields__]


def recorded_calls(
    conn: Connection, wanted: CallFilter, scope: Reach, below: str | None, limit: int
) -> list[RecordedCall]:
    """Newest first; `below`: those after this recording."""
    query = _recordings(scope).where(*conditions(conn, wanted))
    query = query.order_by(*NEWEST, recordings.c.id.desc()).limit(limit)
    if below is not None:
        place = _place(conn, below)
        if place is None:
            return []
        own = (attempts.c.placed_at, attempts.c.id, recordings.c.id)
        types = [UnixTime(), attempts.c.id.type, recordings.c.id.type]
        query = query.where(tuple_(*own) < tuple_(*place, types=types))
    return [_call(row._mapping) for row in conn.execute(query)]


def recorded_call(conn: Connection, recording_id: str, scope: Reach) -> RecordedCall | None:
    query = _recordings(scope).where(recordings.c.id == recording_id)
    row = conn.execute(query).first()
    return None if row is None else _call(row._mapping)


def _recordings(scope: Reach) -> Select[Any]:
    return calls_in(scope, *_RECORDING).join(recordings, recordings.c.attempt_id == attempts.c.id)


@whole("the place in a list, of a recording the list has shown")
def _place(conn: Connection, recording_id: str) -> tuple[float, str, str] | None:
    query = select(attempts.c.placed_at, attempts.c.id, recordings.c.id)
    query = query.join(recordings, recordings.c.attempt_id == attempts.c.id)
    row = conn.execute(query.where(recordings.c.id == recording_id)).first()
    return None if row is None else (row[0], row[1], row[2])


def _call(row: Any) -> RecordedCall:
    fields = {name: row[_OWN + name] for name in Recording.__struct_fields__}
    state = RecordingState(fields.pop("state"))
    return RecordedCall(
        recording=Recording(state=state, **fields),
        found=found_call(row, fields["id"], state, fields["seconds"]),
    )
