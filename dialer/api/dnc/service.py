"""The do-not-call list: numbers in any common spelling, kept in international form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dialer.api.errors import bad_request
from dialer.leads.numbers import NumberReader
from dialer.ports.store import DncEntry, Store


def written(numbers: Sequence[str], region: str) -> list[str]:
    """E.164, in order. Raises ProblemError that names every number that is none."""
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


async def add(
    store: Store,
    numbers: Sequence[str],
    *,
    region: str,
    source: str,
    reason: str = "",
    expires_at: float | None = None,
    now: float,
) -> int:
    """Put numbers on the list; how many are new on it. Raises ProblemError."""
    return await store.dnc.add(
        [
            DncEntry(
                number=number, reason=reason, source=source, added_at=now, expires_at=expires_at
            )
            for number in written(numbers, region)
        ]
    )


async def check(
    store: Store, numbers: Sequence[str], *, region: str, now: float
) -> list[dict[str, Any]]:
    """For each number whether it must not be called, in order. Raises ProblemError."""
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
