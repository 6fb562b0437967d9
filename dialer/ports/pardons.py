"""Attempts that do not count on their leads, at once or when somebody takes them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from dialer.words import Pardon, Unanswered


class Burned(Struct, frozen=True, kw_only=True):
    """Which failed attempts of a campaign are to be taken back: those that count so far."""

    campaign_id: str
    causes: tuple[int, ...]  # Q.850; none: whatever the cause
    outcomes: tuple[Unanswered, ...] = ("failed",)  # not who declined: that is their word
    since: float = 0.0  # placed then or later
    list_name: str | None = None
    rang: bool | None = None  # None: whether or not it rang


class Pardoned(Struct, frozen=True):
    attempts: int = 0
    leads: int = 0


class Pardons(Protocol):
    async def pardon(self, attempt_ids: Sequence[str], *, why: Pardon, now: float) -> Pardoned:
        """Unanswered attempts that count are taken back: off the counts of lead and number, and
        the number is not dead by them. A lead whose last attempt this was, or that such attempts
        have worn out, may be called from `now` on.
        """

    async def burned(self, wanted: Burned, *, limit: int) -> Sequence[str]:
        """Attempts that match, up to `limit` of them, the oldest first."""

    async def count_burned(self, wanted: Burned) -> Pardoned:
        """How many match, of how many leads."""
