"""Alerts: measured every second, kept, shown, told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from msgspec.structs import replace

from dialer.ids import new_id
from dialer.ports.clock import FloorClock
from dialer.ports.steering import AlertRow
from dialer.ports.store import Store, StoreError
from dialer.service.watchkeeper import Event, Measured, Watchkeeper
from dialer.settings import Settings
from dialer.settings.alerts import alerts_of

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0
#: Alerts that are over and still shown.
RECENT = 20


class Alerting:
    """`show` is given what fires and what ended last, whenever that changed."""

    def __init__(
        self,
        store: Store,
        clock: FloorClock,
        settings: Callable[[], Settings],
        measure: Callable[[float], Sequence[Measured]],
        *,
        show: Callable[[list[AlertRow], list[AlertRow]], None],
        announce: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self._store, self._clock, self._settings = store, clock, settings
        self._measure, self._show, self._announce = measure, show, announce
        self._keeper = Watchkeeper()
        self._firing: dict[tuple[str, str], AlertRow] = {}
        self._recent: list[AlertRow] = []

    async def run(self) -> None:
        await self.load()
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def load(self) -> None:
        """What fired before a restart goes on, or ends now."""
        for row in await self._store.alerts.firing():
            self._firing[row.name, row.subject] = row
            self._keeper.adopt(row.name, row.subject, self._clock.steady())
        self._tell()

    async def look(self) -> None:
        now = self._clock.steady()
        events = self._keeper.step(alerts_of(self._settings().alert), self._measure(now), now)
        for event in events:
            await self._happened(event, self._clock.now())
        if events:
            self._tell()

    async def acknowledge(self, alert_id: str, who: str) -> AlertRow | None:
        """Somebody looks after it; None: there is none with this id."""
        row = await self._store.alerts.get(alert_id)
        # It may have ended while it was read: what is known here is newer.
        known = (it for it in [*self._firing.values(), *self._recent] if it.id == alert_id)
        row = next(known, row)
        if row is None or row.acked_at is not None:
            return row
        acked = replace(row, acked_at=self._clock.now(), acked_by=who)
        key = (row.name, row.subject)
        if key in self._firing and self._firing[key].id == alert_id:
            self._firing[key] = acked
        self._recent = [acked if it.id == alert_id else it for it in self._recent]
        await self._store.alerts.put(acked)
        self._tell()
        return acked

    async def _happened(self, event: Event, now: float) -> None:
        key = (event.name, event.subject)
        if event.began:
            row = AlertRow(
                id=new_id(), name=event.name, subject=event.subject, pool=event.pool,
                severity=event.severity, words=event.words, value=event.value, began_at=now,
            )  # fmt: skip
            self._firing[key] = row
        elif (before := self._firing.pop(key, None)) is not None:
            row = replace(before, ended_at=now)
            self._recent = [row, *self._recent][:RECENT]
        else:
            return
        log.warning("alert" if event.began else "alert is over", alert=row.name, words=row.words)
        what = "alert.began" if event.began else "alert.ended"
        self._announce(what, msgspec.structs.asdict(row))
        try:
            await self._store.alerts.put(row)
        except StoreError as error:
            log.error("an alert could not be kept", error=str(error))

    def _tell(self) -> None:
        self._show(list(self._firing.values()), self._recent)
