"""The do-not-call list. Looked up on disk for every dial: what was added a moment ago counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from dialer.ports.dnc import DncChange, Undone
from dialer.ports.people import Pseudonyms
from dialer.ports.store import DncEntry
from dialer.store.bulk import select_where_in
from dialer.store.columns import to_unix
from dialer.store.database import Database
from dialer.store.dnc_changes import (
    changes,
    forget,
    note_change,
    note_event,
    note_wishes,
    undo,
)
from dialer.store.tables import dnc
from dialer.store.upsert import upsert

_SELECT = (
    "SELECT d.number, d.reason, d.source, d.added_at, d.expires_at "
    "FROM {values} CROSS JOIN dnc d WHERE d.number = v.value"
)


class SqlDnc:
    """`pseudonyms`: under which erased numbers are on the list; None: it has none of them."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms | None = None) -> None:
        self._db = database
        self._pseudonyms = pseudonyms

    async def add(self, entries: Sequence[DncEntry], change: DncChange | None = None) -> int:
        return await self._db.write(add_dnc, entries, self._pseudonyms, change) if entries else 0

    async def remove(self, numbers: Sequence[str], change: DncChange | None = None) -> int:
        return await self._db.write(_remove, numbers, self._pseudonyms, change) if numbers else 0

    async def check(self, numbers: Sequence[str], *, now: float) -> Mapping[str, DncEntry]:
        found = await self._db.read(_find, numbers, self._pseudonyms) if numbers else {}
        return {number: entry for number, entry in found.items() if entry.holds_at(now)}

    async def count(self) -> int:
        return await self._db.read(_count)

    async def changes(self, *, limit: int = 50, below: str | None = None) -> Sequence[DncChange]:
        return await self._db.read(changes, limit, below)

    async def undo(self, change_id: str, *, now: float, who: str) -> Undone | None:
        return await self._db.write(undo, change_id, now, who)

    async def forget_changes(self, *, before: float) -> int:
        return await self._db.write(forget, before)


def add_dnc(
    conn: Connection,
    entries: Sequence[DncEntry],
    pseudonyms: Pseudonyms | None = None,
    change: DncChange | None = None,
) -> int:
    """As `Dnc.add`, within a transaction."""
    old = _find(conn, [entry.number for entry in entries], pseudonyms)
    result = dict(old)
    for entry in entries:
        result[entry.number] = entry.stricter(result.get(entry.number))
    changed = [entry for number, entry in result.items() if old.get(number) is not entry]
    note_wishes(conn, list(result), change)
    if change is not None:
        note_change(conn, change, {entry.number: old.get(entry.number) for entry in changed})
    upsert(conn, dnc, [_row(entry) for entry in changed])
    note_event(conn, change, "added", len(changed))
    return len(result) - len(old)


def _row(entry: DncEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "reason": entry.reason,
        "source": entry.source,
        "added_at": entry.added_at,
        "expires_at": entry.expires_at,
    }


def _find(
    conn: Connection, numbers: Sequence[str], pseudonyms: Pseudonyms | None
) -> dict[str, DncEntry]:
    """Numbers that are on the list, as themselves or erased: one look for both."""
    if pseudonyms is None:
        return find_dnc(conn, numbers)
    names = {pseudonyms.of(number): number for number in numbers}
    found: dict[str, DncEntry] = {}
    for listed, entry in find_dnc(conn, [*numbers, *names]).items():
        number = names.get(listed, listed)
        found[number] = replace(entry, number=number).stricter(found.get(number))
    return found


def find_dnc(conn: Connection, numbers: Sequence[str]) -> dict[str, DncEntry]:
    """Entries under exactly these keys."""
    as_float: Callable[[Any], Any] = to_unix if conn.dialect.name == "postgresql" else lambda at: at
    return {
        number: DncEntry(
            number=number,
            reason=reason,
            source=source,
            added_at=as_float(added_at),
            expires_at=as_float(expires_at),
        )
        for number, reason, source, added_at, expires_at in select_where_in(conn, _SELECT, numbers)
    }


def _remove(
    conn: Connection,
    numbers: Sequence[str],
    pseudonyms: Pseudonyms | None,
    change: DncChange | None,
) -> int:
    names = [] if pseudonyms is None else [pseudonyms.of(number) for number in numbers]
    listed = [*numbers, *names]
    if change is not None:
        note_change(conn, change, {**find_dnc(conn, listed)})
    sql = "DELETE FROM dnc WHERE number IN (SELECT v.value FROM {values})"
    count = int(select_where_in(conn, sql, listed).rowcount)
    note_event(conn, change, "removed", count)
    return count


def _count(conn: Connection) -> int:
    return conn.execute(select(func.count()).select_from(dnc)).scalar_one()
