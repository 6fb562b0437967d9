"""The do-not-call list: numbers in any common spelling, kept in international form."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dialer.ids import new_id
from dialer.kit.errors import Kind, Refused, bad_request
from dialer.leads.numbers import NumberReader
from dialer.ports.audit import AuditEntry
from dialer.ports.dnc import DncChange
from dialer.ports.store import Campaign, DncEntry, Store
from dialer.words import DncKind

#: How far back is looked for callees who answered 607, and why their numbers are listed.
UNWANTED_DAYS, UNWANTED = 90, "SIP 607 Unwanted"


def written(numbers: Sequence[str], region: str) -> list[str]:
    """E.164, in order. Raises Refused that names every number that is none."""
    try:
        # What must not be called is refused even where a numbering plan does not know it.
        reader = NumberReader(region or None, check="possible", labelled=True)
    except ValueError as error:
        raise bad_request("invalid-region", str(error)) from None
    found = [reader.read_all(number) for number in numbers]
    faults = [one.reason for one in found if one.reason]
    if faults:
        raise bad_request("invalid-number", faults[0], faults)
    return [one.number for several in found for one in several.numbers]


class DncDesk:
    """Changes of the list, each with an id, noted as one, and undone as one.

    `reason_from`: so many numbers at once need a reason.
    """

    def __init__(self, store: Store, *, who: str, now: float, reason_from: int) -> None:
        self._store, self._who, self._now = store, who, now
        self._reason_from = reason_from

    async def add(
        self,
        numbers: Sequence[str],
        *,
        region: str,
        reason: str = "",
        expires_at: float | None = None,
    ) -> dict[str, Any]:
        """Put numbers on the list; how many are new on it. Raises Refused."""
        whole = written(numbers, region)
        self.must_say_why(len(whole), reason)
        entries = [
            DncEntry(
                number=number,
                reason=reason,
                source=self._who,
                added_at=self._now,
                expires_at=expires_at,
            )
            for number in whole
        ]
        change = self.change("add", reason)
        added = await self._store.dnc.add(entries, change)
        given = {"reason": reason, "expires_at": expires_at}
        await self._note("dnc.add", change, after={**self._named(whole), **given})
        return {"added": added, "change": change.id}

    async def remove(self, numbers: Sequence[str], *, region: str, reason: str) -> dict[str, Any]:
        """Take numbers off the list. Raises Refused."""
        whole = written(numbers, region)
        self.must_say_why(len(whole), reason)
        change = self.change("remove", reason)
        removed = await self._store.dnc.remove(whole, change)
        told = {"reason": reason} if reason else {}
        await self._note("dnc.remove", change, before=self._named(whole), after=told)
        return {"removed": removed, "change": change.id}

    async def imported(self, change: DncChange, told: dict[str, Any]) -> None:
        """A file was put on the list as `change`."""
        await self._note("dnc.import", change, after={**told, "reason": change.reason})

    async def undo(self, change_id: str) -> dict[str, Any]:
        """Have the list as it was before a change. Raises Refused."""
        undone = await self._store.dnc.undo(change_id, now=self._now, who=self._who)
        if undone is None:
            raise Refused(
                Kind.MISSING,
                "no-such-change",
                f"there is no change {change_id!r} of the do-not-call list that can be undone: it "
                "was undone already, or is too long ago",
            )
        told = {"back": undone.back, "kept": undone.kept}
        await self._store.audit.record(self._entry("dnc.undo", change_id, after=told))
        return told

    def change(self, what: DncKind, reason: str) -> DncChange:
        return DncChange(id=new_id(), at=self._now, who=self._who, what=what, reason=reason)

    def must_say_why(self, count: int, reason: str) -> None:
        if count >= self._reason_from and not reason.strip():
            raise bad_request(
                "reason-needed", f"{count} numbers at once: say why, with a reason (--reason)"
            )

    def _named(self, numbers: list[str]) -> dict[str, Any]:
        """Few numbers one by one; of many, how many: the change itself has them."""
        return {"numbers": numbers} if len(numbers) < self._reason_from else {"count": len(numbers)}

    async def _note(self, what: str, change: DncChange, *, after: Any, before: Any = None) -> None:
        told = {**after, "change": change.id}
        await self._store.audit.record(self._entry(what, "dnc", before=before, after=told))

    def _entry(self, what: str, subject: str, **said: Any) -> AuditEntry:
        return AuditEntry(at=self._now, who=self._who, what=what, subject=subject, **said)


async def rows_in(path: Path) -> int:
    """About how many numbers a file has: its lines."""
    return await asyncio.to_thread(_lines, path)


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def plain(change: DncChange) -> dict[str, Any]:
    """A change as it is shown."""
    return {
        "id": change.id,
        "at": _iso(change.at),
        "who": change.who,
        "what": change.what,
        "reason": change.reason,
        "count": change.count,
        "undone_at": None if change.undone_at is None else _iso(change.undone_at),
        "undone_by": change.undone_by,
    }


async def unwanted(store: Store, campaign: Campaign, now: float) -> list[dict[str, Any]]:
    """Callees who answered 607 in the last `UNWANTED_DAYS`, and which of them are on the list."""
    calls = await store.figures.unwanted(campaign.id, since=now - 86_400.0 * UNWANTED_DAYS)
    listed = await store.dnc.check(sorted({it.number for it in calls}), now=now)
    return [
        {
            "attempt_id": it.attempt_id,
            "number": it.number,
            "caller_id": it.caller_id,
            "at": it.at,
            "listed": it.number in listed,
        }
        for it in calls
    ]


async def check(
    store: Store, numbers: Sequence[str], *, region: str, now: float
) -> list[dict[str, Any]]:
    """For each number whether it must not be called, in order. Raises Refused."""
    wanted = written(numbers, region)
    found = await store.dnc.check(wanted, now=now)
    return [_entry(number, found.get(number)) for number in wanted]


def _entry(number: str, entry: DncEntry | None) -> dict[str, Any]:
    return {
        "number": number,
        "listed": entry is not None,
        "reason": entry.reason if entry else "",
        "source": entry.source if entry else "",
        "added_at": _iso(entry.added_at) if entry else None,
        "expires_at": _iso(entry.expires_at) if entry and entry.expires_at else None,
    }


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
