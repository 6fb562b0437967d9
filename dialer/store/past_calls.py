"""Calls that were placed, found by anything that is on one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Select,
    and_,
    case,
    exists,
    extract,
    false,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy import DateTime as DateTimeType

from dialer.ports.cdr import complete_cdr
from dialer.ports.past_calls import (
    LOOKED_AT,
    Behind,
    CallFilter,
    CallsFound,
    FoundCall,
    NoteInCall,
    ScriptSpan,
)
from dialer.ports.scope import Reach, whole
from dialer.store.behind_calls import behind
from dialer.store.bulk import select_where_in
from dialer.store.call_walk import PLACE, Place, are_few, floor_of, last_four, stretch, unindexed
from dialer.store.cdr import FIELDS
from dialer.store.database import Database
from dialer.store.patterns import ESCAPE, part
from dialer.store.scope import visible
from dialer.store.tables import (
    agents,
    attempts,
    campaigns,
    leads,
    notes,
    recordings,
)
from dialer.words import RecordingState

_FOUND = [
    *FIELDS,
    campaigns.c.pool,
    attempts.c.mode,
    func.coalesce(agents.c.name, "").label("agent_name"),
    func.coalesce(leads.c.name, "").label("lead_name"),
]
#: Newest first: the times are those of the placing, and of two at once the later id.
NEWEST = (attempts.c.placed_at.desc(), attempts.c.id.desc())


class SqlPastCalls:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def page(
        self, wanted: CallFilter, scope: Reach, *, below: str | None = None, limit: int = 100
    ) -> Sequence[FoundCall]:
        return await self._db.read(_page, wanted, scope, below, limit)

    async def look(
        self,
        wanted: CallFilter,
        scope: Reach,
        *,
        below: str | None = None,
        limit: int = 100,
        at_most: int = LOOKED_AT,
    ) -> CallsFound:
        return await self._db.read(_look, wanted, scope, below=below, limit=limit, at_most=at_most)

    async def one(self, attempt_id: str, scope: Reach) -> FoundCall | None:
        return await self._db.read(_one, attempt_id, scope)

    async def some(self, attempt_ids: Sequence[str], scope: Reach) -> Sequence[FoundCall]:
        return await self._db.read(_some, attempt_ids, scope) if attempt_ids else []

    async def behind(self, attempt_id: str, scope: Reach) -> Behind | None:
        return await self._db.read(behind, attempt_id, scope)

    async def notes(self, attempt_ids: Sequence[str], scope: Reach) -> Sequence[NoteInCall]:
        return await self._db.read(_notes, attempt_ids, scope) if attempt_ids else []


def calls_in(scope: Reach, *columns: Any) -> Select[Any]:
    """Of the calls in scope these columns, and those of the call, its rep and its lead."""
    leads_seen = and_(leads.c.id == attempts.c.lead_id, visible(leads, scope))
    return (
        select(*columns, *_FOUND)
        .select_from(attempts)
        .join(campaigns, campaigns.c.id == unindexed(attempts.c.campaign_id))
        .join(agents, agents.c.id == attempts.c.agent, isouter=True)
        .join(leads, leads_seen, isouter=True)
        .where(visible(attempts, scope))
    )


def _page(
    conn: Connection, wanted: CallFilter, scope: Reach, below: str | None, limit: int
) -> list[FoundCall]:
    query = calls_in(scope).where(*conditions(conn, wanted))
    if below is not None:
        start = start_of(conn, below)
        if start is None:
            return []
        query = query.where(start.sql() > PLACE)
    return _with_recordings(conn, conn.execute(query.order_by(*NEWEST).limit(limit)).all())


def _look(
    conn: Connection,
    wanted: CallFilter,
    scope: Reach,
    *,
    below: str | None,
    limit: int,
    at_most: int,
) -> CallsFound:
    start = None if below is None else start_of(conn, below)
    if below is not None and start is None:
        return CallsFound(())
    few = are_few(conn, wanted, at_most)
    floor = None if few else floor_of(conn, wanted, start, at_most)
    days, rest = stretch(wanted, start, floor), replace(wanted, since=None, until=None)
    query = calls_in(scope).where(*days, *conditions(conn, rest, by_index=few))
    rows = conn.execute(query.order_by(*NEWEST).limit(limit + 1)).all()
    calls = _with_recordings(conn, rows[:limit])
    if len(rows) > limit:
        return CallsFound(calls, calls[-1].call.attempt_id)
    return CallsFound(calls, floor.attempt_id, floor.at) if floor else CallsFound(calls)


def start_of(conn: Connection, below: str) -> Place | None:
    """Where a call of the list stands; None: there is no such call."""
    at = placed_at(conn, below)
    return None if at is None else Place(at, below)


@whole("the place in a list, of a call the list has shown")
def placed_at(conn: Connection, attempt_id: str) -> float | None:
    """None: there is no such call."""
    row = conn.execute(select(attempts.c.placed_at).where(attempts.c.id == attempt_id)).first()
    return None if row is None else float(row[0])


def _one(conn: Connection, attempt_id: str, scope: Reach) -> FoundCall | None:
    rows = conn.execute(calls_in(scope).where(attempts.c.id == attempt_id)).all()
    found = _with_recordings(conn, rows)
    return found[0] if found else None


def _some(conn: Connection, attempt_ids: Sequence[str], scope: Reach) -> list[FoundCall]:
    rows = conn.execute(calls_in(scope).where(attempts.c.id.in_(attempt_ids))).all()
    return _with_recordings(conn, rows)


_RECORDED = (
    "SELECT r.attempt_id, r.id, r.state, r.seconds FROM {values} CROSS JOIN recordings r "
    "WHERE r.attempt_id = v.value ORDER BY r.id"
)


def _with_recordings(conn: Connection, rows: Sequence[Any]) -> list[FoundCall]:
    kept = {
        row[0]: (row[1], RecordingState(row[2]), row[3])
        for row in select_where_in(conn, _RECORDED, [row.attempt_id for row in rows])
    }
    return [found_call(row._mapping, *kept.get(row.attempt_id, _NOT_RECORDED)) for row in rows]


_NOT_RECORDED = (None, None, None)


def found_call(
    row: Any, recording: str | None, state: RecordingState | None, seconds: float | None
) -> FoundCall:
    """Of a row of `calls_in`."""
    return FoundCall(
        call=complete_cdr(**{column.name: row[column.name] for column in FIELDS}),
        pool=row["pool"],
        mode=row["mode"],
        agent_name=row["agent_name"],
        lead_name=row["lead_name"],
        recording=recording,
        recording_state=state,
        recording_seconds=seconds,
    )


def conditions(
    conn: Connection, wanted: CallFilter, *, by_index: bool = True
) -> Iterator[ColumnElement[bool]]:
    """For a query of `calls_in`. `by_index`: calls may be found by the index of their reps, or of
    the ends of their numbers."""
    call = attempts.c
    if wanted.since is not None:
        yield call.placed_at >= wanted.since
    if wanted.until is not None:
        yield call.placed_at < wanted.until
    if wanted.agents is not None:
        by_rep = by_index and not wanted.ending
        yield (call.agent if by_rep else unindexed(call.agent)).in_(wanted.agents)
    for column, words in (
        (campaigns.c.name, wanted.campaigns),
        (call.outcome, wanted.outcomes),
        (call.disposition, wanted.dispositions),
        (call.trunk, wanted.trunks),
        (call.mode, wanted.modes),
        (call.answered_by, wanted.answered_by),
        (call.hangup_by, wanted.hangup_by),
        (call.hangup_cause, wanted.causes),
        (call.sip_code, wanted.sip_codes),
    ):
        if words:
            yield column.in_(words)
    yield from _conditions_on_number(wanted, by_number=by_index)
    if wanted.scripts is not None:
        yield or_(false(), *map(_by_script, wanted.scripts))
    yield from _conditions_on_talk(conn, wanted)
    if wanted.text:
        yield _mentions(wanted.text.lower())
    if wanted.recorded is not None:
        yield _is_recorded() if wanted.recorded else ~_is_recorded()


def _by_script(span: ScriptSpan) -> ColumnElement[bool]:
    at = attempts.c.connected_at
    ends = () if span.until is None else (at < span.until,)
    return and_(campaigns.c.name == span.campaign, at >= span.since, *ends)


def _conditions_on_number(wanted: CallFilter, *, by_number: bool) -> Iterator[ColumnElement[bool]]:
    if wanted.number:
        yield attempts.c.number == wanted.number
    if wanted.ending:
        yield (last_four if by_number else unindexed(last_four)) == wanted.ending
        yield attempts.c.number.like("+%")
    if wanted.digits:
        # With the sign before them: what stands for an erased number has digits, too.
        yield attempts.c.number.like("+" + part(wanted.digits), escape=ESCAPE)


def _conditions_on_talk(conn: Connection, wanted: CallFilter) -> Iterator[ColumnElement[bool]]:
    talk = _talk(conn)
    if wanted.talk_from is not None:
        yield talk >= wanted.talk_from
    if wanted.talk_to is not None:
        yield talk <= wanted.talk_to


def _talk(conn: Connection) -> ColumnElement[float]:
    """As a call detail record has it: measured, else from connection to end."""
    call = attempts.c
    kept: Any = DateTimeType(timezone=True) if conn.dialect.name == "postgresql" else Float()
    ended, connected = (type_coerce(it, kept) for it in (call.ended_at, call.connected_at))
    between: Any = ended - connected
    if conn.dialect.name == "postgresql":
        between = extract("epoch", between)
    measured = func.coalesce(call.talk_seconds, between)
    return case((call.connected_at.is_not(None), measured))


def _mentions(text: str) -> ColumnElement[bool]:
    """Of the lead, which the query has joined where it is in scope."""
    written = exists().where(
        notes.c.lead_id == leads.c.id,
        notes.c.attempt_id == attempts.c.id,
        func.lower(notes.c.text).like(part(text), escape=ESCAPE),
    )
    named = func.lower(leads.c.name).like(part(text), escape=ESCAPE)
    return and_(leads.c.id.is_not(None), or_(named, written.correlate(leads, attempts)))


def _is_recorded() -> ColumnElement[bool]:
    found = exists().where(
        recordings.c.attempt_id == attempts.c.id,
        recordings.c.state != RecordingState.DELETED.value,
    )
    return found.correlate(attempts)


def _notes(conn: Connection, attempt_ids: Sequence[str], scope: Reach) -> list[NoteInCall]:
    """By the leads of the calls: of them notes are found at once."""
    of_calls = select(attempts.c.lead_id).where(attempts.c.id.in_(attempt_ids))
    query = (
        select(*[notes.c[name] for name in NoteInCall.__struct_fields__])
        .where(notes.c.lead_id.in_(of_calls), notes.c.attempt_id.in_(attempt_ids))
        .where(visible(notes, scope))
        .order_by(notes.c.id)
    )
    return [NoteInCall(**row._mapping) for row in conn.execute(query)]
