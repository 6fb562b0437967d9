"""`dialer leads import`: lead lists."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from, with_store
from dialer.cli.options import ConfigOption, EncodingOption, JsonOption, RegionOption
from dialer.cli.output import print_json
from dialer.cli.progress import progress_bar

if TYPE_CHECKING:
    from dialer.leads import ImportResult
    from dialer.ports.store import Store
    from dialer.settings import Settings

app = typer.Typer(help="Lead lists.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Lead lists."""


@app.command(
    "import",
    epilog="Example: dialer leads import june.csv --campaign spring --map number='Tel. mobile'",
)
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV (UTF-8, UTF-16, GB18030) or an .xlsx.")
    ],
    *,
    campaign: Annotated[str, typer.Option(help="The campaign they are for.")],
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Where a column is not recognised: number, name, timezone, language, priority, "
            "opt_out, extension.",
        ),
    ] = None,
    region: RegionOption = "",
    encoding: EncodingOption = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Rejected rows. Default: NAME.rejected.csv beside FILE."),
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Import a lead list. Good rows go in; the others go to a report with row number and reason."""
    settings = settings_from(config)
    described = settings.campaign.get(campaign)
    chosen = region or (described.region if described else "")

    async def work(store: Store) -> ImportResult:
        from dialer.api.campaigns.service import ensure_campaign  # noqa: PLC0415
        from dialer.leads import import_leads, parse_map  # noqa: PLC0415

        mapping = parse_map(map_ or [])
        found = await ensure_campaign(store, settings, campaign, now=time.time(), who="cli")
        with progress_bar(f"importing {file.name}", shown=not json_) as moved:
            return await import_leads(
                file,
                found.id,
                store,
                mapping=mapping,
                default_region=chosen or None,
                encoding=encoding,
                report_path=report,
                on_progress=moved,
            )

    result = imported(settings, work)
    print_result(result, f"leads imported into {campaign}", json_)


def imported(settings: Settings, work: object) -> ImportResult:
    """Run an import. Raises Failure for a file that is no list."""
    from dialer.leads import ListFileError  # noqa: PLC0415

    try:
        result: ImportResult = with_store(settings, work)  # type: ignore[arg-type]
    except (ListFileError, LookupError) as error:
        raise Failure(str(error)) from None
    return result


def print_result(result: ImportResult, words: str, json_: bool) -> None:
    """What came of it: as JSON, or a line and where the report lies."""
    if json_:
        from dialer.api.leads.service import as_answer  # noqa: PLC0415

        print_json(as_answer(result))
        return
    typer.echo(
        f"{result.imported} {words} in {result.seconds:.1f} s; "
        f"{result.duplicates} duplicates, {result.rejected} rejected of {result.rows} rows"
    )
    if result.warned:
        typer.echo(f"{result.warned} of them without one of their numbers")
    if result.opted_out:
        typer.echo(
            f"{result.opted_out} of the rejected asked not to be called: "
            "their numbers are on the do-not-call list"
        )
    if result.report_path is not None:
        typer.echo(f"rows that did not go in, or not wholly: {result.report_path}", file=sys.stdout)
