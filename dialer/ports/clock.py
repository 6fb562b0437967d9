"""Time as the engine sees it: the wall's, and one that never goes back.

What is written, shown or judged by the hour is `now()`. What is waited for or measured is
`steady()`: floors, rates, deadlines. `steady() + offset()` is wall time, and a record that takes
all its times by one offset keeps its durations also when the wall was put right in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

from dialer.clocks.jumps import Reading
from dialer.clocks.wall import HELD_S, WallOffset


class Clock(Protocol):
    def now(self) -> float:
        """Unix seconds by the wall clock, read anew: the next answer may be less."""
        ...


class FloorClock(Clock, Protocol):
    """What floors live on, with the way from their time to the wall's."""

    def steady(self) -> float:
        """Seconds that never go back and never stand still, also while the machine sleeps. At the
        start of the process they are unix seconds.
        """
        ...

    def offset(self) -> float:
        """What to add to a steady time to have wall time, as the wall stands now."""
        ...

    def reading(self) -> Reading:
        """All clocks at this moment."""
        ...


class MadeUpClock:
    """One time for both: for worlds in which nobody sets a clock. Give it a `now`."""

    def now(self) -> float:
        raise NotImplementedError

    def steady(self) -> float:
        return self.now()

    def offset(self) -> float:
        return 0.0

    def reading(self) -> Reading:
        now = self.now()
        return Reading(now, now, now)


#: Runs on while the machine sleeps. Only Linux has it; elsewhere the time a machine sleeps is seen
#: as a step of the wall. Asked some fifty times a call: no function of ours around it.
SINCE_BOOT: Callable[[], float] = (
    partial(time.clock_gettime, time.CLOCK_BOOTTIME)
    if hasattr(time, "CLOCK_BOOTTIME")
    else time.monotonic
)


class SystemClock:
    """This machine's clocks. `wall`, `since_boot` and `awake` are read; tests bring their own."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        since_boot: Callable[[], float] = SINCE_BOOT,
        awake: Callable[[], float] = time.monotonic,
    ) -> None:
        self.now = wall
        self._since_boot, self._awake = since_boot, awake
        self._zero = wall() - since_boot()
        self._offset = WallOffset()

    def steady(self) -> float:
        return self._since_boot() + self._zero

    def offset(self) -> float:
        wall, steady = self._together()
        return self._offset.follow(wall, steady)

    def reading(self) -> Reading:
        wall, steady = self._together()
        return Reading(wall, steady, self._awake())

    def _together(self) -> tuple[float, float]:
        """Both at one moment: a process that was put aside between two looks would see a step."""
        while True:
            before, wall, after = self._since_boot(), self.now(), self._since_boot()
            if after - before < HELD_S:
                return wall, (before + after) / 2 + self._zero
