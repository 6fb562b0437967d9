"""What supervisors steer by, put together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from dialer.engine.control import EngineControl
from dialer.engine.engine import Engine
from dialer.features.alerts.alerting import Alerting
from dialer.features.alerts.measuring import Measuring
from dialer.features.campaigns.outlooks import OutlookWatch
from dialer.features.campaigns.schedules import WHO, Schedules
from dialer.features.live.feed import Posted
from dialer.features.live.hub import TopicName
from dialer.features.live.messages import row
from dialer.features.live.push import LivePush
from dialer.features.operations.trunk_figures import TrunkFigures
from dialer.features.settings.changing import Faults, Wanted
from dialer.features.settings.ledger import FROM_FILE, SettingsLedger
from dialer.features.settings.reloading import Reloader
from dialer.features.simulations.floor_now import Windows, dialed_by_itself, floor_now
from dialer.features.simulations.trials import Effect, Simulations, job_of
from dialer.features.webhooks.book import Book
from dialer.features.webhooks.listeners import Telling
from dialer.features.webhooks.sending import Webhooks
from dialer.kit.journal import JournalRunner
from dialer.ports.clock import FloorClock
from dialer.ports.control import Refusal, Scheduled
from dialer.ports.outlook import Foresight, Outlooks
from dialer.ports.steering import AlertRow
from dialer.ports.store import Store
from dialer.service.upkeep import forever
from dialer.settings import Settings
from dialer.sim.effect import FloorNow, scenario_data
from dialer.tasks import spawn, stop
from dialer.zonedata import local_zone

LEADS_EVERY_S = 15.0
ALERTS = TopicName("alerts")

#: (reps at most, minutes): how far ahead a simulation looks, so that its runs fit into its time.
AHEAD = ((30, 30.0), (80, 20.0), (10_000, 10.0))


@dataclass(frozen=True)
class Parts:
    """What steering works with."""

    store: Store
    reloader: Reloader
    ledger: SettingsLedger
    engine: Engine
    control: EngineControl
    clock: FloorClock
    windows: Callable[[], Windows]
    failures: Callable[[], float]
    live: LivePush
    trunks: TrunkFigures
    foresight: Foresight
    webhooks_key: bytes
    differences: Callable[[], Mapping[str, int]] = dict


class Steering:
    """Made and started once the engine runs."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._reloader = parts, parts.reloader
        self.simulations = Simulations(parts.clock)
        parts.engine.moves.on_change = parts.live.agent_changed
        self.book = Book(parts.store, parts.webhooks_key, lambda: self._reloader.settings.webhook)
        self.webhooks = Webhooks(parts.store, parts.clock, self.book.hooks)
        self.telling = Telling(parts.clock, self.book.hooks, self.webhooks.wake)
        self.journal = JournalRunner(
            parts.store.journal,
            [self.telling],
            parts.clock,
            lambda: self._reloader.settings.service.keep_journal_days * 86_400.0,
        )
        self.measuring = Measuring(
            parts.engine,
            lambda: self._reloader.settings,
            windows=parts.windows,
            leads=lambda: parts.control.lead_counts,
            failures=parts.failures,
            node=self._reloader.settings.asterisk.node,
            trunks=parts.trunks,
            differences=parts.differences,
        )
        parts.engine.watch(self.measuring)
        self.alerting = Alerting(
            parts.store,
            parts.clock,
            lambda: self._reloader.settings,
            self.measuring.measure,
            show=self._show_alerts,
        )
        self.schedules = Schedules(
            parts.store,
            parts.clock,
            lambda: self._reloader.settings,
            lambda: parts.engine.campaigns,
            {
                "start": partial(parts.control.campaign_start, who=WHO),
                "pause": partial(parts.control.campaign_pause, who=WHO),
            },
            machine_zone=local_zone(),
            show=self._show_schedules,
        )
        self.outlooks = OutlookWatch(
            parts.store,
            parts.foresight,
            parts.clock,
            lambda: parts.engine.campaigns,
            show=self._show_outlooks,
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """What is in force is a version, too."""
        # Before anything is told or sent: who is not known yet would miss it.
        await self.book.read()
        await self.journal.join()
        await self._parts.ledger.note(self._reloader.settings, FROM_FILE)
        self._tasks = [
            spawn(forever(self.schedules.run), name="schedules"),
            spawn(forever(self.journal.run), name="journal"),
            spawn(forever(self.webhooks.run), name="webhooks"),
            spawn(forever(self.alerting.run), name="alerts"),
            spawn(forever(self._count_leads), name="count leads"),
            spawn(forever(self.outlooks.run), name="lead outlooks"),
        ]

    async def stop(self) -> None:
        await stop(*self._tasks)
        await self.webhooks.close()
        await self.simulations.close()

    async def _count_leads(self) -> None:
        """Alerts go by the counts of leads, whether anybody looks at a screen or not."""
        while True:
            await self._parts.control.count_leads()
            await asyncio.sleep(LEADS_EVERY_S)

    def _show_alerts(self, firing: list[AlertRow], recent: list[AlertRow]) -> None:
        for section, rows in (("firing", firing), ("recent", recent)):
            posted = {it.id: Posted(row(it), it.pool) for it in rows}
            self._parts.live.post(ALERTS, section, posted)

    def _show_schedules(self, shown: dict[str, Scheduled]) -> None:
        self._parts.engine.scheduled = shown

    def _show_outlooks(self, found: Outlooks) -> None:
        self._parts.engine.outlooks = found

    # --- simulated effects ------------------------------------------------------------------------

    async def simulate(
        self,
        pool: str,
        wanted: Sequence[Wanted],
        who: str,
        reps: int | None,
        minutes: float | None,
    ) -> Effect | Faults | Refusal:
        """Begin a simulation of the changes on the floor as it is now."""
        changed = await self._reloader.effect_of(wanted) if wanted else self._reloader.settings
        if not isinstance(changed, Settings):
            return changed
        parts = self._parts
        floor = await floor_now(
            parts.engine,
            parts.store,
            self._reloader.settings,
            pool,
            windows=parts.windows(),
            leads=parts.control.lead_counts,
            reps=reps,
        )
        if isinstance(floor, Refusal):
            return floor
        return await self._begin(pool, floor, changed, Effect(
            id="", pool=pool, who=who, started_at=0.0, minutes=minutes or _ahead(floor),
            reps=sum(group.count for group in floor.reps),
            changes={it.subject: dict(it.changes) for it in wanted},
        ))  # fmt: skip

    async def _begin(
        self, pool: str, floor: FloorNow, changed: Settings, effect: Effect
    ) -> Effect | Refusal:
        engine = self._parts.engine
        names = dialed_by_itself(engine, self._reloader.settings, pool)
        sides = [
            await asyncio.to_thread(
                scenario_data,
                floor,
                settings.pools[pool],
                {name: settings.campaign[name] for name in names if name in settings.campaign},
                effect.minutes,
            )
            for settings in (self._reloader.settings, changed)
        ]
        (now, notes), (then, _) = sides
        saved = engine.runners[pool].floor.pacer.save()
        told = replace(effect, notes=notes)
        return self.simulations.start(told, job_of(now, then, saved, floor.ledger))


def _ahead(floor: FloorNow) -> float:
    reps = sum(group.count for group in floor.reps)
    return next(minutes for most, minutes in AHEAD if reps <= most)
