"""The do-not-call list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct


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


class Dnc(Protocol):
    async def add(self, entries: Sequence[DncEntry]) -> int:
        """Numbers new on the list; one that is there is extended, never shortened.

        Leads whose every number is on the list are not touched: the gate refuses them.
        """

    async def remove(self, numbers: Sequence[str]) -> int: ...

    async def check(self, numbers: Sequence[str], *, now: float) -> Mapping[str, DncEntry]:
        """Those of `numbers` that must not be called now, read from disk each time."""

    async def count(self) -> int: ...
