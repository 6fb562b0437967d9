"""A browser phone's password ends with its session, and goes on with one that goes on."""

from __future__ import annotations

import structlog

from dialer.features.phones.parts import PHONES
from dialer.kit.context import ApiContext
from dialer.kit.rights import Ending, Watcher
from dialer.ports.store import StoreError

log = structlog.get_logger(__name__)


async def _end(context: ApiContext, _it: Ending) -> None:
    if (phones := PHONES.of(context)) is not None:
        try:
            await phones.sweep()
        except StoreError as error:
            log.warning("phones' passwords could not be taken back yet", error=str(error))


async def _renew(context: ApiContext, before: str, after: str) -> None:
    if (phones := PHONES.of(context)) is not None:
        await phones.session_goes_on(before, after)


WATCHER = Watcher(ends=_end, renews=_renew)
