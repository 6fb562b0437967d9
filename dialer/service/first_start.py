"""The first start: one admin, and a way in that is told to a terminal and to nothing else."""

from __future__ import annotations

import sys
from typing import TextIO

import structlog

from dialer.accounts.grants import machine_grant
from dialer.api.accounts.service import ADMIN, first_admin
from dialer.api.doer import Doer
from dialer.ports.clock import Clock
from dialer.ports.store import Store

log = structlog.get_logger(__name__)


async def make_first_admin(store: Store, clock: Clock) -> None:
    """Where nobody has an account, makes one. Its password is never logged.

    Without a terminal nobody is told: what goes to a pipe or a journal stays there for long.
    """
    password = await first_admin(Doer(store, machine_grant(), clock.now))
    if password is None:
        return
    terminal = _terminal()
    if terminal is None:
        log.warning(
            "the first account was made; for its password run 'dialer account passwd admin'",
            account=ADMIN,
        )
        return
    print(
        f"\n  The first account: {ADMIN}\n  One-time password:  {password}\n"
        "  It is shown this once, and is to be changed at the first login.\n",
        file=terminal,
        flush=True,
    )


def _terminal() -> TextIO | None:
    return next((out for out in (sys.stdout, sys.stderr) if out.isatty()), None)
