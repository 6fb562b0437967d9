"""What the list is rid of by itself."""

from __future__ import annotations

from typing import Final

from dialer.kit.context import ApiContext
from dialer.kit.jobs import Job


async def forget_changes(context: ApiContext) -> None:
    """Changes of the list can be undone for service.undo_dnc_days."""
    before = context.clock.now() - context.settings().service.undo_dnc_days * 86_400
    await context.store.dnc.forget_changes(before=before)


FORGET_CHANGES: Final = Job("old do-not-call changes", forget_changes, every_s=3600.0)
