"""Who changed what, and when. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from dialer.ids import new_id
from dialer.ports.store import AuditEntry
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
        await self._db.write(note, entry)

    async def list(self, *, subject: str | None = None, limit: int = 100) -> Sequence[AuditEntry]:
        return await self._db.read(_newest, subject, limit)


def note(conn: Connection, entry: AuditEntry) -> None:
    """Add `entry` in the transaction of the change it tells of."""
    conn.execute(
        insert(audit).values(
            id=new_id(),
            at=entry.at,
            who=entry.who,
            what=entry.what,
            subject=entry.subject,
            before=entry.before,
            after=entry.after,
        )
    )


def _newest(conn: Connection, subject: str | None, limit: int) -> list[AuditEntry]:
    query = select(*_FIELDS).order_by(audit.c.id.desc()).limit(limit)
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    return [
        AuditEntry(at=at, who=who, what=what, subject=about, before=before, after=after)
        for at, who, what, about, before, after in conn.execute(query)
    ]
