"""`dialer doctor`: checks of everything the service needs, each with its remedy."""

from __future__ import annotations

import typer

from dialer.cli.client import running_service
from dialer.cli.here import settings_from
from dialer.cli.options import ConfigOption, JsonOption
from dialer.cli.output import print_json, print_table


def doctor(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Check everything the service needs: ok, warn or FAIL, and what to do about it.

    Exit status 1 when a check fails.
    """
    from dialer.doctor import examine  # noqa: PLC0415

    settings = settings_from(config)
    checks = examine(settings, service_runs=running_service(settings) is not None)
    failed = any(check.state == "fail" for check in checks)
    if json_:
        print_json(
            {
                "ok": not failed,
                "checks": [
                    {
                        "name": check.name,
                        "state": check.state,
                        "what": check.what,
                        "remedy": check.remedy,
                    }
                    for check in checks
                ],
            }
        )
    else:
        shown = {"ok": "ok", "warn": "warn", "fail": "FAIL"}
        rows = [(check.name, shown[check.state], check.what, check.remedy) for check in checks]
        print_table(("check", "state", "what", "remedy"), rows)
    if failed:
        faults = sum(check.state == "fail" for check in checks)
        typer.echo(f"dialer: {faults} of {len(checks)} checks failed", err=True)
        raise typer.Exit(1)
