"""Recordings as the store keeps them, and those of calls that somebody looks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from dialer.ports.past_calls import CallFilter, FoundCall
from dialer.ports.scope import Reach
from dialer.words import RecordingState


class Recording(Struct, frozen=True, kw_only=True):
    id: str
    attempt_id: str
    path: str
    state: RecordingState
    created_at: float
    seconds: float | None = None
    bytes: int | None = None
    sha256: str | None = None
    codec: str | None = None


class RecordedCall(Struct, frozen=True, kw_only=True):
    """A recording with the call it is of."""

    recording: Recording
    found: FoundCall


class Recordings(Protocol):
    async def add(self, *recordings: Recording) -> frozenset[str]:
        """One that is there is replaced, but for a deleted one: it stays so. Returns the ids of
        those, whose files nobody may keep.
        """
        ...

    async def update(self, recording: Recording) -> None: ...
    async def get(self, recording_id: str) -> Recording | None: ...
    async def of_attempt(self, attempt_id: str) -> Sequence[Recording]: ...
    async def in_state(self, state: RecordingState, *, limit: int) -> Sequence[Recording]: ...

    async def page(
        self, wanted: CallFilter, scope: Reach, *, below: str | None = None, limit: int = 100
    ) -> Sequence[RecordedCall]:
        """Of calls like these, those placed last first; `below`: after this recording."""

    async def call(self, recording_id: str, scope: Reach) -> RecordedCall | None:
        """One with its call; None where either is not known, or the call is not in scope."""
