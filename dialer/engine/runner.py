"""One floor, live: events queue up, a turn steps through them, the orders go out together.

A turn runs in one go inside the event loop, so nothing can come between the step and its log.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from dialer.engine.floorlog import FloorLog, NoLog
from dialer.floor import ImpossibleEvent, step
from dialer.floor.commands import Command
from dialer.floor.events import Event, Ticked
from dialer.floor.state import Floor
from dialer.ports.clock import Clock
from dialer.ports.observer import Observer

log = structlog.get_logger(__name__)

#: More than a busy node sends in several seconds; a floor that is so far behind must start afresh.
INBOX_LIMIT = 20_000
#: A turn hands back to the event loop after this many events, so that AGI is answered in between.
TURN_LIMIT = 200


class Outlet(Protocol):
    def dispatch(self, floor: FloorRunner, commands: Sequence[Command]) -> None: ...


class FloorRunner:
    def __init__(
        self,
        floor: Floor,
        *,
        clock: Clock,
        outlet: Outlet,
        observer: Observer,
        floor_log: FloorLog | NoLog,
        on_overflow: Callable[[], None] = lambda: None,
        on_impossible: Callable[[Event], None] = lambda event: None,
    ) -> None:
        self.floor = floor
        self.impossible: ImpossibleEvent | None = None
        self._clock = clock
        self._outlet = outlet
        self._observer = observer
        self._log = floor_log
        self._on_overflow = on_overflow
        self._on_impossible = on_impossible
        self._inbox: deque[Event] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._scheduled = False
        self._stopped = False

    @property
    def depth(self) -> int:
        """Events that wait."""
        return len(self._inbox)

    def start(self) -> None:
        self._schedule()

    def post(self, event: Event) -> None:
        """Queue an event for the next turn, which follows at once."""
        if len(self._inbox) >= INBOX_LIMIT:
            self._on_overflow()
            return
        self._inbox.append(event)
        self._schedule()

    def ask(self, event: Event) -> ImpossibleEvent | None:
        """Let `event` happen now, after all that waits; the refusal if it cannot."""
        while self._inbox:
            self._turn()
        self._inbox.append(event)
        self.impossible = None
        self._turn()
        return self.impossible

    def stop(self) -> None:
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        self._log.close()

    def _schedule(self) -> None:
        if not self._scheduled and not self._stopped:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._turn_scheduled)

    def _turn_scheduled(self) -> None:
        self._scheduled = False
        if not self._stopped:
            self._turn()

    def _turn(self) -> None:
        began = time.perf_counter()
        now = self._clock.now()
        inbox, commands, count = self._inbox, [], 0
        if not inbox:
            inbox.append(Ticked())
        while inbox and count < TURN_LIMIT:
            commands += self._step(inbox.popleft(), now)
            count += 1
        self._log.flush()
        self._outlet.dispatch(self, commands)
        self._observer.turn(self.floor.pool, count, time.perf_counter() - began)
        self._wake_next()

    def _step(self, event: Event, now: float) -> list[Command]:
        try:
            commands = step(self.floor, event, now)
        except ImpossibleEvent as error:
            self._refuse(error)
            return []
        self._log.append(now, event, commands)
        return commands

    def _refuse(self, error: ImpossibleEvent) -> None:
        self.impossible = error
        self._observer.impossible(self.floor.pool, error.state, type(error.event).__name__)
        self._on_impossible(error.event)
        log.debug("impossible event", event_type=type(error.event).__name__, state=error.state)

    def _wake_next(self) -> None:
        if self._stopped:
            return
        if self._inbox:
            self._schedule()
            return
        if self._timer is not None:
            self._timer.cancel()
        delay = self.floor.next_deadline() - self._clock.now()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(max(delay, 0.001), self._schedule)
