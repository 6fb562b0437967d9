"""Recordings with the calls they are of, for whoever looks for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from dialer.ports.store import RecordedCall, Recording, RecordingQuery, RecordingState
from dialer.store.tables import attempts, campaigns, recordings

_RECORDING = [recordings.c[name] for name in Recording.__struct_fields__]
_CALL = [
    *_RECORDING,
    campaigns.c.name,
    campaigns.c.pool,
    attempts.c.agent,
    attempts.c.number,
    attempts.c.placed_at,
    attempts.c.talk_seconds,
    attempts.c.disposition,
]


def recorded_calls(
    conn: Connection, query: RecordingQuery, only: str | None = None
) -> list[RecordedCall]:
    """Newest first; `only`: the one with this id."""
    wanted = (
        select(*_CALL)
        .join(attempts, attempts.c.id == recordings.c.attempt_id)
        .join(campaigns, campaigns.c.id == attempts.c.campaign_id)
        .order_by(recordings.c.id.desc())
        .limit(query.limit)
    )
    for condition in _conditions(query, only):
        wanted = wanted.where(condition)
    return [_call(row) for row in conn.execute(wanted)]


def _conditions(query: RecordingQuery, only: str | None) -> Iterator[ColumnElement[bool]]:
    if only is not None:
        yield recordings.c.id == only
    if query.campaigns is not None:
        yield campaigns.c.name.in_(list(query.campaigns))
    if query.agents is not None:
        own = attempts.c.agent.in_(list(query.agents))
        yield own | attempts.c.agent.is_(None) if query.unowned else own
    if query.since is not None:
        yield recordings.c.created_at >= query.since
    if query.until is not None:
        yield recordings.c.created_at < query.until
    if query.below is not None:
        yield recordings.c.id < query.below


def _call(row: Any) -> RecordedCall:
    count = len(_RECORDING)
    fields = dict(zip(Recording.__struct_fields__, row[:count], strict=True))
    fields["state"] = RecordingState(fields["state"])
    name, pool, agent, number, placed_at, talk_seconds, disposition = row[count:]
    return RecordedCall(
        recording=Recording(**fields), campaign=name, pool=pool, agent=agent, number=number,
        placed_at=placed_at, talk_seconds=talk_seconds, disposition=disposition,
    )  # fmt: skip
