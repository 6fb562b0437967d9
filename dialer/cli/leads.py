"""`dialer leads import`, `dialer leads reset`: lead lists."""

from __future__ import annotations

import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from, with_store
from dialer.cli.options import ConfigOption, EncodingOption, JsonOption, RegionOption, time_of
from dialer.cli.output import print_json
from dialer.cli.progress import progress_bar

if TYPE_CHECKING:
    from dialer.leads import ImportResult
    from dialer.ports.store import Store
    from dialer.settings import Settings

T = TypeVar("T")
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


def imported(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    """Run an import. Raises Failure for a file that is no list."""
    from dialer.leads import ListFileError  # noqa: PLC0415

    try:
        return with_store(settings, work)
    except (ListFileError, LookupError) as error:
        raise Failure(str(error)) from None


def print_result(result: ImportResult, words: str, json_: bool, **more: str) -> None:
    """What came of it: as JSON, with `more`, or a line and where the report lies."""
    if json_:
        from dialer.api.leads.service import as_answer  # noqa: PLC0415

        print_json({**as_answer(result), **more})
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


@app.command(
    epilog="Example: dialer leads reset --campaign spring --cause 34 --since 2026-01-31T09:00",
)
def reset(
    *,
    campaign: Annotated[str, typer.Option(help="The campaign.")],
    cause: Annotated[
        list[int] | None,
        typer.Option(
            min=0,
            max=127,
            metavar="N",
            help="Q.850 cause of the failures, as often as needed. Default: those that are a "
            "trunk's or the switch's fault.",
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Placed at or after: 2026-01-31, …T09:00.")
    ] = None,
    list_: Annotated[
        str | None, typer.Option("--list", help="Only leads of this list, by its name.")
    ] = None,
    count: Annotated[bool, typer.Option("--count", help="Only say how many there are.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Give leads that failures used up back to dialing: those attempts no longer count."""
    from dialer.leads.reset import TRUNK_CAUSES  # noqa: PLC0415

    settings = settings_from(config)
    wanted = {
        "causes": tuple(cause) if cause else TRUNK_CAUSES,
        "since": time_of(since, "--since") or 0.0,
        "list_name": list_,
    }
    found = with_store(settings, lambda store: _reset(store, campaign, wanted, only_count=True))
    if not json_:
        causes = ", ".join(map(str, found["causes"]))
        typer.echo(
            f"{found['attempts']} failed attempts of {found['leads']} leads (Q.850 {causes})"
        )
    if found["attempts"] and not count:
        if not yes and not json_ and sys.stdin.isatty():
            typer.confirm("Give these leads back?", abort=True)
        found = with_store(settings, lambda store: _reset(store, campaign, wanted))
        if not json_:
            typer.echo(f"{found['leads']} leads given back to {campaign}")
    if json_:
        print_json(found)


async def _reset(
    store: Store, campaign: str, said: dict[str, Any], *, only_count: bool = False
) -> dict[str, Any]:
    from dialer.api.errors import not_found  # noqa: PLC0415
    from dialer.leads.reset import count_burned, take_back  # noqa: PLC0415
    from dialer.ports.audit import AuditEntry  # noqa: PLC0415
    from dialer.ports.pardons import Burned  # noqa: PLC0415

    known = await store.campaigns.by_name(campaign)
    if known is None:
        raise not_found("campaign", campaign)
    wanted, now = Burned(campaign_id=known.id, **said), time.time()
    done = await (
        count_burned(store.attempts, wanted)
        if only_count
        else take_back(store.attempts, wanted, now)
    )
    answer = {
        "campaign": campaign,
        "attempts": done.attempts,
        "leads": done.leads,
        "causes": list(wanted.causes),
        "done": not only_count,
    }
    if not only_count:
        entry = AuditEntry(
            at=now, who="cli", what="leads.reset", subject=campaign, after={**said, **answer}
        )
        await store.audit.record(entry)
    return answer
