"""Recordings as the store keeps them, and those of calls that somebody looks for."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class RecordingState(StrEnum):
    RAW = "raw"
    ENCODING = "encoding"
    READY = "ready"
    FAILED = "failed"
    DELETED = "deleted"


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
    campaign: str
    pool: str
    agent: str | None
    number: str
    placed_at: float
    talk_seconds: float | None
    disposition: str | None


class RecordingQuery(Struct, frozen=True, kw_only=True):
    """Which recordings: None asks for all. `agents`: those reps' calls alone, and `unowned` ones
    that no rep had.
    """

    campaigns: Sequence[str] | None = None  # names
    agents: Sequence[str] | None = None
    unowned: bool = True
    since: float | None = None  # created at or after
    until: float | None = None
    below: str | None = None
    limit: int = 100

    def takes(self, call: RecordedCall) -> bool:
        recording = call.recording
        return (
            (self.campaigns is None or call.campaign in self.campaigns)
            and (self.agents is None or self._owned(call.agent, self.agents))
            and (self.since is None or recording.created_at >= self.since)
            and (self.until is None or recording.created_at < self.until)
            and (self.below is None or recording.id < self.below)
        )

    def _owned(self, agent: str | None, agents: Sequence[str]) -> bool:
        return self.unowned if agent is None else agent in agents


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

    async def page(self, query: RecordingQuery) -> Sequence[RecordedCall]:
        """Newest first."""

    async def call(self, recording_id: str) -> RecordedCall | None:
        """One with its call; None where either is not known."""
