"""Time as the engine sees it: unix seconds that never go back."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Unix seconds; never less than the last answer."""
        ...


class SystemClock:
    """Wall-clock time at the start, moved on by the monotonic clock: steps of the system clock are
    not seen.
    """

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return time.monotonic() + self._offset
