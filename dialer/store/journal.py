"""The journal: rows appended in the transactions that change things, and cursors that pass them.

On SQLite one transaction writes at a time, so the order of `seq` is the order of commits. On
PostgreSQL it is not: a transaction may take a number and commit after one that took a later number.
There a consumer reads windows of transactions that have all ended (below the oldest open one), each
window by `seq`: what two transactions say of one subject is in the order of their locks on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    cast,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)

from dialer.ports.journal import Entry, Happened, Start, Take, read_event
from dialer.ports.store import NotFoundError
from dialer.store.columns import to_datetime
from dialer.store.database import Database
from dialer.store.journal_tables import journal, journal_cursors
from dialer.store.journal_work import SqlWork
from dialer.store.marks import APPENDED
from dialer.store.upsert import insert_new

#: Numbers that one transaction looks through for records of the wanted kinds.
SPAN = 5000
#: A cursor is moved over records that nobody wants only when there are so many: each is a commit.
WORTH_MOVING = 1000
#: Below every transaction, also of a database that was moved to a younger server.
_FIRST_XID = -(2**62)
_MOST_COUNTED = 100_000
_J, _C = journal.c, journal_cursors.c
_ENTRY = (_J.seq, _J.at, _J.kind, _J.subject, _J.body)
_XMIN = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), _J.body.type), BigInteger)
_XMAX = cast(cast(func.pg_snapshot_xmax(func.pg_current_snapshot()), _J.body.type), BigInteger)

_INSERT_SQLITE = "INSERT INTO journal (at, kind, subject, body) VALUES (?, ?, ?, ?)"
_INSERT_POSTGRES = text(
    "INSERT INTO journal (at, kind, subject, body, xid) "
    "SELECT it.at, it.kind, it.subject, it.body, CAST(CAST(pg_current_xact_id() AS text) AS bigint)"
    " FROM unnest(CAST(:at AS timestamptz[]), CAST(:kind AS text[]), CAST(:subject AS text[]), "
    "CAST(:body AS text[])) WITH ORDINALITY AS it(at, kind, subject, body, place) ORDER BY it.place"
)
_encode = msgspec.json.Encoder().encode


def append(conn: Connection, happened: Sequence[Happened]) -> None:
    """Write records in the transaction of what they tell of, in this order."""
    if not happened:
        return
    rows = [(it.at, it.event.kind, it.subject, _encode(it.event).decode()) for it in happened]
    if conn.dialect.name == "postgresql":
        at, kind, subject, body = (list(column) for column in zip(*rows, strict=True))
        times = [to_datetime(it) for it in at]
        values = {"at": times, "kind": kind, "subject": subject, "body": body}
        conn.execute(_INSERT_POSTGRES, values)
    else:
        driver: Any = conn.connection.driver_connection
        driver.executemany(_INSERT_SQLITE, rows)
    conn.info[APPENDED] = True


class Cursor(Struct, frozen=True):
    """How far a consumer is; see `journal_cursors`."""

    lo: int
    hi: int
    seq: int
    until: int


class SqlJournal:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def join(self, consumer: str, start: Start) -> None:
        await self._db.write(_join, consumer, start)

    async def forget(self, consumer: str) -> bool:
        return await self._db.write(_forget, consumer)

    async def has_more(self, consumer: str, kinds: Collection[str]) -> bool:
        return await self._db.read(_has_more, consumer, kinds)

    async def consume(
        self, consumer: str, kinds: Collection[str], take: Take, *, limit: int
    ) -> int:
        return await self._db.write(_consume, consumer, kinds, take, limit)

    async def cursors(self) -> Mapping[str, int]:
        return await self._db.read(_behind)

    async def entries(self, *, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        query = select(*_ENTRY).where(_J.seq > after).order_by(_J.seq).limit(limit)
        return await self._db.read(lambda conn: _entries(conn.execute(query)))

    async def trim(self, *, before: float, limit: int) -> int:
        return await self._db.write(_trim, before, limit)

    def on_append(self, wake: Callable[[], None]) -> None:
        self._db.on_append(wake)


def _entries(rows: Any) -> list[Entry]:
    return [
        Entry(seq, at, subject, read_event(kind, body)) for seq, at, kind, subject, body in rows
    ]


# --- cursors --------------------------------------------------------------------------------------


def _join(conn: Connection, consumer: str, start: Start) -> None:
    cursor = _first(conn) if start == "beginning" else _now(conn)
    insert_new(conn, journal_cursors, {"consumer": consumer, **msgspec.structs.asdict(cursor)})


def _first(conn: Connection) -> Cursor:
    if conn.dialect.name == "postgresql":
        return Cursor(_FIRST_XID, _FIRST_XID, 0, 0)
    return Cursor(0, 1, 0, 0)


def _now(conn: Connection) -> Cursor:
    """Behind all that has been committed; what is open now will be seen."""
    if conn.dialect.name == "postgresql":
        xmin = conn.execute(select(_XMIN)).scalar_one()
        return Cursor(xmin, xmin, 0, 0)
    last = _last(conn)
    return Cursor(0, 1, last, last)


def _last(conn: Connection) -> int:
    return int(conn.execute(select(func.coalesce(func.max(_J.seq), 0))).scalar_one())


def _forget(conn: Connection, consumer: str) -> bool:
    gone = delete(journal_cursors).where(_C.consumer == consumer)
    return conn.execute(gone).rowcount > 0


def _cursor(conn: Connection, consumer: str, *, lock: bool) -> Cursor:
    query = select(_C.lo, _C.hi, _C.seq, _C.until).where(_C.consumer == consumer)
    row = conn.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFoundError(f"the journal has no consumer {consumer!r}")
    return Cursor(*row)


# --- reading --------------------------------------------------------------------------------------


def _has_more(conn: Connection, consumer: str, kinds: Collection[str]) -> bool:
    cursor = _cursor(conn, consumer, lock=False)
    found, moved = _next(conn, cursor, kinds, 1)
    return bool(found) or moved.seq - cursor.seq >= WORTH_MOVING


def _consume(
    conn: Connection, consumer: str, kinds: Collection[str], take: Take, limit: int
) -> int:
    cursor = _cursor(conn, consumer, lock=True)
    found, moved = _next(conn, cursor, kinds, limit)
    if found:
        take(SqlWork(conn), found)
    if moved != cursor:
        values = msgspec.structs.asdict(moved)
        conn.execute(update(journal_cursors).where(_C.consumer == consumer).values(values))
    return len(found)


def _next(
    conn: Connection, cursor: Cursor, kinds: Collection[str], limit: int
) -> tuple[list[Entry], Cursor]:
    """What comes next of these kinds in a piece of the journal, and the cursor behind it."""
    cursor = _window(conn, cursor)
    end = min(cursor.until, cursor.seq + SPAN)
    if end <= cursor.seq:
        return [], cursor
    query = select(*_ENTRY).where(_J.seq > cursor.seq, _J.seq <= end, _J.kind.in_(list(kinds)))
    if conn.dialect.name == "postgresql":
        query = query.where(_J.xid >= cursor.lo, _J.xid < cursor.hi)
    found = _entries(conn.execute(query.order_by(_J.seq).limit(limit))) if kinds else []
    return found, replace(cursor, seq=found[-1].seq if len(found) == limit else end)


def _window(conn: Connection, cursor: Cursor) -> Cursor:
    """The window that the cursor stands in; where it has passed that, the next."""
    if cursor.seq < cursor.until:
        return cursor
    if conn.dialect.name != "postgresql":
        return replace(cursor, until=max(cursor.seq, _last(conn)))
    xmin = conn.execute(select(_XMIN)).scalar_one()
    ended = and_(_J.xid >= cursor.hi, _J.xid < xmin)
    first, last = conn.execute(select(func.min(_J.seq), func.max(_J.seq)).where(ended)).one()
    if first is None:
        return cursor
    return Cursor(cursor.hi, xmin, first - 1, last)


def _behind(conn: Connection) -> dict[str, int]:
    found = {}
    for row in conn.execute(select(journal_cursors)).all():
        some = select(_J.seq).where(*_to_come(conn, row)).limit(_MOST_COUNTED).subquery()
        found[row.consumer] = conn.execute(select(func.count()).select_from(some)).scalar_one()
    return found


def _to_come(conn: Connection, cursor: Any) -> Sequence[ColumnElement[bool]]:
    """What a cursor has not passed, by an index: most of the journal is behind it."""
    if conn.dialect.name != "postgresql":
        return (_J.seq > cursor.seq,)
    return (_J.xid >= cursor.lo, or_(_J.xid >= cursor.hi, _J.seq > cursor.seq))


def _passed(cursor: Any) -> ColumnElement[bool]:
    """Whether a row of the journal is behind the cursor."""
    return or_(_J.xid < cursor.lo, and_(_J.xid < cursor.hi, _J.seq <= cursor.seq))


def _trim(conn: Connection, before: float, limit: int) -> int:
    """Of the oldest; the newest stays, so that SQLite gives no number again."""
    oldest = select(_J.seq).order_by(_J.seq).limit(limit)
    waits = exists(select(literal_column("1")).select_from(journal_cursors).where(~_passed(_C)))
    gone = delete(journal).where(
        _J.seq.in_(oldest.scalar_subquery()), _J.at < before, ~waits, _J.seq < _last(conn)
    )
    return conn.execute(gone).rowcount


# --- a database that came from another server -----------------------------------------------------


def adopt(conn: Connection) -> bool:
    """Fit the numbers of transactions to this server's, where they are from one that had counted
    further (a dump that was restored elsewhere): else nothing new would be read. All are moved by
    one distance, so every cursor stays where it was. True where that was done.
    """
    if conn.dialect.name != "postgresql" or not _is_ahead(conn):
        return False
    conn.execute(text("LOCK TABLE journal, journal_cursors IN EXCLUSIVE MODE"))
    if (by := _is_ahead(conn)) > 0:
        conn.execute(update(journal).values(xid=_J.xid - by))
        at_first = _C.hi == _FIRST_XID
        moved = update(journal_cursors).where(~at_first).values(lo=_C.lo - by, hi=_C.hi - by)
        conn.execute(moved)
    return by > 0


def _is_ahead(conn: Connection) -> int:
    """By how much the numbers are beyond this server's; 0: they are not."""
    rows = select(func.coalesce(func.max(_J.xid) + 1, 0)).scalar_subquery()
    cursors = select(func.coalesce(func.max(_C.hi), 0)).scalar_subquery()
    found = int(conn.execute(select(func.greatest(rows, cursors) - _XMAX)).scalar_one())
    return max(0, found)
