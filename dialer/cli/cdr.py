"""`dialer cdr export`: call detail records."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from, with_store
from dialer.cli.options import ConfigOption, time_of
from dialer.ports.scope import everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from dialer.kit.sheets import Writer
    from dialer.ports.cdr import Cdr
    from dialer.ports.store import Store

FileFormat = Literal["csv", "jsonl", "xlsx"]

app = typer.Typer(help="Call detail records.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Call detail records."""


@app.command(epilog="Example: dialer cdr export --campaign spring --format csv > spring.csv")
def export(
    *,
    campaign: Annotated[str, typer.Option(help="The campaign.")],
    form: Annotated[
        FileFormat,
        typer.Option("--format", help="csv with a header, jsonl, or xlsx (with --out)."),
    ] = "csv",
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
        from dialer.kit.errors import not_found  # noqa: PLC0415
        from dialer.store.export import export_cdrs  # noqa: PLC0415

        found = await store.campaigns.by_name(campaign)
        if found is None:
            raise not_found("campaign", campaign)
        records = store.attempts.export(
            everything("whoever reads the state folder may read all"),
            found.id,
            since=first,
            until=last,
        )
        if form == "xlsx":
            return await _workbook(records, out)
        if out is None:
            return await export_cdrs(records, sys.stdout, form)
        with _opened(out) as file:
            return await export_cdrs(records, file, form)

    count = with_store(settings_from(config), work)
    if out is not None:
        typer.echo(f"{count} records written to {out}")


async def _workbook(records: AsyncIterator[Cdr], out: Path | None) -> int:
    """The same columns; times are UTC, as in the other formats."""
    from dialer.store.export import COLUMNS  # noqa: PLC0415

    if out is None:
        raise Failure("a workbook is a file: say which with --out calls.xlsx")
    try:
        writer = _replaced(out, COLUMNS)
        count = 0
        async for record in records:
            writer.row([getattr(record, name) for name in COLUMNS])
            count += 1
        writer.close()
    except OSError as error:
        raise Failure(f"cannot write {out}: {error.strerror}") from None
    return count


def _replaced(path: Path, columns: Sequence[str]) -> Writer:
    from dialer.kit.sheets import Sheet, headings, opened  # noqa: PLC0415

    path.unlink(missing_ok=True)
    return opened(path, "xlsx", Sheet(title="Calls", columns=headings(columns)))


def _opened(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from None
