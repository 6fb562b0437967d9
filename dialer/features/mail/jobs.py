"""What waits is sent; what is long over is forgotten."""

from __future__ import annotations

from typing import Final

from dialer.features.mail.service import send_due
from dialer.features.mail.store import outbox_of
from dialer.kit.context import ApiContext
from dialer.kit.jobs import Job

#: So long one sees what was sent, or was not.
KEPT_S = 60 * 86_400.0
PIECE = 500


async def send(context: ApiContext) -> None:
    """What is due, and how much waits."""
    now = context.clock.now()
    try:
        await send_due(context.store, context.settings().mail, now)
    finally:
        waiting = await outbox_of(context.store).waiting()
        context.metrics.mail = (waiting.count, waiting.since)


async def sweep(context: ApiContext) -> None:
    """In small pieces: a call's commit waits for one of them at most."""
    outbox, before = outbox_of(context.store), context.clock.now() - KEPT_S
    while await outbox.sweep(before=before, limit=PIECE):
        pass


#: Not while a service starts: phones come first.
SEND: Final = Job("mail", send, every_s=5.0, first_s=10.0)
SWEEP: Final = Job("old mail", sweep, every_s=3600.0, first_s=300.0)
