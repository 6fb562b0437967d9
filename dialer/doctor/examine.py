"""All checks, one after the other, none able to stop the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from dialer.doctor import asterisk, calendars, data, machine, mail
from dialer.doctor.check import Check, fail
from dialer.doctor.ports import ports
from dialer.settings import Settings

Found = Check | list[Check]


def examine(settings: Settings, *, service_runs: bool = False) -> list[Check]:
    """Every check in the order in which a person would mend things.

    `service_runs`: the service of these settings is up, so its ports are taken by itself.
    """
    asterisk_runs = asterisk.answers(settings)
    here: list[tuple[str, Callable[[], Found]]] = [
        ("python", machine.python),
        ("settings", lambda: machine.settings_file(settings)),
        ("state folder", lambda: machine.state_folder(settings)),
        ("disk", lambda: machine.disk(settings)),
        ("open files", machine.open_files),
        ("precedence", lambda: machine.precedence(settings)),
        ("clock", machine.clock),
        ("clock jumps", lambda: machine.clock_jumps(settings, datetime.now(UTC).timestamp())),
        ("time zones", lambda: calendars.time_zones(datetime.now(UTC))),
        ("holidays", lambda: calendars.public_holidays(settings, datetime.now(UTC))),
        ("database", lambda: asyncio.run(data.database(settings))),
        ("bus", lambda: asyncio.run(data.bus(settings))),
        ("mail", lambda: asyncio.run(mail.server(settings))),
        ("asterisk", lambda: asterisk.installed(settings)),
        ("phones", lambda: asterisk.phones(settings)),
        (
            "ports",
            lambda: ports(settings, service_runs=service_runs, asterisk_runs=asterisk_runs),
        ),
        ("manager login", lambda: _manager(settings, asterisk_runs)),
    ]
    found: list[Check] = []
    for name, check in here:
        result = _guarded(name, check)
        found += result if isinstance(result, list) else [result]
    return found


def _manager(settings: Settings, asterisk_runs: bool) -> Found:
    if not asterisk_runs:
        return asterisk.not_running(settings)
    return asyncio.run(asterisk.logins(settings))


def _guarded(name: str, check: Callable[[], Found]) -> Found:
    """A check that breaks is a finding, too."""
    try:
        return check()
    except Exception as error:  # the others must still be made
        return fail(name, f"the check itself failed: {error!r}", "report this")
