"""Watches the clocks: what jumped is said, and nobody is dialed while the time is in doubt."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping

import structlog

from dialer.clocks.doubt import Doubt, Why
from dialer.clocks.jumps import Jump, Jumps
from dialer.engine.runner import FloorRunner
from dialer.floor.events import ClockDoubted
from dialer.ports.clock import FloorClock
from dialer.ports.switch import Switch

log = structlog.get_logger(__name__)

#: A clock that was set is known within this.
LOOK_EVERY_S = 0.25
#: What jumped is shown for so long.
SHOWN_S = 600.0


class Timekeeper:
    """`on_jump`: calls may have ended unseen while the machine slept, and windows have other
    borders after a step.
    """

    def __init__(
        self,
        clock: FloorClock,
        switch: Switch,
        runners: Mapping[str, FloorRunner],
        on_jump: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock, self._switch, self._runners = clock, switch, runners
        self._on_jump = on_jump
        self._jumps = Jumps(LOOK_EVERY_S)
        self._recent: deque[tuple[float, Jump]] = deque(maxlen=20)
        self.doubt = Doubt()
        #: Told of each jump, and of the wall's time after it.
        self.note: Callable[[Jump, float], None] = lambda _jump, _at: None
        self.why: Why = ""
        #: The switch is a process of this very kernel: it has no clock of its own that could be
        #: wrong, so that a difference is somebody's make-believe. It is said, and not waited for.
        self.one_machine = False

    async def run(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """What has jumped since the last look, and what follows from it."""
        reading = self._clock.reading()
        for jump in self._jumps.see(reading):
            self._jumped(jump, reading.steady)
            self.note(jump, reading.wall)
        self.compare()

    def compare(self) -> None:
        """Tell the floors whether the time is in doubt, where that has changed."""
        why = self.doubt.why(self._clock.steady(), self._switch.ahead_s)
        if why != self.why:
            self.why = why
            self._tell(why)

    def recent(self) -> list[Jump]:
        """What jumped in the last ten minutes."""
        since = self._clock.steady() - SHOWN_S
        return [jump for at, jump in self._recent if at > since]

    def _jumped(self, jump: Jump, now: float) -> None:
        log.warning(_WORDS[jump.kind], seconds=round(jump.seconds, 3))
        self._recent.append((now, jump))
        self.doubt.jumped(jump.kind, now)
        self._on_jump()

    def _tell(self, why: Why) -> None:
        waits: Why = "" if why == "switch" and self.one_machine else why
        if why == "switch":
            ahead_s = round(self._switch.ahead_s or 0.0, 3)
            log.error("the switch's clock is not ours", ahead_s=ahead_s, dialing_waits=bool(waits))
        elif why:
            log.warning("the time is in doubt: dialing waits", why=why)
        else:
            log.info("the time is known again: dialing goes on")
        for runner in self._runners.values():
            runner.post(ClockDoubted(waits))


_WORDS = {
    "step": "the wall clock was set",
    "sleep": "this machine slept",
    "stall": "this process stood still",
}
