"""Every night, the days that are over and were not looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from datetime import UTC, date, datetime, timedelta

import structlog

from dialer.features.reconcile.keeping import Reconciler, whole_from
from dialer.features.reconcile.looking import place_of
from dialer.ports.clock import Clock
from dialer.ports.store import Store
from dialer.settings import Settings
from dialer.zonedata import local_zone, zone_named

log = structlog.get_logger(__name__)

#: By this machine's clock, when few are called. What was missed is made good at any hour.
NIGHT = range(1, 5)
MISSED_S = 36 * 3600.0
#: So far back the nights are made good in which no service ran.
BACK = timedelta(days=7)
WHO = "reconcile"


def due(checked: Set[date], now: datetime) -> list[date]:
    """Days (UTC) to look at now, the oldest first. `now` is by this machine's own zone."""
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(BACK.days, 0, -1)]
    return [day for day in days if day not in checked and _is_time(day, now)]


def _is_time(day: date, now: datetime) -> bool:
    since_s = now.timestamp() - whole_from(day)
    return since_s >= MISSED_S or (since_s >= 0 and now.hour in NIGHT)


class Nightly:
    """`open` is how many differences there are that nobody has settled, by kind; `show` is given
    it whenever it was counted.
    """

    def __init__(
        self,
        store: Store,
        settings: Callable[[], Settings],
        clock: Clock,
        show: Callable[[Mapping[str, int]], None],
    ) -> None:
        self._clock, self._show = clock, show
        self.reconciler = Reconciler(store, lambda: place_of(settings()), clock.now)
        self.open: Mapping[str, int] = {}

    async def close(self) -> None:
        self.reconciler.close()

    async def look(self) -> None:
        now = datetime.fromtimestamp(self._clock.now(), zone_named(local_zone()))
        checked = await self.reconciler.checked((now - BACK).date() - timedelta(days=1))
        for day in due(checked, now):
            looked = await self.reconciler.look(day, WHO)
            count = looked.check.found
            tell = log.warning if count else log.info
            tell("a day was reconciled", day=day.isoformat(), differences=count)
        self.open = await self.reconciler.open()
        self._show(self.open)
