"""`dialer figures …`: reports on the terminal, and the files behind them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from dialer.cli.client import running_service
from dialer.cli.failure import Failure
from dialer.cli.here import settings_from, with_store
from dialer.cli.options import ConfigOption, JsonOption
from dialer.cli.output import percent, print_json, print_table
from dialer.ports.scope import everything

if TYPE_CHECKING:
    from dialer.features.figures.reports import Reports
    from dialer.ports.store import Store
    from dialer.settings import Settings

T = TypeVar("T")
Compare = Literal["before", "last_year"]
app = typer.Typer(
    help="Reports, and the files behind them.", no_args_is_help=True, rich_markup_mode=None
)
#: Years of calls take minutes.
REBUILD_S = 7200.0
REPORT_S = 330.0
DAYS = 30


@app.command()
def rebuild(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Forget all files of facts and write them anew from the database.

    Answers are the same before, after and meanwhile: the files only make them fast.
    """
    settings = settings_from(config)
    service = running_service(settings)
    if service is not None:
        found = service.patient(REBUILD_S).post("/api/v1/figures/rebuild")
    else:
        found = _here(settings, _rebuilt)
    if json_:
        print_json(found)
    else:
        typer.echo(f"{found['written']} files written")


async def _rebuilt(reports: Reports, store: Store) -> Any:
    from dialer.features.figures.service import rebuilt  # noqa: PLC0415

    return await rebuilt(reports)


@app.command(
    epilog="Example: dialer figures show dials connect_rate --by month --by campaign "
    "--first 2026-01-01"
)
def show(
    figures: Annotated[
        list[str],
        typer.Argument(metavar="FIGURE…", help="Their names: 'dialer figures list' has them."),
    ],
    *,
    by: Annotated[
        list[str] | None, typer.Option(help="Told apart by this, the widest first; up to 4 times.")
    ] = None,
    first: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Default: 30 days in all."),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="It counts. Default: today."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="BY=VALUE", help="Only rows with this value; one of several."),
    ] = None,
    zone: Annotated[str, typer.Option(help="Whose days. Default: the machine's.")] = "",
    compare: Annotated[
        Compare | None, typer.Option(help="With the period before, or a year ago.")
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Figures of some days, as reports in the console have them."""
    settings = settings_from(config)
    to = last.date() if last else _today()
    asked = {
        "figures": figures,
        "by": by or [],
        "first": str(first.date() if first else to - timedelta(days=DAYS - 1)),
        "last": str(to),
        "zone": zone,
        "where": _where(where or []),
        "compare": compare or "",
    }
    service = running_service(settings)
    if service is not None:
        found = service.patient(REPORT_S).post("/api/v1/figures/report", asked)
    else:
        found = _here(settings, _report_of(asked))
    print_json(found) if json_ else _print(found)


@app.command("list")
def list_(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Every figure and what it can be told apart by."""
    from msgspec import to_builtins  # noqa: PLC0415

    from dialer.features.figures.reports import terms_of  # noqa: PLC0415
    from dialer.features.figures.service import catalogue  # noqa: PLC0415

    found = to_builtins(catalogue(terms_of(settings_from(config))))
    if json_:
        print_json(found)
        return
    rows = [(it["id"], it["en"], it["zh"], it["meaning_en"]) for it in found["figures"]]
    print_table(("figure", "english", "chinese", "what it is"), rows)
    typer.echo()
    print_table(
        ("by", "english", "chinese"), [(it["id"], it["en"], it["zh"]) for it in found["dimensions"]]
    )


def _report_of(asked: Mapping[str, Any]) -> Callable[[Reports, Store], Awaitable[Any]]:
    async def work(reports: Reports, store: Store) -> Any:
        from dialer.features.figures.service import Asked, report  # noqa: PLC0415
        from dialer.zonedata import local_zone  # noqa: PLC0415

        told = {
            **asked,
            "first": date.fromisoformat(asked["first"]),
            "last": date.fromisoformat(asked["last"]),
            "zone": asked["zone"] or local_zone(),
        }
        reach = everything("whoever reads the state folder may read all")
        return await report(reports, store, Asked(**told), reach)

    return work


def _here(settings: Settings, work: Callable[[Reports, Store], Awaitable[Any]]) -> Any:
    """Without a service: the same process of reports, over the same database and files."""

    async def done(store: Store) -> Any:
        from msgspec import to_builtins  # noqa: PLC0415

        from dialer.features.figures.reports import reports_over  # noqa: PLC0415

        reports = reports_over(lambda: settings, time.time)
        try:
            return to_builtins(await work(reports, store))
        finally:
            await reports.close()

    return with_store(settings, done)


def _today() -> date:
    from dialer.zonedata import local_time  # noqa: PLC0415

    return local_time(time.time()).date()


def _where(words: Sequence[str]) -> dict[str, list[Any]]:
    """["campaign=a", "campaign=b"] as {"campaign": ["a", "b"]}; nothing behind the sign: unknown.

    Raises Failure.
    """
    from figures.dimensions import DIMENSIONS  # noqa: PLC0415
    from figures.facts import Kind  # noqa: PLC0415

    found: dict[str, list[Any]] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise Failure(f"--where {word!r} is not of the form BY=VALUE, such as campaign=spring")
        is_whole = name in DIMENSIONS and DIMENSIONS[name].kind is Kind.WHOLE
        as_number = int(value) if is_whole and value.isdecimal() else value
        found.setdefault(name, []).append(as_number if value else None)
    return found


def _print(found: Mapping[str, Any]) -> None:
    from figures.catalogue import FIGURES  # noqa: PLC0415

    figures = [FIGURES[name] for name in found["figures"]]
    other = found["compared_period"]
    headers = [*found["by"], *found["figures"]]
    headers += [f"{name} {_days(other)}" for name in found["figures"] if other]
    rows = [
        [
            *_keys(line["keys"], len(found["by"])),
            *(_cell(it, cell) for it, cell in zip(figures, line["cells"], strict=True)),
            *_before(figures, line["then"], is_compared=bool(other)),
        ]
        for line in found["lines"]
    ]
    typer.echo(f"{_days(found['period'])} ({found['zone']})")
    print_table(headers, rows)


def _days(period: Mapping[str, str]) -> str:
    return f"{period['first']}..{period['last']}"


def _keys(keys: Sequence[Any], depth: int) -> list[str]:
    """Sums of groups say so in place of what they are sums over."""
    return ["unknown" if key is None else str(key) for key in keys] + ["all"] * (depth - len(keys))


def _before(
    figures: Sequence[Any], cells: Sequence[Any] | None, *, is_compared: bool
) -> list[str | None]:
    if cells is None:
        return [None] * len(figures) if is_compared else []
    return [_cell(it, cell) for it, cell in zip(figures, cells, strict=True)]


def _cell(figure: Any, cell: Mapping[str, Any]) -> str | None:
    from dialer.words import FigureUnit  # noqa: PLC0415

    value = cell["value"]
    if value is None:
        return None
    if figure.unit is FigureUnit.RATE:
        return percent(value)
    return f"{value}" if figure.unit is FigureUnit.COUNT else f"{value:.2f}"
