"""Reading the settings again while the service runs: all of a change, or nothing of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from dialer.engine.plans import EnginePlan
from dialer.features.settings.changing import Changed, Faults, Tried, Wanted, tried, write_texts
from dialer.features.settings.ledger import FROM_FILE, Author
from dialer.features.settings.plan import engine_plan
from dialer.features.settings.rulebook import Rules, rules_of
from dialer.features.settings.voices import message_or_default
from dialer.ports.control import Refusal
from dialer.ports.steering import SettingsChange
from dialer.ports.store import StoreError
from dialer.settings import Problems, Settings, diff, load
from dialer.settings.changes import Reload, Reloaded

log = structlog.get_logger(__name__)

STORE_AWAY = "store-unavailable"

Apply = Callable[[Settings, EnginePlan, Mapping[str, Rules]], Awaitable[None]]
#: Keeps what is in force as versions, and tells which are new.
Keep = Callable[[Settings, Author], Awaitable[dict[str, SettingsChange]]]
#: The last version of a subject, 0 where there is none.
VersionOf = Callable[[str], Awaitable[int]]


async def _kept_nowhere(settings: Settings, author: Author) -> dict[str, SettingsChange]:
    return {}


async def _no_version(subject: str) -> int:
    return 0


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
    """One change at a time; file watcher, SIGHUP and API all come here."""

    def __init__(
        self,
        settings: Settings,
        apply: Apply,
        *,
        keep: Keep = _kept_nowhere,
        version_of: VersionOf = _no_version,
    ) -> None:
        self.settings = settings
        self.keep, self.version_of = keep, version_of
        self._apply = apply
        #: Who makes what is taken now.
        self.by = FROM_FILE.who
        #: The store was away when the files were to be taken, or what was taken to be kept.
        self.is_owed = False
        #: Whose change it was that could not be kept.
        self._author: Author | None = None
        self._lock = asyncio.Lock()

    async def reload(self, author: Author = FROM_FILE) -> Reloaded | Refusal:
        """Take the files as they are now, or say why not and change nothing."""
        async with self._lock:
            self.by = author.who
            outcome = await self._reload(author)
        if isinstance(outcome, Refusal):
            if outcome.slug == STORE_AWAY:
                log.warning("settings are taken when the store is back", why=outcome.message)
            else:
                log.error("settings not taken", why=outcome.message)
        elif outcome.changed or outcome.waiting:
            log.info("settings read", changed=outcome.changed, waiting=outcome.waiting)
        return outcome

    async def _reload(self, author: Author) -> Reloaded | Refusal:
        outcome = await self._read_and_take(author)
        self.is_owed = isinstance(outcome, Refusal) and outcome.slug == STORE_AWAY
        return outcome

    async def _read_and_take(self, author: Author) -> Reloaded | Refusal:
        found = await asyncio.to_thread(load, self.settings.source, os.environ)
        if isinstance(found, Problems):
            return Refusal("invalid-settings", "; ".join(str(it) for it in found.all[:20]))
        change = diff(self.settings, found)
        if isinstance(change, str):
            return Refusal("needs-restart", change)
        if (refusal := await self._take(change)) is not None:
            return refusal
        try:
            await self.keep(self.settings, self._author or author)
        except StoreError as error:
            return Refusal(STORE_AWAY, str(error))
        self._author = None
        return Reloaded(
            [str(it) for it in change.live],
            [str(it) for it in change.waiting],
        )

    async def _take(self, change: Reload) -> Refusal | None:
        """Put what is live in force; why not, and then everything is as before."""
        try:
            plan, rules = await asyncio.to_thread(prepared, change.effective)
            await self._apply(change.effective, plan, rules)
        except ValueError as error:
            return Refusal("invalid-settings", str(error))
        except StoreError as error:
            return Refusal(STORE_AWAY, str(error))
        self.settings = change.effective
        return None

    async def change(self, wanted: Sequence[Wanted], author: Author) -> Changed | Faults | Refusal:
        """Change keys in the settings files and take them, all or nothing."""
        async with self._lock:
            self.by = author.who
            outcome = await self._change(wanted, author)
        if isinstance(outcome, Changed):
            log.info("settings changed", who=author.who, subjects=list(outcome.versions))
        return outcome

    async def _change(self, wanted: Sequence[Wanted], author: Author) -> Changed | Faults | Refusal:
        for it in wanted:
            if it.version is not None and await self.version_of(it.subject) != it.version:
                return Refusal(
                    "stale", f"{it.subject} was changed by someone else meanwhile: look again"
                )
        trial = await asyncio.to_thread(tried, self.settings, wanted)
        if not isinstance(trial, Tried):
            return trial
        try:
            await asyncio.to_thread(write_texts, trial.after)
            refusal = await self._take(trial.reload)
        except OSError as error:
            refusal = Refusal(
                "cannot-write", f"the settings file cannot be written: {error.strerror}"
            )
        except BaseException:
            _put_back(trial)
            raise
        if refusal is not None:
            await asyncio.to_thread(_put_back, trial)
            return refusal
        try:
            versions = await self.keep(self.settings, author)
        except StoreError:
            # In force already: to say that it was refused would be untrue.
            self.is_owed, self._author, versions = True, author, {}
        return Changed(versions, [str(it) for it in trial.reload.waiting])

    async def effect_of(self, wanted: Sequence[Wanted]) -> Settings | Faults | Refusal:
        """The settings as a change would make them; nothing is changed."""
        trial = await asyncio.to_thread(tried, self.settings, wanted)
        return trial.reload.effective if isinstance(trial, Tried) else trial


def _put_back(trial: Tried) -> None:
    """The files with the texts they had."""
    try:
        write_texts(trial.before)
    except OSError as error:
        log.error("the settings file could not be put back", error=error.strerror)
