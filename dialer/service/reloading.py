"""Reading the settings again while the service runs: all of a change, or nothing of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping

import structlog

from dialer.api.context import Reloaded
from dialer.engine.plans import EnginePlan
from dialer.ports.control import Refusal
from dialer.ports.store import StoreError
from dialer.service.plan import engine_plan
from dialer.service.rulebook import Rules, rules_of
from dialer.service.voices import message_or_default
from dialer.settings import Problems, Settings, diff, load

log = structlog.get_logger(__name__)

Apply = Callable[[Settings, EnginePlan, Mapping[str, Rules]], Awaitable[None]]


def prepared(settings: Settings) -> tuple[EnginePlan, dict[str, Rules]]:
    """Everything the engine needs of the settings, made before anything changes.

    Takes a moment where a message must be spoken first. Raises ValueError.
    """
    rules = rules_of(settings)

    def message(campaign: str) -> str:
        sound, fault = message_or_default(settings, campaign)
        if fault:
            log.warning("the dialplan's own message is played", campaign=campaign, error=fault)
        return sound

    return engine_plan(settings, message), rules


class Reloader:
    """One reload at a time; file watcher, SIGHUP and API all come here."""

    def __init__(self, settings: Settings, apply: Apply) -> None:
        self.settings = settings
        self._apply = apply
        self._lock = asyncio.Lock()

    async def reload(self) -> Reloaded | Refusal:
        """Take the files as they are now, or say why not and change nothing."""
        async with self._lock:
            outcome = await self._reload()
        if isinstance(outcome, Refusal):
            log.error("settings not taken", why=outcome.message)
        elif outcome.changed or outcome.waiting:
            log.info("settings read", changed=outcome.changed, waiting=outcome.waiting)
        return outcome

    async def _reload(self) -> Reloaded | Refusal:
        found = await asyncio.to_thread(load, self.settings.source, os.environ)
        if isinstance(found, Problems):
            return Refusal("invalid-settings", "; ".join(str(it) for it in found.all[:20]))
        change = diff(self.settings, found)
        if isinstance(change, str):
            return Refusal("needs-restart", change)
        try:
            plan, rules = await asyncio.to_thread(prepared, change.effective)
        except ValueError as error:
            return Refusal("invalid-settings", str(error))
        try:
            await self._apply(change.effective, plan, rules)
        except ValueError as error:
            return Refusal("invalid-settings", str(error))
        except StoreError as error:
            return Refusal("store-unavailable", str(error))
        self.settings = change.effective
        return Reloaded(
            [str(it) for it in change.live],
            [str(it) for it in change.waiting],
        )
