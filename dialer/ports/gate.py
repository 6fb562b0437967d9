"""The question before every dial: may this number be called now?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from dialer.words import GateRule


class Callee(Struct, frozen=True, kw_only=True):
    """A number about to be dialed."""

    campaign_id: str
    lead_id: str
    number: str  # E.164
    timezone: str | None = None  # the lead's own, when the list gave one
    others: tuple[str, ...] = ()  # the lead's other numbers: the same person answers them


class GateRefusal(Struct, frozen=True):
    """Why not. `rule` is a stable slug for the metric label; `until`: when it may be asked again.

    `until` None means never, as far as this rule can tell.
    """

    rule: GateRule
    why: str
    until: float | None = None


class Passed(Struct, frozen=True, array_like=True):
    """What the gate found where it lets a number be called. Calls are those to the number before
    this one.
    """

    at: float  # when it was asked
    zones: tuple[str, ...]  # where the callee may be
    until: float | None  # calling hours end there then; None: they do not, or there are none
    any_hour: bool  # the campaign has no calling hours
    today: int
    max_per_day: int
    in_24h: int
    max_per_24h: int
    last_ended_at: float | None  # the last call of these days
    pause_minutes: float


class Gate(Protocol):
    """Fails closed: whatever goes wrong inside comes out as a refusal, never as an exception."""

    async def check(self, callee: Callee, now: float) -> GateRefusal | None: ...

    async def check_many(self, callees: Sequence[Callee], now: float) -> list[GateRefusal | None]:
        """One answer per callee, in order; a number that comes twice counts twice."""

    async def weigh_many(self, callees: Sequence[Callee], now: float) -> list[GateRefusal | Passed]:
        """As `check_many`, and what was found of those that may be called."""
