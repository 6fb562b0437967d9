"""`dialer replay`: a recorded day again, and what would have been under other settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from
from dialer.cli.output import print_json
from dialer.cli.simulate.answers import print_what_if, said
from dialer.cli.simulate.tables import plain
from dialer.sim.compare import CannotFitError, WhatIf, what_if
from dialer.sim.day import RecordedDay, day_bounds, day_logs, run_again
from dialer.words import Language
from dialer.zonedata import local_zone

if TYPE_CHECKING:
    from dialer.cli.simulate.work import Work


def replay_day(
    pool: str,
    date: str,
    changes: list[str],
    work: Work,
    lang: Language,
    *,
    json_: bool,
    config: Path | None,
) -> None:
    """Do the command. Raises Failure, after what was found is printed, if the replay differs."""
    day = _recorded(pool, date, settings_from(config).state_dir)
    found: WhatIf | None = None
    if changes and day.is_identical:
        try:
            found = what_if(day, changes, work.seeds or 8, workers=work.workers, shown=work.shown)
        except CannotFitError as error:
            raise Failure(str(error)) from None
    if json_:
        print_json(_document(day, date, changes, found))
    else:
        _print(day, changes, found, lang)
    for log in day.replayed:
        if log.divergence is not None:
            why = "the file was changed, or another version of the dialer wrote it"
            raise Failure(f"{log.file}: {log.divergence} ({why})")


def _recorded(pool: str, date: str, state_dir: Path) -> RecordedDay:
    zone = local_zone()
    try:
        bounds = day_bounds(date, zone)
    except ValueError:
        raise typer.BadParameter(
            f"{date!r} is no day: write 2026-03-02", param_hint="--date"
        ) from None
    folder = state_dir / "floors" / pool
    if not folder.is_dir():
        raise Failure(f"pool {pool} has no logs: there is no folder {folder}")
    logs = day_logs(state_dir, pool, *bounds)
    if not logs:
        raise Failure(f"nothing is logged of pool {pool} on {date} ({folder})")
    try:
        return run_again(logs, pool, bounds, zone)
    except ValueError as error:
        raise Failure(str(error)) from None


def _document(
    day: RecordedDay, date: str, changes: list[str], found: WhatIf | None
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "pool": day.pool,
        "date": date,
        "identical": day.is_identical,
        "logs": [_log(log) for log in day.replayed],
        "calls": len(day.records),
    }
    if found is not None:
        document["set"] = changes
        document["what_if"] = plain(msgspec.to_builtins(found))
    return document


def _log(log: Any) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(log)
    return {**fields, "identical": log.is_identical}


def _print(day: RecordedDay, changes: list[str], found: WhatIf | None, lang: Language) -> None:
    for log in day.replayed:
        if log.is_identical:
            typer.echo(
                said(
                    lang,
                    f"{Path(log.file).name}: {log.events} events, {log.orders} orders, "
                    f"the same bit for bit (checksum {log.checksum:08x})",
                    f"{Path(log.file).name}：{log.events} 个事件，{log.orders} 条命令，"
                    f"逐位一致（校验 {log.checksum:08x}）",
                )
            )
        if log.unread > 1:
            typer.echo(f"{log.file}: its last {log.unread} lines cannot be read", err=True)
    if found is not None:
        typer.echo("")
        print_what_if(found, changes, lang)
