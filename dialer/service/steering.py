"""What supervisors steer by, put together: settings from the console and their versions."""

from __future__ import annotations

from dialer.ports.clock import Clock
from dialer.ports.store import Store
from dialer.service.ledger import FROM_FILE, SettingsLedger
from dialer.service.reloading import Reloader


class Steering:
    """Made once the store is open; `start` when the engine is."""

    def __init__(self, store: Store, reloader: Reloader, clock: Clock) -> None:
        self._store, self._reloader, self._clock = store, reloader, clock
        self.ledger = SettingsLedger(store, clock)
        reloader.keep, reloader.version_of = self.ledger.note, self.ledger.version_of

    async def start(self) -> None:
        await self.ledger.note(self._reloader.settings, FROM_FILE)

    async def stop(self) -> None:
        return None
