"""Campaigns that start and pause by their schedules, once at each boundary.

What somebody starts, pauses or stops by hand between two boundaries stays so until the next one.
How far a schedule was carried out is kept, so that a service that was away at a boundary makes up
for it, and one that starts again in between changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from msgspec import Struct

from dialer.ports.audit import AuditEntry
from dialer.ports.clock import Clock
from dialer.ports.control import Refusal, Scheduled
from dialer.ports.steering import ScheduleMark
from dialer.ports.store import Campaign, Store, StoreError
from dialer.settings import Settings
from dialer.settings.schedule import (
    ScheduleSettings,
    is_open,
    last_boundary,
    next_boundary,
)
from dialer.words import CampaignState, ScheduledOrder

log = structlog.get_logger(__name__)

#: A boundary is noticed within this.
LOOK_EVERY_S = 5.0
WHO = "schedule"


class Due(Struct, frozen=True):
    """What a schedule asks for now. `act` None: nothing; `mark` is kept in any case."""

    act: ScheduledOrder | None
    mark: ScheduleMark


def due(
    schedule: ScheduleSettings,
    campaign: Campaign,
    mark: ScheduleMark | None,
    now: float,
    machine_zone: str,
) -> Due | None:
    """Whether a boundary was passed, or the schedule changed, since `mark`; None: neither."""
    if not schedule.is_followed:
        return None
    boundary, form = last_boundary(schedule, now, machine_zone), schedule.form
    # A boundary that is still to come was carried out while the clock was ahead.
    is_done = mark is not None and mark.form == form and boundary <= mark.boundary <= now
    if is_done:
        return None
    wanted: ScheduledOrder = "start" if is_open(schedule, now, machine_zone) else "pause"
    runs = campaign.state is CampaignState.RUNNING
    act = wanted if runs != (wanted == "start") else None
    return Due(act, ScheduleMark(campaign.id, boundary, form))


def shown(
    schedule: ScheduleSettings, runs: bool, now: float, machine_zone: str
) -> Scheduled | None:
    """What comes next by itself, and whether somebody made it otherwise for now; None: nothing."""
    if not schedule.is_followed:
        return None
    opened = is_open(schedule, now, machine_zone)
    at = next_boundary(schedule, now, machine_zone)
    return Scheduled(at=at, what="pause" if opened else "start", overridden=runs != opened)


class Schedules:
    """Looks at all schedules every few seconds."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Callable[[], Settings],
        campaigns: Callable[[], Mapping[str, Campaign]],
        order: Mapping[ScheduledOrder, Callable[[str], Awaitable[Refusal | None]]],
        *,
        machine_zone: str,
        show: Callable[[dict[str, Scheduled]], None] = lambda shown: None,
    ) -> None:
        self._store, self._clock, self._settings = store, clock, settings
        self._campaigns, self._order, self._zone = campaigns, order, machine_zone
        self._show = show
        self._marks: dict[str, ScheduleMark] | None = None

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except StoreError as error:
                log.error("schedules could not be looked at", error=str(error))
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Carry out what is due, and show what comes next."""
        if self._marks is None:
            self._marks = dict(await self._store.schedule_marks.all())
        now, found = self._clock.now(), {}
        for name, described in self._settings().campaign.items():
            campaign = self._campaigns().get(name)
            if campaign is None:
                continue
            asked = due(described.schedule, campaign, self._marks.get(campaign.id), now, self._zone)
            if asked is not None:
                await self._carry_out(name, asked)
            runs = self._campaigns()[name].state is CampaignState.RUNNING
            if (row := shown(described.schedule, runs, now, self._zone)) is not None:
                found[name] = row
        self._show(found)

    async def _carry_out(self, name: str, asked: Due) -> None:
        assert self._marks is not None
        if asked.act is not None:
            refusal = await self._order[asked.act](name)
            if refusal is not None:
                log.error("a schedule was not carried out", campaign=name, why=refusal.message)
                return
            log.info("by schedule", campaign=name, order=asked.act)
            await self._store.audit.record(
                AuditEntry(
                    at=self._clock.now(), who=WHO, what=f"campaign.{asked.act}", subject=name
                )
            )
        await self._store.schedule_marks.put(asked.mark)
        self._marks[asked.mark.campaign_id] = asked.mark
