"""Passwords of phones end with the sessions they were given to."""

from __future__ import annotations

from typing import Final

from dialer.features.phones.desk import SWEEP_EVERY_S
from dialer.features.phones.parts import PHONES
from dialer.kit.context import ApiContext
from dialer.kit.jobs import Job


async def sweep(context: ApiContext) -> None:
    """Take back what has no session any more."""
    if (phones := PHONES.of(context)) is not None:
        await phones.sweep()


SWEEP: Final = Job("phones' passwords", sweep, every_s=SWEEP_EVERY_S)
