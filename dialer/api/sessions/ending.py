"""What ends with a session: live push and listening in at once, and its phone's password."""

from __future__ import annotations

import structlog

from dialer.api.context import ApiContext
from dialer.ports.store import StoreError

log = structlog.get_logger(__name__)


def rights_changed(context: ApiContext, who: str | None = None) -> None:
    """Of `who`, and of whoever sees them; None: of whoever it concerns. Live push looks anew."""
    if context.live is not None:
        context.live.doubt(who)


async def sessions_ended(
    context: ApiContext, who: str, *, only: str | None = None, but: str | None = None
) -> None:
    """Sessions of `who` are over: all, `only` one, or all `but` one.

    What fails here is done by the next sweep, and by live push's own look at rights.
    """
    if context.live is not None:
        context.live.end(who, only=only, but=but)
    if context.listening is not None:
        context.listening.end_of(who, only=only, but=but)
    if context.phones is not None:
        try:
            await context.phones.sweep()
        except StoreError as error:
            log.warning("phones' passwords could not be taken back yet", error=str(error))
