"""Whom to tell now: those of the settings file, and those made on a screen."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping

import structlog
from pydantic import ValidationError

from dialer.features.webhooks.records import Receiver
from dialer.features.webhooks.store import RECEIVERS
from dialer.ports.records import RecordQuery
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import Store
from dialer.settings.alerts import WebhookSettings

log = structlog.get_logger(__name__)

Hooks = Mapping[str, WebhookSettings]
#: In the file of secrets: of it the secret of each receiver follows, so that none is kept.
KEY = "webhooks.key"
_MOST = 500


class Book:
    """`key`: of this installation. `of_file`: what the settings file says now; its names win."""

    def __init__(self, store: Store, key: bytes, of_file: Callable[[], Hooks]) -> None:
        self._store, self._key, self._of_file = store, key, of_file
        self._made: Hooks = {}

    def hooks(self) -> Hooks:
        """As they were when they were read last."""
        return {**self._made, **self._of_file()}

    async def read(self) -> None:
        """Look up those made on a screen. Raises StoreError, and then they stay as they were."""
        query = RecordQuery(sort="name", desc=False, limit=_MOST)
        found = await self._store.kept(RECEIVERS).page(query, EVERYTHING)
        self._made = {it.name: hook for it in found if (hook := self._hook(it)) is not None}

    def secret(self, receiver: Receiver) -> str:
        """Another one for each receiver, and after each change of `secret_no`."""
        about = f"{receiver.id}.{receiver.secret_no}".encode()
        return hmac.new(self._key, about, hashlib.sha256).hexdigest()

    def _hook(self, it: Receiver) -> WebhookSettings | None:
        """None: an older or newer program wrote what this one does not take."""
        try:
            return WebhookSettings.model_validate(
                {
                    "url": it.url,
                    "secret": self.secret(it),
                    "events": tuple(it.events),
                    "numbers": it.numbers,
                    "on": it.on,
                    "timeout_s": it.timeout_s,
                }
            )
        except ValidationError as error:
            why = error.errors()[0]["msg"]
            log.error("a receiver of webhooks cannot be used", receiver=it.name, why=why)
            return None
