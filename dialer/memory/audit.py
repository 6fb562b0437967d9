"""The audit log in memory."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from dialer.ids import new_id
from dialer.ports.store import (
    AuditEntry,
    AuditQuery,
    AuditRow,
)


class InMemoryAudit:
    def __init__(self) -> None:
        self.rows: list[AuditRow] = []

    async def record(self, entry: AuditEntry) -> None:
        self.rows.append(AuditRow(id=new_id(), entry=copy.deepcopy(entry)))

    async def list(self, *, subject: str | None = None, limit: int = 100) -> Sequence[AuditEntry]:
        rows = await self.page(AuditQuery(subject=subject, limit=limit))
        return [row.entry for row in rows]

    async def page(self, query: AuditQuery) -> Sequence[AuditRow]:
        return [row for row in reversed(self.rows) if query.takes(row)][: query.limit]
