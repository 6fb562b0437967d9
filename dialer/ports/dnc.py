"""The do-not-call list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from dialer.words import DncKind


class DncEntry(Struct, frozen=True, kw_only=True):
    number: str
    reason: str = ""
    source: str = ""  # file, rep, api …
    added_at: float
    expires_at: float | None = None  # None: for ever

    def holds_at(self, now: float) -> bool:
        """An entry with an expiry holds until that moment."""
        return self.expires_at is None or self.expires_at > now

    def stricter(self, other: DncEntry | None) -> DncEntry:
        """The one that holds longer; of two alike, `other`, which was there before."""
        if other is None:
            return self
        if other.expires_at is None:
            return other
        longer = self.expires_at is None or self.expires_at > other.expires_at
        return self if longer else other


def unwanted(number: str, at: float) -> DncEntry:
    """For a callee whose phone or network said that no such call is wanted (SIP 607)."""
    return DncEntry(number=number, reason="SIP 607 Unwanted", source="network", added_at=at)


class DncChange(Struct, frozen=True, kw_only=True):
    """One change of the list, whatever the number of its numbers. `count`: those it changed."""

    id: str
    at: float
    who: str
    what: DncKind
    reason: str = ""
    count: int = 0
    undone_at: float | None = None
    undone_by: str | None = None


class Undone(Struct, frozen=True, kw_only=True):
    """`back`: numbers that are as they were; `kept`: those for whom somebody asked since."""

    back: int
    kept: int


class Dnc(Protocol):
    async def add(self, entries: Sequence[DncEntry], change: DncChange | None = None) -> int:
        """Numbers new on the list; one that is there is extended, never shortened.

        Leads whose every number is on the list are not touched: the gate refuses them. `change`: as
        a part of which it can be undone.
        """

    async def remove(self, numbers: Sequence[str], change: DncChange | None = None) -> int: ...

    async def check(self, numbers: Sequence[str], *, now: float) -> Mapping[str, DncEntry]:
        """Those of `numbers` that must not be called now, read from disk each time."""

    async def count(self) -> int: ...

    async def changes(self, *, limit: int = 50, below: str | None = None) -> Sequence[DncChange]:
        """The newest first."""

    async def undo(self, change_id: str, *, now: float, who: str) -> Undone | None:
        """Have the numbers of a change as they were before it; None: there is no such change, or it
        is undone. A number that somebody has asked for since stays on the list.
        """

    async def forget_changes(self, *, before: float) -> int:
        """Changes of before that time can be undone no more; how many there were."""
