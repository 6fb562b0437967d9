"""`dialer leads import`, `dialer leads reset`: lead lists."""

from __future__ import annotations

import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

import typer

from dialer.cli.failure import Failure
from dialer.cli.here import campaign_named, settings_from, with_store
from dialer.cli.lead_lists import add_to
from dialer.cli.options import ConfigOption, EncodingOption, JsonOption, RegionOption, time_of
from dialer.cli.output import print_json
from dialer.cli.progress import progress_bar
from dialer.words import Unanswered

if TYPE_CHECKING:
    from dialer.leads import ImportResult
    from dialer.ports.store import Store
    from dialer.settings import Settings

T = TypeVar("T")
app = typer.Typer(help="Lead lists.", no_args_is_help=True, rich_markup_mode=None)


add_to(app)


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
            help="Where a column is not recognised: number, name, first, last, timezone, language, "
            "priority, opt_out, extension, custom, skip.",
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
    campaign = campaign_named(settings, campaign)
    described = settings.campaign.get(campaign)
    chosen = region or (described.region if described else "")

    noted: list[str] = []

    async def work(store: Store) -> ImportResult:
        from dialer.features.campaigns.service import ensure_campaign  # noqa: PLC0415
        from dialer.features.leads.importing import HowToRead, begun, run  # noqa: PLC0415
        from dialer.leads import parse_map  # noqa: PLC0415

        how = HowToRead(
            report=report, region=chosen or None, encoding=encoding, mapping=parse_map(map_ or [])
        )
        now = time.time()
        found = await ensure_campaign(store, settings, campaign, now=now, who="cli")
        it = begun(found.id, list_name=file.name, file=file.name, who="cli", at=now)
        noted.append(it.id)
        with progress_bar(f"importing {file.name}", shown=not json_) as moved:
            return (await run(store, it, file, how, moved))[1]

    result = imported(settings, work)
    print_result(result, f"leads imported into {campaign}", json_, **{"import": noted[0]})


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
        from dialer.features.leads.service import as_answer  # noqa: PLC0415

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
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            help="How the attempts ended: failed, no_answer, busy, cancelled; repeatable. "
            "Default: failed."
        ),
    ] = None,
    count: Annotated[bool, typer.Option("--count", help="Only say how many there are.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Give leads that failures used up back to dialing: those attempts no longer count."""
    from dialer.leads.reset import causes_of  # noqa: PLC0415

    outcomes = outcomes_of(outcome or ["failed"])
    settings = settings_from(config)
    campaign = campaign_named(settings, campaign)
    wanted = {
        "causes": causes_of(cause or (), outcomes),
        "outcomes": outcomes,
        "since": time_of(since, "--since") or 0.0,
        "list_name": list_,
    }
    found = with_store(settings, lambda store: _reset(store, campaign, wanted, only_count=True))
    if not json_:
        causes = ", ".join(map(str, found["causes"]))
        typer.echo(
            f"{found['attempts']} {', '.join(outcomes)} attempts of {found['leads']} leads"
            + (f" (Q.850 {causes})" if causes else "")
        )
    if found["attempts"] and not count:
        if not yes and not json_ and sys.stdin.isatty():
            typer.confirm("Give these leads back?", abort=True)
        found = with_store(settings, lambda store: _reset(store, campaign, wanted))
        if not json_:
            typer.echo(f"{found['leads']} leads given back to {campaign}")
    if json_:
        print_json(found)


def outcomes_of(said: list[str]) -> tuple[Unanswered, ...]:
    """Raises Failure for a word that is none."""
    known = get_args(Unanswered)
    for word in said:
        if word not in known:
            raise Failure(f"--outcome {word}: there are {', '.join(known)}")
    return tuple(it for it in known if it in said)


async def _reset(
    store: Store, campaign: str, said: dict[str, Any], *, only_count: bool = False
) -> dict[str, Any]:
    from dialer.kit.errors import not_found  # noqa: PLC0415
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
