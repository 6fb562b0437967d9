"""Settings that were taken come into force: campaigns in the store, rules, the engine's plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from dialer.engine.engine import Engine
from dialer.engine.plans import EnginePlan
from dialer.features.campaigns.service import ensure_campaign
from dialer.features.settings.rulebook import Rulebook, Rules
from dialer.ports.clock import Clock
from dialer.ports.store import Store, StoreError
from dialer.settings import Settings
from dialer.settings.campaigns import stored_settings

log = structlog.get_logger(__name__)


class InForce:
    """`by`: who changes settings now."""

    def __init__(self, store: Store, clock: Clock, by: Callable[[], str]) -> None:
        self._store, self._clock, self._by = store, clock, by

    async def begin(
        self, settings: Settings, rulebook: Rulebook, rules: Mapping[str, Rules]
    ) -> None:
        """Before the engine starts. Raises StoreError."""
        ids = await self._campaigns(settings)
        rulebook.replace(rules, ids)
        await self._keep(settings, ids)

    async def change(
        self,
        settings: Settings,
        plan: EnginePlan,
        rules: Mapping[str, Rules],
        *,
        engine: Engine,
        rulebook: Rulebook,
    ) -> None:
        """Raises ValueError or StoreError before anything has changed."""
        ids = await self._campaigns(settings)
        with rulebook.trying(rules, ids):
            await engine.apply(plan)
        try:
            await self._keep(settings, ids)
        except StoreError as error:
            # In force already: to say that nothing was taken would be untrue. Kept with the next.
            log.error("settings in force could not be kept", error=str(error))

    async def _campaigns(self, settings: Settings) -> dict[str, str]:
        """Campaigns of the settings in the store; their ids by name."""
        now, who = self._clock.now(), self._by()
        return {
            name: (await ensure_campaign(self._store, settings, name, now=now, who=who)).id
            for name in settings.campaign
        }

    async def _keep(self, settings: Settings, ids: Mapping[str, str]) -> None:
        """What is in force, as a new version of each campaign that changed."""
        for name, campaign in settings.campaign.items():
            await self._store.campaigns.set_settings(
                ids[name], stored_settings(campaign), now=self._clock.now(), who="settings"
            )
