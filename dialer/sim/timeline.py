"""The virtual clock: what will happen when, and a time that jumps from one to the next."""

from __future__ import annotations

import asyncio
import heapq
import math
from collections.abc import Callable
from typing import Any, Protocol

from dialer.ports.clock import FloorClock, MadeUpClock

Act = Callable[..., None]


class Schedule(FloorClock, Protocol):
    """A clock that can be told what to do later."""

    def at(self, when: float, act: Act, *args: Any) -> None:
        """Have `act(*args)` done at `when`; what is asked for the same time is done in order."""
        ...


class Timeline(MadeUpClock):
    """A schedule without an event loop: whoever drives it decides when time goes on."""

    def __init__(self, start: float) -> None:
        self._now = start
        self._heap: list[tuple[float, int, Act, tuple[Any, ...]]] = []
        self._count = 0

    def now(self) -> float:
        return self._now

    def at(self, when: float, act: Act, *args: Any) -> None:
        self._count += 1
        heapq.heappush(self._heap, (max(when, self._now), self._count, act, args))

    def next_at(self) -> float:
        """When the next thing happens; inf when nothing is planned."""
        return self._heap[0][0] if self._heap else math.inf

    def run_next(self) -> None:
        """Go to the next planned time and do what is planned first there."""
        when, _, act, args = heapq.heappop(self._heap)
        self._now = when
        act(*args)

    def jump(self, to: float) -> None:
        """Let time pass without anything planned being done."""
        self._now = max(self._now, to)


class LoopTimeline(MadeUpClock):
    """A schedule on an event loop, real or virtual. `start`: what unix time it is now."""

    def __init__(self, loop: asyncio.AbstractEventLoop, start: float) -> None:
        self._loop = loop
        self._offset = start - loop.time()

    def now(self) -> float:
        return self._loop.time() + self._offset

    def at(self, when: float, act: Act, *args: Any) -> None:
        self._loop.call_at(when - self._offset, act, *args)
