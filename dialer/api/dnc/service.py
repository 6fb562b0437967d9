"""The do-not-call list: numbers in any common spelling, kept in international form."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from dialer.api.errors import bad_request
from dialer.leads.numbers import NumberReader
from dialer.ports.store import DncEntry, Store

#: So many numbers go to the store in one transaction.
BATCH = 5000
#: So many rejected lines are told; the rest is only counted.
TOLD = 100


class Listed(msgspec.Struct, frozen=True):
    """What came of adding numbers. `rejected`: line, from 1, and why."""

    read: int
    added: int
    rejected: int
    reasons: list[tuple[int, str]] = []


def reader(region: str) -> NumberReader:
    """Reads numbers as they are written in `region`. Raises ProblemError."""
    try:
        return NumberReader(region or None, check="possible")
    except ValueError as error:
        raise bad_request("invalid-region", str(error)) from None


def one_number(text: str, region: str) -> str:
    """E.164. Raises ProblemError."""
    number, why = reader(region).read(text)
    if not number:
        raise bad_request("invalid-number", why)
    return number


async def add_lines(
    store: Store,
    lines: AsyncIterator[str],
    *,
    region: str,
    source: str,
    reason: str = "",
    expires_at: float | None = None,
    now: float,
) -> Listed:
    """Put one number a line on the list; empty lines and those that begin with # are skipped."""
    read_number = reader(region).read
    read = added = rejected = 0
    reasons: list[tuple[int, str]] = []
    batch: list[DncEntry] = []
    line_number = 0
    async for line in lines:
        line_number += 1
        text = line.strip().strip('"')
        if not text or text.startswith("#"):
            continue
        read += 1
        number, why = read_number(text.split(",")[0].strip().strip('"'))
        if not number:
            rejected += 1
            if len(reasons) < TOLD:
                reasons.append((line_number, why))
            continue
        batch.append(
            DncEntry(
                number=number, reason=reason, source=source, added_at=now, expires_at=expires_at
            )
        )
        if len(batch) >= BATCH:
            added += await store.dnc.add(batch)
            batch = []
    added += await store.dnc.add(batch) if batch else 0
    return Listed(read, added, rejected, reasons)


async def each(lines: Iterable[str]) -> AsyncIterator[str]:
    """Lines at hand, as `add_lines` takes them."""
    for line in lines:
        yield line


async def check(
    store: Store, numbers: Sequence[str], *, region: str, now: float
) -> list[dict[str, Any]]:
    """For each number whether it must not be called, in order. Raises ProblemError."""
    written = [one_number(number, region) for number in numbers]
    found = await store.dnc.check(written, now=now)
    return [_entry(number, found.get(number)) for number in written]


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


def batches(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    """`numbers` in portions for the store."""
    return (numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH))
