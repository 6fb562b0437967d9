"""Alerts: measured every second, kept, shown, told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog
from msgspec.structs import replace

from dialer.features.alerts.watchkeeper import Event, Measured, Watchkeeper
from dialer.ids import new_id
from dialer.kit.scope import everything, whole
from dialer.ports.clock import FloorClock
from dialer.ports.steering import AlertRow
from dialer.ports.store import Store, StoreError
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
    ) -> None:
        self._store, self._clock, self._settings = store, clock, settings
        self._measure, self._show = measure, show
        self._keeper = Watchkeeper()
        self._firing: dict[tuple[str, str], AlertRow] = {}
        self._recent: list[AlertRow] = []
        #: Rows that the store has not taken yet, in order.
        self._unkept: list[AlertRow] = []

    async def run(self) -> None:
        await self.load()
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def load(self) -> None:
        """What fired before a restart goes on, or ends now."""
        for row in await self._store.alerts.firing(everything("what was firing goes on")):
            self._firing[row.name, row.subject] = row
            self._keeper.adopt(row.name, row.subject, self._clock.steady())
        self._tell()

    async def look(self) -> None:
        now = self._clock.steady()
        events = self._keeper.step(alerts_of(self._settings().alert), self._measure(now), now)
        for event in events:
            self._happened(event, self._clock.now())
        await self._keep()
        if events:
            self._tell()

    @whole("the endpoint looked, in scope")
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
        self._unkept = [
            replace(it, acked_at=acked.acked_at, acked_by=who) if it.id == alert_id else it
            for it in self._unkept
        ]
        await self._store.alerts.put(acked)
        self._tell()
        return acked

    def _happened(self, event: Event, now: float) -> None:
        key = (event.name, event.subject)
        if event.began:
            row = AlertRow(
                id=new_id(), name=event.name, subject=event.subject, pool=event.pool,
                severity=event.severity, words=event.words, value=event.value, began_at=now,
                facts=event.facts,
            )  # fmt: skip
            self._firing[key] = row
        elif (before := self._firing.pop(key, None)) is not None:
            row = replace(before, ended_at=now)
            self._recent = [row, *self._recent][:RECENT]
        else:
            return
        log.warning("alert" if event.began else "alert is over", alert=row.name, words=row.words)
        self._unkept.append(row)

    async def _keep(self) -> None:
        """With the store away an alert is kept, and told, when it is back."""
        while self._unkept:
            try:
                await self._store.alerts.put(self._unkept[0])
            except StoreError as error:
                log.error("an alert could not be kept yet", error=str(error))
                return
            del self._unkept[0]

    def _tell(self) -> None:
        self._show(list(self._firing.values()), self._recent)
