"""Keeps floors and switch in agreement: at every connection, from time to time, and when asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import structlog

from dialer.engine.reconcile import agreed, gone, missed_events
from dialer.engine.runner import FloorRunner
from dialer.floor.events import Event, LegGone, SwitchFound, SwitchLost
from dialer.ports.clock import FloorClock
from dialer.ports.switch import LiveChannel, Switch, SwitchDownError
from dialer.tasks import spawn, stop

log = structlog.get_logger(__name__)

#: While events flow, a difference is believed when it is still there after this time.
CONFIRM_AFTER_S = 0.5
#: A look that somebody asked for waits so long for what is on its way.
SOON_S = 1.0
Missed = dict[str, list[Event]]


class Reconciler:
    """`on_leg_gone`: as where the switch tells of it, a line may be free again."""

    def __init__(
        self,
        switch: Switch,
        clock: FloorClock,
        runners: Mapping[str, FloorRunner],
        on_leg_gone: Callable[[str], None] = lambda leg: None,
    ) -> None:
        self._switch, self._clock, self._runners = switch, clock, runners
        self._on_leg_gone = on_leg_gone
        self._one_at_a_time = asyncio.Lock()
        self._losses = 0
        self._soon: asyncio.Task[None] | None = None

    def lost(self) -> None:
        """The link is down: nothing is dialed until a look has succeeded."""
        self._losses += 1
        for runner in self._runners.values():
            runner.post(SwitchLost())

    async def connected(self) -> None:
        """The link is up and its events wait for this: one look is the truth."""
        async with self._one_at_a_time:
            await self._connect()

    async def look(self) -> None:
        """Nothing seems wrong: believe only what two looks agree on."""
        if not self._switch.is_up:
            return
        async with self._one_at_a_time:
            if all(runner.floor.switch_up for runner in self._runners.values()):
                await self._look_twice()
            else:
                await self._connect()

    def soon(self) -> None:
        """Something is in doubt: look in a moment, once for all who ask meanwhile."""
        if self._soon is None or self._soon.done():
            self._soon = spawn(self._look_soon(), name="look at the switch")

    async def close(self) -> None:
        await stop(self._soon)

    async def _look_soon(self) -> None:
        await asyncio.sleep(SOON_S)
        await self.look()

    async def _connect(self) -> None:
        losses = self._losses
        missed = await self._missed()
        if missed is not None and losses == self._losses:
            self._tell(missed)
            for runner in self._runners.values():
                runner.post(SwitchFound())

    async def _look_twice(self) -> None:
        first = await self._missed()
        if first is None or not any(first.values()):
            return
        await asyncio.sleep(CONFIRM_AFTER_S)
        second = await self._missed()
        if second is not None:
            self._tell({pool: agreed(first[pool], second[pool]) for pool in first})

    async def _missed(self) -> Missed | None:
        """What each floor must have missed; None: the switch cannot be asked."""
        try:
            channels = await self._switch.live_channels(self._without_times())
            return {pool: await self._of(run, channels) for pool, run in self._runners.items()}
        except SwitchDownError as error:
            log.warning("the switch could not be asked what is up", error=str(error))
            return None

    def _without_times(self) -> set[str]:
        return {
            attempt.attempt
            for runner in self._runners.values()
            for attempt in runner.floor.attempts.values()
            if attempt.answered_at is None or attempt.connected_at is None
        }

    async def _of(self, runner: FloorRunner, channels: list[LiveChannel]) -> list[Event]:
        runner.drain()
        missing = gone(runner.floor, channels)
        since = min((runner.floor.attempts[a].placed_at for a in missing), default=0.0)
        rows = await self._switch.ledger(missing, since) if missing else {}
        runner.drain()
        now, booted_at = self._clock.steady(), self._switch.booted_at
        return missed_events(runner.floor, channels, rows, now, booted_at)

    def _tell(self, missed: Missed) -> None:
        for pool, events in missed.items():
            for event in events:
                log.info("reconciled", pool=pool, missed=type(event).__name__)
                if isinstance(event, LegGone):
                    self._on_leg_gone(event.leg)
                self._runners[pool].post(event)
