"""The first start: one admin, and a way in that is told to a terminal and to nothing else."""

from __future__ import annotations

import sys
from typing import TextIO

import structlog

from dialer.features.accounts.service import first_admin
from dialer.features.roles.public import machine_grant
from dialer.kit.doer import Doer
from dialer.ports.clock import Clock
from dialer.ports.store import Store

log = structlog.get_logger(__name__)


async def make_first_admin(store: Store, clock: Clock) -> None:
    """Where nobody can make accounts, makes one who can. Its password is never logged.

    Without a terminal nobody is told: what goes to a pipe or a journal stays there for long.
    """
    made = await first_admin(Doer(store, machine_grant(), clock.now))
    if made is None:
        return
    name, password = made
    terminal = _terminal()
    if terminal is None:
        log.warning(
            f"an administrator's account was made; for its password run "
            f"'dialer account passwd {name}'",
            account=name,
        )
        return
    print(
        f"\n  The administrator's account: {name}\n  One-time password:  {password}\n"
        "  It is shown this once, and is to be changed at the first login.\n"
        f"  Lost it? 'dialer account passwd {name}' gives another.\n",
        file=terminal,
        flush=True,
    )


def _terminal() -> TextIO | None:
    return next((out for out in (sys.stdout, sys.stderr) if out.isatty()), None)
