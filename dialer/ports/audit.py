"""The audit log: who changed what, and when. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct


class AuditEntry(Struct, frozen=True, kw_only=True):
    at: float
    who: str
    what: str  # campaign.settings, dnc.add …
    subject: str  # id or name of the thing
    before: Any = None
    after: Any = None


class AuditRow(Struct, frozen=True, kw_only=True):
    """An entry as it is kept; ids sort by the time they were made."""

    id: str
    entry: AuditEntry


class AuditQuery(Struct, frozen=True, kw_only=True):
    """Which rows: None asks for all. `what` takes a whole word, or the part before its dot."""

    who: str | None = None
    what: str | None = None
    subject: str | None = None
    since: float | None = None  # at or after
    until: float | None = None  # before
    below: str | None = None  # ids below this one: the next page
    limit: int = 100

    def takes(self, row: AuditRow) -> bool:
        entry = row.entry
        return (
            self.who in {None, entry.who}
            and self.subject in {None, entry.subject}
            and (self.what in {None, entry.what} or entry.what.startswith(f"{self.what}."))
            and (self.since is None or entry.at >= self.since)
            and (self.until is None or entry.at < self.until)
            and (self.below is None or row.id < self.below)
        )


class Audit(Protocol):
    async def record(self, entry: AuditEntry) -> None: ...

    async def list(
        self, *, subject: str | None = None, limit: int = 100
    ) -> Sequence[AuditEntry]: ...

    async def page(self, query: AuditQuery) -> Sequence[AuditRow]:
        """Newest first."""
