"""Asterisk's times as the engine's own: its clock is another machine's, and may be set at any
moment.
"""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from msgspec.structs import replace

from dialer.asterisk.client import AmiClient
from dialer.asterisk.errors import ActionFailed, AmiError
from dialer.clocks.jumps import TOLERANCE_S
from dialer.clocks.peer import PeerClock
from dialer.ports.clock import FloorClock
from dialer.ports.switch import LedgerRow, LiveChannel

log = structlog.get_logger(__name__)

#: A clock that was set is found within this; a Ping costs Asterisk some 20 µs.
MEASURE_EVERY_S = 1.0
#: At a new link so often, one after the other: the first trip is the slowest.
FIRST_TRIPS = 3
#: What the dialplan says of how long ago the callee answered; more is a clock that was set in
#: between.
LONGEST_ASK_S = 60.0
#: The switch's clock and its distance from UTC, by any dialplan function it has.
NOW_AND_ZONE = "STRFTIME(,,%s.%6q %z)"


class SwitchTime:
    """Measures the clock of the Asterisk at the other end of `ami`, and turns its times into steady
    ones.
    """

    def __init__(self, ami: AmiClient, clock: FloorClock, node: str) -> None:
        self._ami, self._clock, self._node = ami, clock, node
        self._peer = PeerClock()
        self.since = self._peer.since

    @property
    def ahead_s(self) -> float | None:
        """How far its wall clock is ahead of ours; None: not known."""
        offset = self._peer.offset_s
        return None if offset is None else offset - self._clock.offset()

    # --- measuring --------------------------------------------------------------------------------

    async def run(self) -> None:
        """Measure as long as there is a link, every second."""
        while True:
            await asyncio.sleep(MEASURE_EVERY_S)
            if self._ami.is_up:
                with suppress(AmiError):  # a lost link, or one that is about to be
                    await self.measure()

    async def meet(self) -> None:
        """At a new link: nothing known before holds. Raises LinkDown, ActionTimeout."""
        self._peer.forget()
        for _ in range(FIRST_TRIPS):
            await self.measure()

    async def measure(self) -> None:
        sent, got = self._clock.steady(), list[float]()
        (reply,) = self._ami.send_nowait([[("Action", "Ping")]])
        reply.add_done_callback(lambda _: got.append(self._clock.steady()))
        try:
            told = float((await reply).get("Timestamp", ""))
        except (ActionFailed, ValueError):  # an Asterisk that does not tell its time
            return
        stepped = self._peer.measured(sent, (got or [self._clock.steady()])[0], told)
        if abs(stepped) > TOLERANCE_S:
            log.warning("the switch's clock was set", node=self._node, by_s=round(stepped, 3))

    # --- its times --------------------------------------------------------------------------------

    def asked(self, answered: str, told_at: str, heard: float) -> float:
        """When a callee answered who is asked for now: by the switch's own clock, which tells both.

        An older dialplan tells only the answer: then what is measured of its clock has to do.
        """
        at, now = seconds(answered), seconds(told_at)
        if at is None:
            return heard
        if now is None:
            return self._peer.since(at, heard)
        ago = now - at
        return heard - ago if 0.0 <= ago <= LONGEST_ASK_S else heard

    def talked(self, stamp: str, told_at: str, heard: float) -> float:
        """When callee and rep first heard each other, of a call that may be hours old."""
        at, now = seconds(stamp), seconds(told_at)
        if at is None:
            return heard
        return self._peer.long_ago(at, heard) if now is None else heard - max(0.0, now - at)

    def channels(self, found: list[LiveChannel]) -> list[LiveChannel]:
        now = self._clock.steady()
        return [
            replace(
                it,
                answered_at=self._steady(it.answered_at, now),
                bridged_at=self._steady(it.bridged_at, now),
            )
            for it in found
        ]

    def row(self, row: LedgerRow) -> LedgerRow:
        now = self._clock.steady()
        return replace(
            row,
            start=self._peer.long_ago(row.start, now),
            end=self._peer.long_ago(row.end, now),
            answer=self._steady(row.answer, now),
            bridged=self._steady(row.bridged, now),
        )

    def in_its_time(self, steady: float) -> float:
        """What the switch's clock said then, if it was not set since."""
        return steady + (self._peer.offset_s or 0.0)

    def _steady(self, stamp: float | None, now: float) -> float | None:
        return None if stamp is None else self._peer.long_ago(stamp, now)

    async def boot_time(self) -> float | None:
        """When it started; None: it does not tell. Raises LinkDown, ActionTimeout."""
        try:
            status = await self._ami.action("CoreStatus")
        except ActionFailed:  # a manager user without the class `reporting`
            return None
        text = f"{status.get('CoreStartupDate', '')} {status.get('CoreStartupTime', '')}"
        try:
            local = datetime.fromisoformat(text)
            stamp = (local - await self._zone()).replace(tzinfo=UTC).timestamp()
        except (ValueError, OverflowError):
            return None
        return self._peer.long_ago(stamp, self._clock.steady())

    async def _zone(self) -> timedelta:
        """How far its local time is ahead of UTC. One that does not tell is taken to be here."""
        ours = datetime.now().astimezone().utcoffset() or timedelta()
        try:
            reply = await self._ami.action("Getvar", Variable=NOW_AND_ZONE)
            sign = reply.get("Value", "").split(" ")[1]
            return datetime.strptime(sign, "%z").utcoffset() or timedelta()
        except (ActionFailed, ValueError, IndexError):
            return ours


def seconds(text: str) -> float | None:
    """None for what is no time, or never happened (0.000000)."""
    try:
        at = float(text)
    except ValueError:
        return None
    return at if math.isfinite(at) and at > 0 else None
