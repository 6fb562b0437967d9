"""Whom a campaign can call, now and next, and what keeps it from calling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Protocol

from msgspec import Meta, Struct

from dialer.ports.gate import Callee
from dialer.words import HoldBackReason, WaitsFor


class Opening(Struct, frozen=True):
    """When a number may be called at the earliest, and what it waits for until then.

    `at` None: never, as far as anybody can see. `reason` None: it may be called at once. `zones`:
    where the callee may be.
    """

    at: float | None
    reason: WaitsFor | None = None
    zones: tuple[str, ...] = ()


class Foresight(Protocol):
    async def openings(self, asked: Sequence[tuple[Callee, float]], now: float) -> list[Opening]:
        """Of each number, not before its time. Nothing is refused and nothing counted by it."""


class Sleep(Struct, frozen=True):
    """Leads that wait for one thing."""

    reason: WaitsFor
    count: int
    next_at: Annotated[float | None, Meta(description="When the first of them can be called.")]
    zones: Annotated[list[str], Meta(description="Of calling hours: where these callees are.")] = []


class LeadOutlook(Struct, frozen=True):
    """The leads of a campaign that have calls left, as they were a moment ago."""

    left: Annotated[int, Meta(description="Leads with calls left that are not in a call.")]
    now: Annotated[int, Meta(description="How many of them can be called this moment.")]
    next_at: Annotated[
        float | None, Meta(description="When the next one can be; null: none in sight.")
    ]
    asleep: Annotated[list[Sleep], Meta(description="What the others wait for, most first.")]
    dnc: Annotated[int, Meta(description="Leads that are not called any more: do-not-call.")]
    exact: Annotated[
        bool, Meta(description="False: told from a sample, as there are too many to look at each.")
    ]
    stopped: Annotated[
        int, Meta(description="Leads with calls left in lists that are stopped: not in `left`.")
    ] = 0


class HoldBack(Struct, frozen=True):
    """One thing that keeps a campaign from placing calls now."""

    reason: HoldBackReason
    at: Annotated[float | None, Meta(description="When it will be over, where that is known.")] = (
        None
    )
    count: Annotated[int | None, Meta(description="How many leads or reps it is about.")] = None


class DialingRow(Struct, frozen=True):
    """What a rep is told of a campaign that dials for them."""

    campaign: str
    state: str
    can_call: Annotated[bool, Meta(description="Somebody can be called this moment.")]
    next_at: float | None
    waits: list[HoldBack]
    reasons: Annotated[list[WaitsFor], Meta(description="What the leads wait for, most first.")]


Outlooks = Mapping[str, LeadOutlook]
