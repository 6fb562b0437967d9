"""What the do-not-call list was before each change, for as long as it can be undone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dialer.ports.dnc import DncChange, DncEntry, Undone
from dialer.ports.journal import DncChanged, Happened
from dialer.store.bulk import select_where_in
from dialer.store.journal import append
from dialer.store.tables import dnc, dnc_change_items, dnc_changes
from dialer.store.upsert import upsert
from dialer.words import DncMove

_CHANGE = [dnc_changes.c[name] for name in DncChange.__struct_fields__]
_ITEMS = dnc_change_items.c
#: In a change to which nothing was known before, for columns that must have something.
_NOTHING: dict[str, Any] = {"reason": "", "source": "", "added_at": 0.0, "expires_at": None}


def note_change(conn: Connection, change: DncChange, before: dict[str, DncEntry | None]) -> None:
    """These numbers are about to be changed as a part of `change`, which may have more of them."""
    if not before:
        return
    _insert(conn, dnc_changes, [msgspec.structs.asdict(change)])
    counted = update(dnc_changes).where(dnc_changes.c.id == change.id)
    conn.execute(counted.values(count=dnc_changes.c.count + len(before)))
    rows = [
        {
            **(_NOTHING if entry is None else msgspec.structs.asdict(entry)),
            "change_id": change.id,
            "number": number,
            "was_listed": entry is not None,
            "wished": False,
        }
        for number, entry in before.items()
    ]
    _insert(conn, dnc_change_items, rows)


def note_event(conn: Connection, change: DncChange | None, what: DncMove, count: int) -> None:
    """Tell the journal, unless nothing has changed."""
    if count:
        at, subject = (time.time(), "") if change is None else (change.at, change.id)
        append(conn, [Happened(at, subject, DncChanged(what=what, count=count))])


def note_wishes(conn: Connection, numbers: Sequence[str], change: DncChange | None) -> None:
    """Somebody asks for numbers that are on the list: undoing an earlier change must leave them."""
    sql = (
        "UPDATE dnc_change_items SET wished = :yes "
        "WHERE change_id <> :own AND number IN (SELECT v.value FROM {values})"
    )
    own = "" if change is None else change.id
    select_where_in(conn, sql, numbers, yes=True, own=own)


def changes(conn: Connection, limit: int, below: str | None) -> list[DncChange]:
    query = select(*_CHANGE).order_by(dnc_changes.c.id.desc()).limit(limit)
    if below is not None:
        query = query.where(dnc_changes.c.id < below)
    return [DncChange(**row._mapping) for row in conn.execute(query)]


def undo(conn: Connection, change_id: str, now: float, who: str) -> Undone | None:
    this = (dnc_changes.c.id == change_id) & dnc_changes.c.undone_at.is_(None)
    marked = update(dnc_changes).where(this).values(undone_at=now, undone_by=who)
    if conn.execute(marked).rowcount == 0:
        return None
    items = conn.execute(select(dnc_change_items).where(_ITEMS.change_id == change_id)).all()
    back = [item for item in items if not item.wished]
    gone = [item.number for item in back if not item.was_listed]
    select_where_in(conn, "DELETE FROM dnc WHERE number IN (SELECT v.value FROM {values})", gone)
    names = DncEntry.__struct_fields__
    upsert(conn, dnc, [{name: getattr(it, name) for name in names} for it in back if it.was_listed])
    append(conn, [Happened(now, change_id, DncChanged(what="undone", count=len(back)))])
    return Undone(back=len(back), kept=len(items) - len(back))


def forget(conn: Connection, before: float) -> int:
    """The items go by the foreign key."""
    return conn.execute(delete(dnc_changes).where(dnc_changes.c.at < before)).rowcount


def _insert(conn: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """What is there already stays as it is: the first that a change found counts."""
    dialect: Any = postgresql if conn.dialect.name == "postgresql" else sqlite
    conn.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
