"""An event loop whose clock jumps to the next timer: hours of waiting take no time.

    @virtual_time
    async def test_an_hour_is_over_at_once() -> None:
        await asyncio.sleep(3600)

Sockets and threads still work, in real time: while something is in flight there the clock does not
know, so nothing that matters may depend on them.
"""

from __future__ import annotations

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

from dialer.clocks.jumps import Reading

P = ParamSpec("P")
#: Where the clock of a new loop stands: a Friday noon, UTC.
EPOCH = 1_763_726_400.0


#: With callbacks ready, sockets are looked at only in every so many rounds: a system call each.
LOOK_EVERY = 16


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits: what would be waited for has come, as far as the clock is concerned."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped_s = 0.0
        self._rounds = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout == 0:
            self._rounds += 1
            if self._rounds % LOOK_EVERY:
                return []
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return super().select(None)
        self.skipped_s += max(0.0, timeout)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """`time()` moves only when nothing is left to do, and then to the next timer."""

    def __init__(self) -> None:
        self._jumps = _JumpingSelector()
        super().__init__(self._jumps)

    def time(self) -> float:
        return self._jumps.skipped_s

    @staticmethod
    def runner() -> asyncio.Runner:
        return asyncio.Runner(loop_factory=VirtualTimeLoop)


Test = Callable[P, Coroutine[Any, Any, None]]


def virtual_time(test: Test[P]) -> Callable[P, None]:
    """Run an async test on a loop of its own whose clock jumps."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with VirtualTimeLoop.runner() as runner:
            runner.run(test(*args, **kwargs))

    return run


class LoopClock:
    """A `FloorClock` on the running loop's time: unix seconds from `EPOCH`."""

    def __init__(self) -> None:
        self._set_by_s = self._slept_s = 0.0

    def now(self) -> float:
        return self.steady() + self._set_by_s

    def steady(self) -> float:
        return EPOCH + asyncio.get_running_loop().time() + self._slept_s

    def offset(self) -> float:
        return self._set_by_s

    def reading(self) -> Reading:
        return Reading(self.now(), self.steady(), asyncio.get_running_loop().time())

    def set_by(self, seconds: float) -> None:
        """Somebody puts the wall clock forward, or back."""
        self._set_by_s += seconds

    def sleep(self, seconds: float) -> None:
        """The machine is suspended for so long: no timer of the loop counts it."""
        self._slept_s += seconds


def other_tasks() -> set[str]:
    """Names of the tasks that run beside this one."""
    current = asyncio.current_task()
    return {task.get_name() for task in asyncio.all_tasks() if task is not current}
