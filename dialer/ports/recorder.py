"""What the engine asks of the recordings room."""

from __future__ import annotations

from typing import Protocol


class Recorder(Protocol):
    def path_for(self, attempt: str, campaign: str, placed_at: float) -> str:
        """Where the switch writes this attempt's raw recording: an absolute path without
        extension.
        """
        ...

    def finished(self, attempt: str, answered_at: float, ended_at: float) -> str:
        """The call is over: encode and keep its recording off the hot path. Returns the
        recording's id at once.
        """
        ...

    async def close(self) -> None:
        """Finish what is being encoded; what is left is taken up at the next start."""
        ...
