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
from dialer.ports.clock import FloorClock
from dialer.ports.observer import Observer

log = structlog.get_logger(__name__)

#: More than a busy node sends in several seconds; a floor that is so far behind must start afresh.
INBOX_LIMIT = 20_000
#: A timer's clock and the floor's may differ by their rounding.
EARLY_S = 0.001
#: A turn hands back to the event loop after this many events, so that AGI is answered in between.
TURN_LIMIT = 200


class Dispatcher(Protocol):
    def dispatch(self, floor: FloorRunner, commands: Sequence[Command]) -> None: ...


class FloorRunner:
    def __init__(
        self,
        floor: Floor,
        *,
        clock: FloorClock,
        outlet: Dispatcher,
        observer: Observer,
        floor_log: FloorLog | NoLog,
        on_overflow: Callable[[], None] = lambda: None,
        on_impossible: Callable[[Event], None] = lambda event: None,
    ) -> None:
        self.floor = floor
        self._clock = clock
        self._outlet = outlet
        self._observer = observer
        self._log = floor_log
        self._on_overflow = on_overflow
        self._on_impossible = on_impossible
        self._inbox: deque[Event] = deque()
        self._refused: ImpossibleEvent | None = None
        self._dropped = 0
        self._timer: asyncio.TimerHandle | None = None
        self._scheduled = False
        self._started = self._stopped = False
        #: When this floor began, steady seconds: what is older it took over.
        self.since = clock.steady()

    @property
    def depth(self) -> int:
        """Events that wait."""
        return len(self._inbox)

    def start(self) -> None:
        """Take the first turn now, with all that was posted before."""
        # Kept: asking asyncio for it checks the process's id, a system call on every event.
        self._loop = asyncio.get_running_loop()
        self._started = True
        self.drain()
        self._turn()

    def post(self, event: Event) -> None:
        """Queue an event of the engine's own for the next turn, which follows at once.

        These are never dropped: each answers an order, and a floor without that answer waits for
        ever. Their number is bounded by the orders.
        """
        self._inbox.append(event)
        self._schedule()

    def post_news(self, event: Event) -> None:
        """Queue what the switch tells. When too much waits it is dropped, and the switch is asked
        what is true as soon as the rest has been worked off.
        """
        if len(self._inbox) < INBOX_LIMIT:
            self.post(event)
            return
        if not self._dropped:
            log.error("a floor's inbox is full: events are dropped", pool=self.floor.pool)
        self._dropped += 1

    def ask(self, event: Event) -> ImpossibleEvent | None:
        """Let `event` happen now, after all that waits; the refusal if it cannot."""
        if self._stopped:
            return ImpossibleEvent("stopped", event, f"pool {self.floor.pool}")
        self.drain()
        self._inbox.append(event)
        self._refused = None
        self._turn()
        return self._refused

    def drain(self) -> None:
        """Work off all that waits, now."""
        while self._inbox and self._started and not self._stopped:
            self._turn()

    def stop(self) -> None:
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        self._log.close()

    def _schedule(self) -> None:
        if self._started and not self._scheduled and not self._stopped:
            self._scheduled = True
            self._loop.call_soon(self._turn_scheduled)

    def _turn_scheduled(self) -> None:
        self._scheduled = False
        if not self._stopped:
            self._turn()

    def _turn(self) -> None:
        began = time.perf_counter()
        now = self._clock.steady()
        inbox, commands, count = self._inbox, list[Command](), 0
        if not inbox:
            inbox.append(Ticked())
        while inbox and count < TURN_LIMIT:
            commands += self._step(inbox.popleft(), now)
            count += 1
        self._log.flush()
        self._outlet.dispatch(self, commands)
        self._observer.turn(self.floor.pool, count, time.perf_counter() - began)
        if self._dropped and not inbox:
            log.error("the switch is asked what was missed", dropped=self._dropped)
            self._dropped = 0
            self._on_overflow()
        self._wake_next()

    def _step(self, event: Event, now: float) -> list[Command]:
        try:
            commands = step(self.floor, event, now)
        except ImpossibleEvent as error:
            self._refuse(error)
            return []
        except Exception:
            # A fault of ours must not take the other calls of this floor with it. What was ordered
            # before the fault goes out, and reconciliation mends what did not.
            log.exception("a floor could not handle an event", event_type=type(event).__name__)
            self._observer.impossible(self.floor.pool, "fault", type(event).__name__)
            self._on_impossible(event)
            commands = self.floor.out
        self._log.append(now, event, commands)
        return commands

    def _refuse(self, error: ImpossibleEvent) -> None:
        self._refused = error
        self._observer.impossible(self.floor.pool, error.state, type(error.event).__name__)
        self._on_impossible(error.event)
        log.debug("impossible event", event_type=type(error.event).__name__, state=error.state)

    def _wake_next(self) -> None:
        if self._stopped:
            return
        if self._inbox:
            self._schedule()
            return
        delay = self.floor.next_deadline() - self._clock.steady()
        at = self._loop.time() + max(delay, 0.001)
        # A timer that goes off too early finds out then; most deadlines move on before they come.
        if self._timer is not None:
            if self._timer.when() <= at:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._timer_is_due)

    def _timer_is_due(self) -> None:
        self._timer = None
        if self.floor.next_deadline() <= self._clock.steady() + EARLY_S:
            self._schedule()
        else:
            self._wake_next()
