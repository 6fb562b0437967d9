"""What supervisors steer by, put together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from dialer.api.live.feed import Posted
from dialer.api.live.hub import TopicName
from dialer.api.live.messages import row
from dialer.api.live.push import LivePush
from dialer.engine.control import EngineControl
from dialer.engine.engine import Engine
from dialer.engine.tasks import spawn, stop
from dialer.ports.clock import FloorClock
from dialer.ports.control import Refusal, Scheduled
from dialer.ports.steering import AlertRow
from dialer.ports.store import Store
from dialer.service.alerting import Alerting
from dialer.service.changing import Faults, Wanted
from dialer.service.floor_now import Windows, dialed_by_itself, floor_now
from dialer.service.ledger import FROM_FILE, SettingsLedger
from dialer.service.measuring import Measuring
from dialer.service.reloading import Reloader
from dialer.service.schedules import Schedules
from dialer.service.simulations import Effect, Simulations, job_of
from dialer.service.trunk_figures import TrunkFigures
from dialer.service.upkeep import forever
from dialer.service.webhooks import Webhooks
from dialer.settings import Settings
from dialer.sim.effect import FloorNow, scenario_data
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
    engine: Engine
    control: EngineControl
    clock: FloorClock
    windows: Callable[[], Windows]
    failures: Callable[[], float]
    live: LivePush
    trunks: TrunkFigures


class Steering:
    """Made and started once the engine runs."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._reloader = parts, parts.reloader
        self.ledger = SettingsLedger(parts.store, parts.clock)
        parts.reloader.keep, parts.reloader.version_of = self.ledger.note, self.ledger.version_of
        self.simulations = Simulations(parts.clock)
        parts.engine.moves.on_change = parts.live.agent_changed
        self.webhooks = Webhooks(parts.store, parts.clock, lambda: self._reloader.settings.webhook)
        self.announce = self.webhooks.announce
        self.measuring = Measuring(
            parts.engine,
            lambda: self._reloader.settings,
            windows=parts.windows,
            leads=lambda: parts.control.lead_counts,
            failures=parts.failures,
            node=self._reloader.settings.asterisk.node,
            trunks=parts.trunks,
        )
        parts.engine.watch(self.measuring)
        self.alerting = Alerting(
            parts.store,
            parts.clock,
            lambda: self._reloader.settings,
            self.measuring.measure,
            show=self._show_alerts,
            announce=self.announce,
        )
        self.schedules = Schedules(
            parts.store,
            parts.clock,
            lambda: self._reloader.settings,
            lambda: parts.engine.campaigns,
            {"start": parts.control.campaign_start, "pause": parts.control.campaign_pause},
            machine_zone=local_zone(),
            show=self._show_schedules,
            announce=self.announce,
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """What is in force is a version, too."""
        await self.ledger.note(self._reloader.settings, FROM_FILE)
        self._tasks = [
            spawn(forever(self.schedules.run), name="schedules"),
            spawn(forever(self.webhooks.run), name="webhooks"),
            spawn(forever(self.alerting.run), name="alerts"),
            spawn(forever(self._count_leads), name="count leads"),
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
