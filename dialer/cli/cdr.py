"""`dialer cdr export`: call detail records."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from, with_store
from dialer.cli.options import ConfigOption, time_of

if TYPE_CHECKING:
    from dialer.ports.store import Store

app = typer.Typer(help="Call detail records.", no_args_is_help=True, rich_markup_mode=None)
Form = Literal["csv", "jsonl"]


@app.callback()
def _group() -> None:
    """Call detail records."""


@app.command(epilog="Example: dialer cdr export --campaign spring --format csv > spring.csv")
def export(
    *,
    campaign: Annotated[str, typer.Option(help="The campaign.")],
    form: Annotated[Form, typer.Option("--format", help="csv with a header, or jsonl.")] = "csv",
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Placed at or after: 2026-01-31, …T09:00.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Placed before.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to. Default: standard output.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write a campaign's call detail records, oldest first."""
    first, last = time_of(since, "--since"), time_of(until, "--until")

    async def work(store: Store) -> int:
        from dialer.api.errors import not_found  # noqa: PLC0415
        from dialer.store.export import export_cdrs  # noqa: PLC0415

        found = await store.campaigns.by_name(campaign)
        if found is None:
            raise not_found("campaign", campaign)
        records = store.attempts.export(found.id, since=first, until=last)
        if out is None:
            return await export_cdrs(records, sys.stdout, form)
        with _opened(out) as file:
            return await export_cdrs(records, file, form)

    count = with_store(settings_from(config), work)
    if out is not None:
        typer.echo(f"{count} records written to {out}")


def _opened(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from None
