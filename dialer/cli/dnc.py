"""`dialer dnc …`: the do-not-call list."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from, with_store
from dialer.cli.leads import imported, print_result
from dialer.cli.options import ConfigOption, EncodingOption, JsonOption, RegionOption
from dialer.cli.output import print_json, print_table
from dialer.cli.progress import progress_bar

if TYPE_CHECKING:
    from dialer.leads import ImportResult
    from dialer.ports.store import Store

app = typer.Typer(help="The do-not-call list.", no_args_is_help=True, rich_markup_mode=None)
NumbersArgument = Annotated[
    list[str], typer.Argument(metavar="NUMBER…", help="+493012345678, or as written in --region.")
]


@app.command(epilog="Example: dialer dnc add '030 12345678' --region DE --reason 'asked by letter'")
def add(
    numbers: NumbersArgument,
    region: RegionOption = "",
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Put numbers on the list. Takes effect with the very next call."""

    async def work(store: Store) -> tuple[int, int]:
        from dialer.api.dnc import service  # noqa: PLC0415

        now, said = time.time(), dict.fromkeys(service.written(numbers, region))
        added = await service.add(store, [*said], region="", source="cli", reason=reason, now=now)
        return added, len(said) - added

    added, known = with_store(settings_from(config), work)
    if json_:
        print_json({"added": added})
    else:
        typer.echo(f"{added} new on the list, {known} on it already")


@app.command()
def remove(
    numbers: NumbersArgument,
    region: RegionOption = "",
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Take numbers off the list."""

    async def work(store: Store) -> int:
        from dialer.api.dnc import service  # noqa: PLC0415

        return await store.dnc.remove(service.written(numbers, region))

    removed = with_store(settings_from(config), work)
    if json_:
        print_json({"removed": removed})
    else:
        typer.echo(f"{removed} taken off the list")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="One number a line, a CSV or an .xlsx.")
    ],
    *,
    region: RegionOption = "",
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    encoding: EncodingOption = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Rejected rows. Default: NAME.rejected.csv beside FILE."),
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Put a file of numbers on the list.

    What can be read is put on it. Exit status 1 when rows were left out: these people may still be
    called.
    """

    async def work(store: Store) -> ImportResult:
        from dialer.leads import import_dnc  # noqa: PLC0415

        with progress_bar(f"importing {file.name}", shown=not json_) as moved:
            return await import_dnc(
                file,
                store,
                default_region=region or None,
                reason=reason,
                encoding=encoding,
                report_path=report,
                on_progress=moved,
            )

    from dialer.leads import dnc_fault  # noqa: PLC0415

    result = imported(settings_from(config), work)
    print_result(result, "numbers put on the list", json_)
    if incomplete := dnc_fault(result):
        raise Failure(incomplete)


@app.command()
def check(
    numbers: NumbersArgument,
    region: RegionOption = "",
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Say whether numbers are on the list."""

    async def work(store: Store) -> list[dict[str, Any]]:
        from dialer.api.dnc import service  # noqa: PLC0415

        return await service.check(store, numbers, region=region, now=time.time())

    found = with_store(settings_from(config), work)
    if json_:
        print_json({"numbers": found})
        return
    rows = [
        (it["number"], "yes" if it["listed"] else "no", it["reason"], it["source"], it["added_at"])
        for it in found
    ]
    print_table(("number", "listed", "reason", "source", "added"), rows)
