"""The recorder in memory: it keeps nothing but what it was asked for."""

from __future__ import annotations

from collections.abc import Collection


class InMemoryRecorder:
    """Implements `dialer.ports.recorder.Recorder`; `kept` has (attempt, answered, ended)."""

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}
        self.kept: list[tuple[str, float, float]] = []
        self.closed = False

    async def start(self, live: Collection[str] = ()) -> None:
        """There is no earlier run."""

    def path_for(self, attempt: str, campaign: str, placed_at: float) -> str:
        self.paths[attempt] = f"/recordings/{campaign}/{attempt}"
        return self.paths[attempt]

    def finished(self, attempt: str, answered_at: float, ended_at: float) -> str:
        self.kept.append((attempt, answered_at, ended_at))
        return attempt

    async def close(self) -> None:
        self.closed = True
