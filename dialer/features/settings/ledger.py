"""Every version of the settings of pools and campaigns, whoever changed them and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from msgspec import Struct

from dialer.ports.clock import Clock
from dialer.ports.steering import KeyChange, SettingsChange
from dialer.ports.store import Store, StoreError
from dialer.settings import Settings
from dialer.settings.keys import Subject, keys_of, values_of
from dialer.words import Origin

log = structlog.get_logger(__name__)


class Author(Struct, frozen=True):
    """Who changes settings, and why."""

    who: str = "settings"
    because: str = ""
    origin: Origin = "file"
    undoes: int | None = None


FROM_FILE = Author()


class SettingsLedger:
    """The versions in the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def note(self, settings: Settings, author: Author) -> dict[str, SettingsChange]:
        """What is not as the last version has it becomes a new one; those, by subject.

        The settings are in force already: a store that fails is told of and caught up later.
        """
        made: dict[str, SettingsChange] = {}
        try:
            for subject, values in subjects(settings):
                change = await self._noted(subject, values, author)
                if change is not None:
                    made[subject] = change
        except StoreError as error:
            log.error("versions of settings could not be kept", error=str(error))
        return made

    async def version_of(self, subject: str) -> int:
        """The last version; 0: there is none."""
        latest = await self._store.settings_versions.latest(subject)
        return 0 if latest is None else latest.version

    async def _noted(
        self, subject: str, values: Mapping[str, Any], author: Author
    ) -> SettingsChange | None:
        before = await self._store.settings_versions.latest(subject)
        changes = [] if before is None else changed_keys(subject, before.settings, values)
        if before is not None and not changes:
            return None
        change = SettingsChange(
            subject=subject,
            version=1 if before is None else before.version + 1,
            settings=values,
            changed_at=self._clock.now(),
            changed_by=author.who,
            origin=author.origin,
            because=author.because,
            changes=tuple(changes),
            undoes=author.undoes,
        )
        return change if await self._store.settings_versions.add(change) else None


def subjects(settings: Settings) -> Iterator[tuple[str, dict[str, Any]]]:
    """pool/NAME and campaign/NAME with every key's value."""
    for name, pool in settings.pools.items():
        yield f"pool/{name}", values_of(pool)
    for name, campaign in settings.campaign.items():
        yield f"campaign/{name}", values_of(campaign)


def changed_keys(
    subject: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[KeyChange]:
    """A key that an older version of the program did not have had its default."""
    usual = defaults(subject)
    return [
        KeyChange(key, before.get(key, usual.get(key)), value)
        for key, value in after.items()
        if before.get(key, usual.get(key)) != value
    ]


def kind_of_subject(subject: str) -> Subject:
    return "pool" if subject.startswith("pool/") else "campaign"


def defaults(subject: str) -> dict[str, Any]:
    return {key.key: key.default for key in keys_of(kind_of_subject(subject))}
