"""`dialer simulate` and `dialer replay`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dialer.cli.failure import Failure
from dialer.cli.options import JsonOption
from dialer.cli.output import print_json
from dialer.settings.problems import Problems
from dialer.sim.read import read_scenario
from dialer.sim.scenario import Scenario

if TYPE_CHECKING:
    from dialer.sim.report import Report, Variant

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Language = Literal["en", "zh"]
SeedsOption = Annotated[
    int | None, typer.Option(min=1, max=10_000, help="How many runs. Default: the file's.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a key of the file: pool.method=ratio."),
]
WorkersOption = Annotated[
    int | None, typer.Option(min=1, help="Runs side by side. Default: all cores but one.")
]
LangOption = Annotated[Language, typer.Option(help="Language of tables and pictures.")]


@dataclass(frozen=True, slots=True)
class Work:
    """How to run: how many seeds (None: the file's), how many at a time, with a bar or not."""

    seeds: int | None
    workers: int | None
    shown: bool


def scenario_of(path: Path, changes: list[str]) -> Scenario:
    """The scenario of a file. Raises Failure with every problem in it."""
    found = read_scenario(path, changes)
    if isinstance(found, Problems):
        raise Failure("; ".join(str(problem) for problem in found.all[:20]))
    return found


def vary_report(file: Path, changes: list[str], vary: str | None, work: Work) -> Report:
    """The scenario as it is, or once for each value of `vary`. Raises Failure."""
    from dialer.sim.report import Report  # noqa: PLC0415

    if vary is None:
        return Report([*run_variants([("", scenario_of(file, changes))], file.stem, work)])
    key, equals, values = vary.partition("=")
    named = [value.strip() for value in values.split(",") if value.strip()]
    if not equals or len(named) < 2:
        raise typer.BadParameter("must be KEY=A,B with two values or more", param_hint="--vary")
    scenarios = [(value, scenario_of(file, [*changes, f"{key}={value}"])) for value in named]
    return Report(run_variants(scenarios, file.stem, work), key.strip())


def run_variants(scenarios: list[tuple[str, Scenario]], title: str, work: Work) -> list[Variant]:
    """All runs of all scenarios side by side. The same seeds: all see the same callees."""
    from dialer.sim.report import Variant  # noqa: PLC0415
    from dialer.sim.seeds import Job, run_all  # noqa: PLC0415
    from dialer.sim.summary import summarise  # noqa: PLC0415
    from dialer.sim.tables import limit_of  # noqa: PLC0415

    counts = [work.seeds or scenario.scenario.seeds for _, scenario in scenarios]
    jobs = [
        Job(scenario, seed)
        for (_, scenario), count in zip(scenarios, counts, strict=True)
        for seed in range(count)
    ]
    runs = iter(run_all(jobs, title=title, shown=work.shown, workers=work.workers))
    variants = []
    for (value, scenario), count in zip(scenarios, counts, strict=True):
        own = [next(runs) for _ in range(count)]
        variants.append(Variant(value, scenario, own, summarise(own, limit_of(scenario))))
    return variants


def can_draw(path: Path) -> None:
    """Raise Failure now rather than after the work."""
    from dialer.sim.plots import CannotDrawError, drawing  # noqa: PLC0415

    try:
        drawing(path)
    except CannotDrawError as error:
        raise Failure(str(error)) from None


def draw_to(report: Report, path: Path, lang: Language) -> None:
    """Write the pictures and say where they are. Raises Failure."""
    from dialer.sim.plots import draw  # noqa: PLC0415

    try:
        drawn = draw(report, path, lang)
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from None
    if drawn != lang:
        typer.echo("no font with Chinese signs was found: the labels are in English", err=True)
    typer.echo(f"pictures: {path}", err=True)


@app.command(epilog="Example: dialer simulate scenarios/weekday.toml --seeds 16 --plot out.html")
def simulate(  # noqa: PLR0917 (options of a command line are given by name)
    file: Annotated[Path, typer.Argument(help="The scenario (TOML): see docs/simulation.md.")],
    seeds: SeedsOption = None,
    changes: SetOption = None,
    vary: Annotated[
        str | None,
        typer.Option(
            metavar="KEY=A,B,…", help="Run it with each of these values: pool.ratio=1,1.5,2."
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Write pictures: a .png or .html file.")
    ] = None,
    workers: WorkersOption = None,
    lang: LangOption = "en",
    json_: JsonOption = False,
) -> None:
    """Run a shift on a virtual clock, with the same floor, routing and pacing as live."""
    from dialer.sim.tables import print_report, report_as_json  # noqa: PLC0415

    if plot is not None:
        can_draw(plot)
    work = Work(seeds, workers, shown=not json_)
    report = vary_report(file, changes or [], vary, work)
    if json_:
        print_json(report_as_json(report))
    else:
        print_report(report, lang)
    if plot is not None:
        draw_to(report, plot, lang)
