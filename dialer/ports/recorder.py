"""What the engine asks of the recordings room."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol


class Recorder(Protocol):
    async def start(self, live: Collection[str] = ()) -> None:
        """Take up what an earlier run left, except the attempts of `live`, which are still up."""
        ...

    def path_for(self, attempt: str, campaign: str, placed_at: float) -> str:
        """Where the switch writes this attempt's raw recording: an absolute path, no extension."""
        ...

    def finished(self, attempt: str, answered_at: float, ended_at: float) -> str:
        """The call is over: encode and keep its recording off the hot path.

        Returns the recording's id at once; for one attempt always the same.
        """
        ...

    async def close(self) -> None:
        """Finish what is being encoded; what is left is taken up at the next start."""
        ...
