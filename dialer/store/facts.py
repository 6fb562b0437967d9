"""Which days of facts have a file that still holds, and the rows of those that have none.

A day's row in `day_files` comes before its rows are read: from then on triggers note each change of
the day in `late_facts`. A file holds while its day has no such note. Whoever writes a file takes
back the notes that it had seen when it read the rows, and no others: what came later makes the file
stale, and another is written. A file of another shape of its fact, which another version of the
program wrote, holds for nobody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, text, update

from dialer.ids import new_id
from dialer.store.database import Database
from dialer.store.fact_rows import first_day, rows_of_day
from dialer.store.fact_tables import day_files, late_facts
from dialer.store.upsert import insert_new
from figures.facts import FACTS, Fact, Value
from figures.files import DayFile

_F, _L = day_files.c, late_facts.c
_LOOK_EVERY_S = 0.05
_OUR_XID = text("SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)")
_OLDEST_XID = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")


class FactDay(Struct, frozen=True):
    """A day as it was read: its rows, the notes of changes they include, the version of its row."""

    rows: Sequence[Sequence[Value]]
    late: Sequence[int]
    version: str


class Current(Struct, frozen=True):
    """All of a fact in some days, as of one moment: what is in files, and the rows of the rest."""

    files: Sequence[DayFile]
    rows: Sequence[Sequence[Value]]


class SqlFacts:
    """Everything is by fact (its name in `figures.facts`) and day: days since 1970, in UTC."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def due(self, fact: Fact, first: int, end: int) -> Sequence[int]:
        """The days from `first` to before `end` without a file that holds; the newest first."""
        return await self._db.read(_due, fact, first, end)

    async def read_day(self, fact: Fact, day: int) -> FactDay:
        """A day to be written to a file: whatever changes from now on will be noted."""
        after = await self._db.write(_open_day, fact, day)
        while after and await self._db.read(_oldest_transaction) <= after:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY_S)  # another program's transaction: nothing tells us
        return await self._db.read(_read_day, fact, day)

    async def keep(self, file: DayFile, read: FactDay) -> bool:
        """The day's rows as `read` are in `file`. False: another file came before it."""
        return await self._db.write(_keep, file, read)

    async def current(self, facts: Sequence[Fact], first: int, end: int) -> Mapping[str, Current]:
        """Of these facts all from day `first` to before `end`, in one snapshot of the store."""
        return await self._db.read(_current, facts, first, end)

    async def doubt(self, files: Sequence[DayFile]) -> None:
        """These files are not what they were: their days need others."""
        await self._db.write(_doubt, files)

    async def files(self) -> Sequence[DayFile]:
        """Every file that is noted, stale ones too."""
        return await self._db.read(_files)

    async def forget(self) -> None:
        """As if no file had ever been written."""
        await self._db.write(_forget)


def _snapshot(conn: Connection) -> None:
    """What this transaction reads is of one moment, however many statements it has."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def _due(conn: Connection, fact: Fact, first: int, end: int) -> list[int]:
    begins = first_day(conn, fact)
    if begins is None:
        return []
    fresh = {file.day for file in _clean(conn, fact, first, end)}
    return [day for day in reversed(range(max(first, begins), end)) if day not in fresh]


def _clean(conn: Connection, fact: Fact, first: int, end: int) -> list[DayFile]:
    late = select(_L.day).where(_L.fact == fact.name)
    query = select(_F.fact, _F.day, _F.file.label("name"), _F.sha256, _F.rows).where(
        _F.fact == fact.name,
        _F.day >= first,
        _F.day < end,
        _F.file.is_not(None),
        _F.version.startswith(f"{fact.shape}.", autoescape=True),
        _F.day.not_in(late),
    )
    return [DayFile(**row._mapping) for row in conn.execute(query.order_by(_F.day))]


def _open_day(conn: Connection, fact: Fact, day: int) -> int:
    """A transaction that must have ended before the day is read; 0: none."""
    written = select(_F.file).where(_F.fact == fact.name, _F.day == day)
    if conn.execute(written).scalar() is not None:
        return 0
    insert_new(conn, day_files, {"fact": fact.name, "day": day, "version": _version(fact)})
    if conn.dialect.name != "postgresql":
        return 0
    # Who began before this is seen has fired its triggers in vain: the day is read after them.
    return int(conn.execute(_OUR_XID).scalar_one())


def _oldest_transaction(conn: Connection) -> int:
    return int(conn.execute(_OLDEST_XID).scalar_one())


def _read_day(conn: Connection, fact: Fact, day: int) -> FactDay:
    _snapshot(conn)
    version = select(_F.version).where(_F.fact == fact.name, _F.day == day)
    late = select(_L.id).where(_L.fact == fact.name, _L.day == day)
    return FactDay(
        rows_of_day(conn, fact, day),
        list(conn.execute(late).scalars()),
        conn.execute(version).scalar() or "",
    )


def _version(fact: Fact) -> str:
    return f"{fact.shape}.{new_id()}"


def _keep(conn: Connection, file: DayFile, read: FactDay) -> bool:
    this = _F.fact == file.fact, _F.day == file.day, _F.version == read.version
    version = _version(FACTS[file.fact])
    kept = (
        update(day_files)
        .where(*this)
        .values(file=file.name, sha256=file.sha256, rows=file.rows, version=version)
    )
    if not conn.execute(kept).rowcount:
        return False
    for start in range(0, len(read.late), 500):
        conn.execute(delete(late_facts).where(_L.id.in_(read.late[start : start + 500])))
    return True


def _current(conn: Connection, facts: Sequence[Fact], first: int, end: int) -> dict[str, Current]:
    _snapshot(conn)
    found = {}
    for fact in facts:
        files = _clean(conn, fact, first, end)
        rest = sorted(set(_due(conn, fact, first, end)))
        rows = [row for day in rest for row in rows_of_day(conn, fact, day)]
        found[fact.name] = Current(files, rows)
    return found


def _doubt(conn: Connection, files: Sequence[DayFile]) -> None:
    for file in files:
        conn.execute(insert(late_facts).values(fact=file.fact, day=file.day))


def _files(conn: Connection) -> list[DayFile]:
    query = select(_F.fact, _F.day, _F.file.label("name"), _F.sha256, _F.rows)
    return [DayFile(**row._mapping) for row in conn.execute(query.where(_F.file.is_not(None)))]


def _forget(conn: Connection) -> None:
    conn.execute(delete(late_facts))
    conn.execute(delete(day_files))
