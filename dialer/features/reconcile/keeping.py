"""What was found is written down, once, and put away when both sides agree again."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from dialer.features.reconcile.looking import Looker, Place, Sides, span_of
from dialer.features.reconcile.records import DayCheck, Difference
from dialer.features.reconcile.rules import (
    Found,
    said_by_disk,
    said_by_note,
    said_by_record,
    said_by_switch,
)
from dialer.features.reconcile.store import CHECKS, DIFFERENCES
from dialer.ids import id_of_key
from dialer.kit.records.keeping import KeptRecords
from dialer.kit.scope import everything
from dialer.ports.audit import AuditEntry
from dialer.ports.records import R, RecordQuery
from dialer.ports.store import Store
from dialer.words import RecordDeed

#: Of a day so many are written down one by one: where there are more, they have one cause.
MOST_A_DAY = 1000
#: A day's last calls, and their recordings, take some time.
AFTER_S = 7200.0
_ALL = everything("what was found before is known, whoever may see it")
_PAGE = 500


class Looked(Struct, frozen=True, kw_only=True):
    """A look at a day: the check, and its differences that nobody has settled."""

    check: DayCheck
    differences: Sequence[Difference]


class Reconciler:
    """Looks at days, and keeps what was found."""

    def __init__(self, store: Store, place: Callable[[], Place], now: Callable[[], float]) -> None:
        self._store, self._now = store, now
        self._looker = Looker(store, place)

    def close(self) -> None:
        self._looker.close()

    async def look(self, day: date, who: str) -> Looked:
        """A UTC day, whatever of it is over for an hour."""
        sides, found = await self._looker.found(day, self._now())
        book = _Book(self._store, who, self._now())
        await book.note(day.isoformat(), found)
        check = await book.check(day.isoformat(), sides, len(found))
        shown = [it async for it in self._of_day(day.isoformat())]
        return Looked(check=check, differences=shown)

    async def open(self) -> Mapping[str, int]:
        """How many there are that nobody has settled, by kind."""
        found = Counter[str]()
        async for it in every(self._store, RecordQuery(limit=_PAGE)):
            found[it.kind] += 1
        return found

    async def checked(self, since: date) -> set[date]:
        """Days from `since` on that were looked at when they had been over for a while."""
        query = RecordQuery(sort="day", limit=_PAGE)
        found = await self._store.kept(CHECKS).page(query, _ALL)
        days = {date.fromisoformat(it.day): it.changed_at for it in found}
        return {day for day, at in days.items() if day >= since and at >= whole_from(day)}

    def _of_day(self, day: str) -> AsyncIterator[Difference]:
        return every(self._store, RecordQuery(equal={"day": day}, limit=_PAGE))


async def every(store: Store, query: RecordQuery) -> AsyncIterator[Difference]:
    while found := await store.kept(DIFFERENCES).page(query, _ALL):
        for it in found:
            yield it
        query = replace(query, after=(found[-1].id, found[-1].id))


def whole_from(day: date) -> float:
    """When all of a day's calls, and their recordings, can be looked at; unix seconds."""
    return span_of(day)[1] + AFTER_S


class _Book:
    """The records of differences, as one look at a day changes them."""

    def __init__(self, store: Store, who: str, now: float) -> None:
        self._store, self._who, self._now = store, who, now

    async def note(self, day: str, found: Sequence[Found]) -> None:
        before = {it.id: it for it in await self._known(day)}
        now = {it.id: it for it in (self._record(day, each) for each in found[:MOST_A_DAY])}
        for it in now.values():
            await self._keep(it, before.get(it.id))
        for it in before.values():
            if it.id not in now and it.archived_at is None:
                await self._put("archive", it, settled="agrees", archived_at=self._now)

    async def check(self, day: str, sides: Sides, found: int) -> DayCheck:
        counts: dict[str, Any] = {
            "calls": len(sides.calls),
            "rows": None if sides.ledger is None else len(sides.ledger.rows),
            "files": None if sides.files is None else len(sides.files),
            "found": found,
        }
        kept = self._store.kept(CHECKS)
        there = await kept.page(RecordQuery(equal={"day": day}), _ALL)
        if there:
            check = replace(self._changed(there[0]), **counts)
            await kept.put(check, self._entry(CHECKS, "change", check.id))
        else:
            check = DayCheck(**self._new(id_of_key("daycheck", day)), day=day, **counts)
            await kept.add(check, self._entry(CHECKS, "add", check.id))
        return check

    async def _known(self, day: str) -> list[Difference]:
        """Open ones, and settled ones."""
        queries = [
            RecordQuery(equal={"day": day}, archived=archived, limit=_PAGE)
            for archived in (False, True)
        ]
        return [it for query in queries async for it in every(self._store, query)]

    async def _keep(self, it: Difference, before: Difference | None) -> None:
        if before is None:
            entry = self._entry(DIFFERENCES, "add", it.id)
            await self._store.kept(DIFFERENCES).add(it, entry)
        elif before.settled == "agrees":  # it is there again
            await self._put("restore", before, settled="", archived_at=None, **_sides(it))
        elif before.archived_at is None and _sides(before) != _sides(it):
            await self._put("change", before, **_sides(it))

    async def _put(self, deed: RecordDeed, before: Difference, **changes: Any) -> None:
        after = replace(self._changed(before), **changes)
        entry = self._entry(DIFFERENCES, deed, after.id)
        await self._store.kept(DIFFERENCES).put(after, entry)

    def _record(self, day: str, found: Found) -> Difference:
        return Difference(
            **self._new(id_of_key("difference", f"{day} {found.kind} {found.attempt}")),
            kind=found.kind,
            day=day,
            attempt=found.attempt,
            campaign=found.campaign,
            number=found.number,
            placed_at=found.placed_at,
            ended_at=found.ended_at,
            record=said_by_record(found.call),
            switch=said_by_switch(found.row),
            noted=said_by_note(found.recording),
            file=said_by_disk(found.file),
        )

    def _new(self, an_id: str) -> dict[str, Any]:
        made = {"created_at": self._now, "created_by": self._who}
        changed = {"changed_at": self._now, "changed_by": self._who}
        return {"id": an_id, "version": 1, **made, **changed}

    def _changed(self, it: R) -> R:
        return replace(it, version=it.version + 1, changed_at=self._now, changed_by=self._who)

    def _entry(self, kept: KeptRecords[R], deed: RecordDeed, subject: str) -> AuditEntry:
        what = f"{kept.of.name}.{deed}"
        return AuditEntry(at=self._now, who=self._who, what=what, subject=subject)


def _sides(it: Difference) -> dict[str, Any]:
    return {name: getattr(it, name) for name in ("record", "switch", "noted", "file")}
