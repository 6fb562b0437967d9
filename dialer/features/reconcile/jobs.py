"""Days are looked at by night, and what is open is counted."""

from __future__ import annotations

from typing import Final

from dialer.features.reconcile.parts import RECONCILER
from dialer.kit.context import ApiContext
from dialer.kit.jobs import Job


async def look(context: ApiContext) -> None:
    """Where it is time for a day."""
    if (nightly := RECONCILER.of(context)) is not None:
        await nightly.look()


#: Not while a service starts: phones come first.
LOOK: Final = Job("reconciling", look, every_s=60.0, first_s=60.0)
