"""`dialer dnc …`: the do-not-call list."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from, with_store
from dialer.cli.leads import imported, print_result
from dialer.cli.options import ConfigOption, EncodingOption, JsonOption, RegionOption
from dialer.cli.output import print_json, print_table
from dialer.cli.progress import progress_bar

if TYPE_CHECKING:
    from dialer.features.dnc.service import DncDesk
    from dialer.leads import ImportResult
    from dialer.ports.store import Store
    from dialer.settings import Settings

T = TypeVar("T")
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

    async def work(desk: DncDesk) -> tuple[dict[str, Any], int]:
        from dialer.features.dnc import service  # noqa: PLC0415

        said = dict.fromkeys(service.written(numbers, region))
        done = await desk.add([*said], region="", reason=reason)
        return done, len(said) - done["added"]

    done, known = _at_desk(config, work)
    if json_:
        print_json(done)
    else:
        typer.echo(f"{done['added']} new on the list, {known} on it already")


@app.command()
def remove(
    numbers: NumbersArgument,
    region: RegionOption = "",
    reason: Annotated[str, typer.Option(help="Why; needed for many at once.")] = "",
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Take numbers off the list. `dialer dnc undo` puts them back."""

    async def work(desk: DncDesk) -> dict[str, Any]:
        return await desk.remove(numbers, region=region, reason=reason)

    done = _at_desk(config, work)
    if json_:
        print_json(done)
    else:
        typer.echo(
            f"{done['removed']} taken off the list; back with: dialer dnc undo {done['change']}"
        )


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

    settings = settings_from(config)

    async def work(store: Store) -> tuple[ImportResult, str]:
        from dialer.features.dnc import service  # noqa: PLC0415
        from dialer.leads import import_dnc  # noqa: PLC0415

        desk = _desk(store, settings)
        if file.is_file():
            desk.must_say_why(await service.rows_in(file), reason)
        change = desk.change("import", reason)
        with progress_bar(f"importing {file.name}", shown=not json_) as moved:
            result = await import_dnc(
                file,
                store,
                default_region=region or None,
                reason=reason,
                encoding=encoding,
                report_path=report,
                on_progress=moved,
                change=change,
            )
        counts = {"imported": result.imported, "rejected": result.rejected}
        await desk.imported(change, {"list": file.name, **counts})
        return result, change.id

    from dialer.leads import dnc_fault  # noqa: PLC0415

    result, change = imported(settings, work)
    print_result(result, "numbers put on the list", json_, change=change)
    if not json_ and result.imported:
        typer.echo(f"undone with: dialer dnc undo {change}")
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
        from dialer.features.dnc import service  # noqa: PLC0415

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


@app.command()
def changes(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List the last changes of the list, newest first."""

    async def work(store: Store) -> list[dict[str, Any]]:
        from dialer.features.dnc import service  # noqa: PLC0415

        return [service.plain(change) for change in await store.dnc.changes(limit=limit)]

    found = with_store(settings_from(config), work)
    if json_:
        print_json({"changes": found})
        return
    names = ("id", "at", "who", "what", "count", "reason", "undone_at")
    print_table(names, [[change[name] for name in names] for change in found])


@app.command(epilog="Example: dialer dnc undo 01KEV…")
def undo(
    change: Annotated[str, typer.Argument(metavar="ID", help="As 'dialer dnc changes' says.")],
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Have the list as it was before a change.

    Whoever has asked since not to be called stays on it.
    """
    done = _at_desk(config, lambda desk: desk.undo(change))
    if json_:
        print_json(done)
    else:
        kept = f"; {done['kept']} stay on the list: asked for since" if done["kept"] else ""
        typer.echo(f"{done['back']} numbers are as they were{kept}")


def _at_desk(config: Path | None, work: Callable[[DncDesk], Awaitable[T]]) -> T:
    settings = settings_from(config)
    return with_store(settings, lambda store: work(_desk(store, settings)))


def _desk(store: Store, settings: Settings) -> DncDesk:
    from dialer.features.dnc.service import DncDesk  # noqa: PLC0415

    return DncDesk(store, who="cli", now=time.time(), reason_from=settings.service.dnc_reason_from)
