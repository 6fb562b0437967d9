"""Who changed what, and when. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, insert, select

from dialer.ids import new_id
from dialer.ports.audit import AuditEntry, AuditQuery, AuditRow
from dialer.store.database import Database
from dialer.store.tables import audit

_FIELDS = (
    audit.c.at,
    audit.c.who,
    audit.c.what,
    audit.c.subject,
    audit.c.before,
    audit.c.after,
)


class SqlAudit:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def record(self, entry: AuditEntry) -> None:
        await self._db.write(_record, entry)

    async def list(self, *, subject: str | None = None, limit: int = 100) -> Sequence[AuditEntry]:
        query = AuditQuery(subject=subject, limit=limit)
        return [row.entry for row in await self._db.read(_page, query)]

    async def page(self, query: AuditQuery) -> Sequence[AuditRow]:
        return await self._db.read(_page, query)


def _record(conn: Connection, entry: AuditEntry) -> None:
    note(conn, entry)


def note(conn: Connection, entry: AuditEntry, *, row_id: str | None = None) -> str:
    """Add `entry` in the transaction of the change it tells of; its id."""
    row_id = row_id or new_id()
    conn.execute(
        insert(audit).values(
            id=row_id,
            at=entry.at,
            who=entry.who,
            what=entry.what,
            subject=entry.subject,
            before=entry.before,
            after=entry.after,
        )
    )
    return row_id


def _page(conn: Connection, wanted: AuditQuery) -> list[AuditRow]:
    query = select(audit.c.id, *_FIELDS).order_by(audit.c.id.desc()).limit(wanted.limit)
    for condition in _conditions(wanted):
        query = query.where(condition)
    return [
        AuditRow(
            id=row_id,
            entry=AuditEntry(at=at, who=who, what=what, subject=about, before=before, after=after),
        )
        for row_id, at, who, what, about, before, after in conn.execute(query)
    ]


def _conditions(wanted: AuditQuery) -> list[ColumnElement[bool]]:
    columns, found = audit.c, []
    if wanted.who is not None:
        found.append(columns.who == wanted.who)
    if wanted.subject is not None:
        found.append(columns.subject == wanted.subject)
    if wanted.what is not None:
        kinds = columns.what.startswith(f"{wanted.what}.", autoescape=True)
        found.append((columns.what == wanted.what) | kinds)
    if wanted.since is not None:
        found.append(columns.at >= wanted.since)
    if wanted.until is not None:
        found.append(columns.at < wanted.until)
    if wanted.below is not None:
        found.append(columns.id < wanted.below)
    return found
