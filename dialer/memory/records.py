"""Records of features in memory: the same answers as `dialer.store.records` gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol

from dialer.ports.audit import AuditEntry
from dialer.ports.records import R, RecordQuery, RecordType, StaleError, TakenError
from dialer.ports.scope import Reach


class Log(Protocol):
    async def record(self, entry: AuditEntry) -> None: ...


class InMemoryRecords(Generic[R]):
    def __init__(self, of: RecordType[R], log: Log) -> None:
        self._of, self._log = of, log
        self._rows: dict[str, R] = {}

    async def page(self, query: RecordQuery, scope: Reach) -> Sequence[R]:
        def place(row: R) -> tuple[object, str]:
            return getattr(row, query.sort), row.id

        found = [it for it in self._rows.values() if self._of.is_seen(it, scope)]
        found = [it for it in found if self._is_asked(it, query)]
        found.sort(key=place, reverse=query.desc)
        if (last := query.after) is not None:
            # Tuples of one field each: what they hold compares, whatever it is.
            found = [it for it in found if _is_behind(place(it), last, desc=query.desc)]
        return found[: query.limit]

    def _is_asked(self, row: R, query: RecordQuery) -> bool:
        texts = [str(getattr(row, name) or "").lower() for name in self._of.search]
        return (
            (row.archived_at is not None) is query.archived
            and all(getattr(row, name) == value for name, value in query.equal.items())
            and (not query.text or any(query.text.lower() in it for it in texts))
        )

    async def get(self, record_id: str, scope: Reach) -> R | None:
        found = self._rows.get(record_id)
        return found if found is not None and self._of.is_seen(found, scope) else None

    async def add(self, record: R, entry: AuditEntry) -> None:
        self._refuse_taken(record)
        self._rows[record.id] = record
        await self._log.record(entry)

    async def put(self, record: R, entry: AuditEntry) -> None:
        self._refuse_taken(record)
        before = self._rows.get(record.id)
        if before is None or before.version != record.version - 1:
            raise StaleError(f"{self._of.name} {record.id} is no more at {record.version - 1}")
        self._rows[record.id] = record
        await self._log.record(entry)

    def _refuse_taken(self, record: R) -> None:
        for name in self._of.unique if record.archived_at is None else ():
            for it in self._rows.values():
                is_same = getattr(it, name) == getattr(record, name) and it.id != record.id
                if is_same and it.archived_at is None:
                    raise TakenError(name)


def _is_behind(place: tuple[object, str], last: tuple[object, str], *, desc: bool) -> bool:
    return place < last if desc else place > last
