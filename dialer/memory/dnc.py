"""The do-not-call list in memory, with what it was before each change."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from dialer.memory.journal import Rows
from dialer.ports.dnc import DncChange, DncEntry, Undone
from dialer.ports.journal import DncChanged, Happened
from dialer.ports.people import Pseudonyms
from dialer.words import DncMove


class Item(Struct):
    """A number before a change; `wished`: somebody has asked for it since."""

    before: DncEntry | None
    wished: bool = False


class InMemoryDnc:
    def __init__(self, pseudonyms: Pseudonyms, journal: Rows) -> None:
        self._journal = journal
        self._names = pseudonyms
        self.rows: dict[str, DncEntry] = {}
        self._changes: dict[str, DncChange] = {}
        self.items: dict[str, dict[str, Item]] = {}

    async def add(self, entries: Sequence[DncEntry], change: DncChange | None = None) -> int:
        new, changed = 0, set()
        for entry in entries:
            old = self._find(entry.number)
            self._wish(entry.number, change)
            after = entry.stricter(old)
            if after is not old:
                self._note(change, {entry.number: old})
                self.rows[entry.number] = after
                changed.add(entry.number)
                new += old is None
        self._tell(change, "added", len(changed))
        return new

    async def remove(self, numbers: Sequence[str], change: DncChange | None = None) -> int:
        keys = [key for number in numbers for key in (number, self._names.of(number))]
        found = {key: self.rows[key] for key in keys if key in self.rows}
        self._note(change, {**found})
        for key in found:
            del self.rows[key]
        self._tell(change, "removed", len(found))
        return len(found)

    def _tell(self, change: DncChange | None, what: DncMove, count: int) -> None:
        if count:
            at, subject = (time.time(), "") if change is None else (change.at, change.id)
            self._journal.append([Happened(at, subject, DncChanged(what=what, count=count))])

    def _note(self, change: DncChange | None, before: dict[str, DncEntry | None]) -> None:
        if change is None or not before:
            return
        known = self._changes.setdefault(change.id, change)
        self._changes[change.id] = replace(known, count=known.count + len(before))
        items = self.items.setdefault(change.id, {})
        for number, entry in before.items():
            items.setdefault(number, Item(entry))

    def _wish(self, number: str, change: DncChange | None) -> None:
        for change_id, items in self.items.items():
            if number in items and (change is None or change_id != change.id):
                items[number].wished = True

    async def check(self, numbers: Sequence[str], *, now: float) -> Mapping[str, DncEntry]:
        found = {number: self._find(number) for number in numbers}
        return {
            number: entry
            for number, entry in found.items()
            if entry is not None and entry.holds_at(now)
        }

    def _find(self, number: str) -> DncEntry | None:
        erased = self.rows.get(self._names.of(number))
        return self.rows.get(number) if erased is None else replace(erased, number=number)

    async def count(self) -> int:
        return len(self.rows)

    async def changes(self, *, limit: int = 50, below: str | None = None) -> Sequence[DncChange]:
        ids = sorted(self._changes, reverse=True)
        return [self._changes[it] for it in ids if below is None or it < below][:limit]

    async def undo(self, change_id: str, *, now: float, who: str) -> Undone | None:
        change = self._changes.get(change_id)
        if change is None or change.undone_at is not None:
            return None
        self._changes[change_id] = replace(change, undone_at=now, undone_by=who)
        items = self.items[change_id]
        back = {key: it for key, it in items.items() if not it.wished}
        for number, item in back.items():
            if item.before is None:
                self.rows.pop(number, None)
            else:
                self.rows[number] = item.before
        event = DncChanged(what="undone", count=len(back))
        self._journal.append([Happened(now, change_id, event)])
        return Undone(back=len(back), kept=len(items) - len(back))

    async def forget_changes(self, *, before: float) -> int:
        old = [change.id for change in self._changes.values() if change.at < before]
        for change_id in old:
            del self._changes[change_id]
            self.items.pop(change_id, None)
        return len(old)
