"""Whom each running campaign can call now and next, looked at all the time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import structlog

from dialer.leads.outlook import outlook_of
from dialer.ports.clock import Clock
from dialer.ports.outlook import Foresight, LeadOutlook
from dialer.ports.store import Campaign, Store, StoreError
from dialer.words import CampaignState

log = structlog.get_logger(__name__)

#: A look reads the index of a campaign's leads and judges a hundred of them: some 10 ms.
LOOK_EVERY_S = 15.0
#: A campaign that was just started, and one whose next lead is due, is looked at so soon.
LOOK_SOON_S = 1.0


class OutlookWatch:
    """`show` is given all outlooks after each look."""

    def __init__(
        self,
        store: Store,
        foresight: Foresight,
        clock: Clock,
        campaigns: Callable[[], Mapping[str, Campaign]],
        show: Callable[[Mapping[str, LeadOutlook]], None],
    ) -> None:
        self._store, self._foresight, self._clock = store, foresight, clock
        self._campaigns, self._show = campaigns, show
        self._found: dict[str, LeadOutlook] = {}
        self._looked: dict[str, float] = {}

    async def run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SOON_S)

    async def look(self) -> None:
        """At those whose last look is old, or outlived by the time it told."""
        now = self._clock.now()
        running = {
            name: it for name, it in self._campaigns().items() if it.state is CampaignState.RUNNING
        }
        for gone in self._found.keys() - running.keys():
            del self._found[gone]
            self._looked.pop(gone, None)
        for name, campaign in running.items():
            if self._is_old(name, now):
                await self._look_at(name, campaign, now)
        self._show(dict(self._found))

    def _is_old(self, name: str, now: float) -> bool:
        looked, found = self._looked.get(name), self._found.get(name)
        if looked is None or not 0.0 <= now - looked < LOOK_EVERY_S:
            return True
        return found is not None and not found.now and looked < (found.next_at or 0.0) <= now

    async def _look_at(self, name: str, campaign: Campaign, now: float) -> None:
        self._looked[name] = now
        try:
            counts = await self._store.leads.counts(campaign.id)
            found = await outlook_of(self._store, self._foresight, campaign.id, counts, now)
        except StoreError as error:
            log.warning("nobody can tell whom to call", campaign=name, error=str(error))
            return
        self._found[name] = found
