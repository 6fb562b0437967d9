"""The question before every dial: may this number be called now?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct


class Candidate(Struct, frozen=True, kw_only=True):
    """A number about to be dialed."""

    campaign_id: str
    lead_id: str
    number: str  # E.164
    timezone: str | None = None  # the lead's own, when the list gave one
    others: tuple[str, ...] = ()  # the lead's other numbers: the same person answers them


class Refusal(Struct, frozen=True):
    """Why not. `rule` is a stable slug for the metric label; `until`: when it may be asked again.

    `until` None means never, as far as this rule can tell.
    """

    rule: str
    why: str
    until: float | None = None


class Gate(Protocol):
    """Fails closed: whatever goes wrong inside comes out as a Refusal, never as an exception."""

    async def check(self, candidate: Candidate, now: float) -> Refusal | None: ...

    async def check_many(self, candidates: Sequence[Candidate], now: float) -> list[Refusal | None]:
        """One answer per candidate, in order; a number that comes twice counts twice."""
