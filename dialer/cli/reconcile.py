"""`dialer reconcile`: our records against the switch's ledger and the recordings on disk."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from dialer.cli.here import settings_from, with_store
from dialer.cli.options import ConfigOption, JsonOption
from dialer.cli.output import print_json

if TYPE_CHECKING:
    from dialer.features.reconcile.keeping import Looked
    from dialer.ports.store import Store
    from dialer.settings import Settings


def reconcile(
    *,
    day: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="A day in UTC: 2026-01-31. Default: yesterday."),
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Compare a day's records with the switch's ledger and the recordings on disk.

    Each difference is told and kept; what agrees again is put away. Calls and files younger than an
    hour are left out. Exit status 1 when there are differences.
    """
    wanted = _day(day)
    looked = with_store(settings := settings_from(config), lambda it: _look(it, settings, wanted))
    if json_:
        _print(looked)
    else:
        _tell(looked)
    if looked.differences:
        typer.echo(f"dialer: {len(looked.differences)} differences on {wanted}", err=True)
        raise typer.Exit(1)


async def _look(store: Store, settings: Settings, day: date) -> Looked:
    from dialer.features.reconcile.keeping import Reconciler  # noqa: PLC0415
    from dialer.features.reconcile.looking import place_of  # noqa: PLC0415

    reconciler = Reconciler(store, lambda: place_of(settings), time.time)
    try:
        return await reconciler.look(day, "cli")
    finally:
        reconciler.close()


def _day(text: str | None) -> date:
    today = datetime.now(UTC).date()
    try:
        return today - timedelta(days=1) if text is None else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day: write it as 2026-01-31") from None


def _print(looked: Looked) -> None:
    import msgspec  # noqa: PLC0415

    check = looked.check
    counts = {"day": check.day, "calls": check.calls, "rows": check.rows, "files": check.files}
    print_json({**counts, "differences": msgspec.to_builtins(looked.differences)})


def _tell(looked: Looked) -> None:
    from dialer.features.reconcile.saying import in_english  # noqa: PLC0415

    for it in looked.differences:
        call = " ".join(part for part in (it.attempt, it.campaign, it.number) if part)
        typer.echo(f"{call}: {in_english(it)}")
    check = looked.check
    rows = "no ledger to read" if check.rows is None else f"{check.rows} rows of the ledger"
    files = "no recordings to read" if check.files is None else f"{check.files} recordings"
    typer.echo(f"{check.day}: {check.calls} calls, {rows}, {files}: {check.found} differences")
