"""Clocks of ways that are to be compared: in turn, by the wall's time and by the processors'."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

ROUNDS, LONG_S = 3, 10.0

#: What is done, and the clock of the CPU that does it.
Way = tuple[Callable[[], Awaitable[Any]], Callable[[], float]]


class Best(Struct):
    """The least seconds of all rounds, and the last answer."""

    wall: float
    cpu: float
    answer: Any


async def in_turn(*ways: Way) -> list[Best]:
    """Each once in a round, so that a neighbour disturbs all; one round where a way is long."""
    best = [await _once(way) for way in ways]
    for _ in range(0 if max(it.wall for it in best) > LONG_S else ROUNDS - 1):
        for at, way in enumerate(ways):
            again, before = await _once(way), best[at]
            wall, cpu = min(again.wall, before.wall), min(again.cpu, before.cpu)
            best[at] = Best(wall, cpu, again.answer)
    return best


async def _once(way: Way) -> Best:
    what, clock = way
    cpu = clock()
    wall, answer = await timed(what)
    return Best(wall, clock() - cpu, answer)


async def timed(what: Callable[[], Awaitable[Any]]) -> tuple[float, Any]:
    """Seconds by the wall, and the answer."""
    began = time.perf_counter()
    answer = await what()
    return time.perf_counter() - began, answer


def cpu_of(pid: int) -> float:
    """Seconds of CPU that another process has had, by Linux's clock of that process."""
    return time.clock_gettime((~pid << 3) | 2)
