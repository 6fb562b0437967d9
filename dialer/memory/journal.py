"""The journal in memory."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from dialer.ports.cdr import Cdr
from dialer.ports.desk import Callback
from dialer.ports.journal import Entry, Happened, Start, Take
from dialer.ports.recordings import Recording
from dialer.ports.steering import AlertRow, Delivery, SettingsChange
from dialer.ports.store import NotFoundError

T = TypeVar("T")


class Rows(Struct):
    """What has happened; the parts of the store write to it."""

    entries: list[Entry] = []
    last: int = 0
    wake: Callable[[], None] | None = None

    def append(self, happened: Sequence[Happened]) -> None:
        for it in happened:
            self.last += 1
            self.entries.append(Entry(self.last, it.at, it.subject, it.event))
        if happened and self.wake is not None:
            self.wake()


class InMemoryWork:
    """Implements `dialer.ports.journal_work.Work`."""

    connection = None

    def __init__(self, store: Any) -> None:
        self._store = store

    def calls(self, ids: Collection[str]) -> Mapping[str, Cdr]:
        found: dict[str, Cdr] = self._store.attempts.records(ids)
        return found

    def alerts(self, ids: Collection[str]) -> Mapping[str, AlertRow]:
        return _of(self._store.alerts.rows, ids)

    def callbacks(self, ids: Collection[str]) -> Mapping[str, Callback]:
        return _of(self._store.callbacks.rows, ids)

    def recordings(self, ids: Collection[str]) -> Mapping[str, Recording]:
        return _of(self._store.recordings.rows, ids)

    def campaigns(self) -> Mapping[str, str]:
        return {an_id: it.name for an_id, it in self._store.campaigns.rows.items()}

    def authors(self, audit_ids: Collection[str]) -> Mapping[str, str]:
        return {it.id: it.entry.who for it in self._store.audit.rows if it.id in audit_ids}

    def version(self, subject: str, version: int) -> SettingsChange | None:
        found: SettingsChange | None = self._store.settings_versions.rows[subject].get(version)
        return found

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        self._store.deliveries.rows.update({it.id: it for it in deliveries})


def _of(rows: Mapping[str, T], ids: Collection[str]) -> dict[str, T]:
    return {an_id: rows[an_id] for an_id in ids if an_id in rows}


class InMemoryJournal:
    def __init__(self, rows: Rows, store: Any) -> None:
        self._rows, self._store = rows, store
        self._cursors: dict[str, int] = {}

    async def join(self, consumer: str, start: Start) -> None:
        self._cursors.setdefault(consumer, 0 if start == "beginning" else self._rows.last)

    async def forget(self, consumer: str) -> bool:
        return self._cursors.pop(consumer, None) is not None

    async def has_more(self, consumer: str, kinds: Collection[str]) -> bool:
        return bool(self._next(consumer, kinds, 1))

    async def consume(
        self, consumer: str, kinds: Collection[str], take: Take, *, limit: int
    ) -> int:
        found = self._next(consumer, kinds, limit)
        if found:
            self._take(take, found)
        self._cursors[consumer] = found[-1].seq if len(found) == limit else self._rows.last
        return len(found)

    def _next(self, consumer: str, kinds: Collection[str], limit: int) -> list[Entry]:
        if consumer not in self._cursors:
            raise NotFoundError(f"the journal has no consumer {consumer!r}")
        after = self._cursors[consumer]
        return [it for it in self._after(after) if it.event.kind in kinds][:limit]

    def _take(self, take: Take, found: Sequence[Entry]) -> None:
        before = copy.copy(self._store.deliveries.rows)
        try:
            take(InMemoryWork(self._store), found)
        except BaseException:
            self._store.deliveries.rows = before
            raise

    async def cursors(self) -> Mapping[str, int]:
        return {name: len(self._after(at)) for name, at in self._cursors.items()}

    async def entries(self, *, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        return self._after(after)[:limit]

    def _after(self, seq: int) -> list[Entry]:
        return [it for it in self._rows.entries if it.seq > seq]

    async def trim(self, *, before: float, limit: int) -> int:
        passed = min(self._cursors.values(), default=self._rows.last)
        gone = {
            it.seq
            for it in self._rows.entries[:limit]
            if it.seq <= passed and it.seq < self._rows.last and it.at < before
        }
        self._rows.entries = [it for it in self._rows.entries if it.seq not in gone]
        return len(gone)

    def on_append(self, wake: Callable[[], None]) -> None:
        self._rows.wake = wake
