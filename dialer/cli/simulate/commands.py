"""`dialer simulate` and `dialer replay`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from dialer.cli.failure import Failure
from dialer.cli.options import ConfigOption, JsonOption
from dialer.cli.output import print_json
from dialer.cli.simulate.work import Work
from dialer.settings.problems import Problems
from dialer.sim.read import read_scenario
from dialer.sim.scenario import Scenario
from dialer.words import Language

if TYPE_CHECKING:
    from dialer.sim.report import Report, Variant

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Question = Literal["reps", "limit", "compare"]
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
    from dialer.cli.simulate.tables import limit_of  # noqa: PLC0415
    from dialer.sim.report import Variant  # noqa: PLC0415
    from dialer.sim.seeds import Job, run_all  # noqa: PLC0415
    from dialer.sim.summary import summarise  # noqa: PLC0415

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


@dataclass(frozen=True, slots=True)
class Asked:
    """The particulars of a question."""

    by: str | None
    before: float | None
    after: float | None
    a: list[str]
    b: list[str]


def answer(  # noqa: PLR0917 (one caller, the same names)
    question: Question,
    file: Path,
    changes: list[str],
    asked: Asked,
    work: Work,
    lang: Language,
    *,
    json_: bool,
) -> None:
    """Simulate for an answer and say it. Raises Failure."""
    import msgspec  # noqa: PLC0415

    from dialer.cli.simulate import answers  # noqa: PLC0415
    from dialer.cli.simulate.tables import plain  # noqa: PLC0415
    from dialer.sim import advise  # noqa: PLC0415

    run = advise.runner(work.workers, file.stem, shown=work.shown)
    scenario = scenario_of(file, changes)
    seeds = work.seeds or scenario.scenario.seeds
    try:
        found, tell = _answer(question, file, changes, asked, scenario, seeds, run)
    except advise.CannotAdviseError as error:
        raise Failure(str(error)) from None
    if json_:
        print_json({"question": question, **plain(msgspec.to_builtins(found))})
    else:
        tell(answers, found, lang)


def _answer(  # noqa: PLR0917 (one caller, the same names)
    question: Question,
    file: Path,
    changes: list[str],
    asked: Asked,
    scenario: Scenario,
    seeds: int,
    run: Any,
) -> tuple[Any, Any]:
    from dialer.cli.simulate.tables import limit_of  # noqa: PLC0415
    from dialer.sim import advise  # noqa: PLC0415

    if question == "reps":
        if asked.by is None:
            raise typer.BadParameter("--advise reps needs --by TIME", param_hint="--by")
        found: Any = advise.reps_needed(scenario, asked.by, seeds, run)
        return found, lambda answers, it, lang: answers.print_reps(it, lang)
    if question == "limit":
        if asked.after is None:
            raise typer.BadParameter("--advise limit needs --to RATE", param_hint="--to")
        before = limit_of(scenario) if asked.before is None else asked.before
        found = advise.limit_cost(scenario, before, asked.after, seeds, run)
        return found, lambda answers, it, lang: answers.print_limit(it, lang)
    if not asked.a and not asked.b:
        raise typer.BadParameter("--advise compare needs --a or --b KEY=VALUE", param_hint="--a")
    first, second = (scenario_of(file, [*changes, *side]) for side in (asked.a, asked.b))
    found = advise.better(first, second, (limit_of(first), limit_of(second)), seeds, run)
    names = tuple(", ".join(side) or "as in the file" for side in (asked.a, asked.b))
    return found, lambda answers, it, lang: answers.print_better(it, names, lang)


def fit_to(file: Path, source: str, zone: str | None, config: Path | None) -> None:
    """Write `file`, fitted to the calls in `source`. Raises Failure."""
    from dialer.cli.simulate.fitting import fitted_text  # noqa: PLC0415

    if file.exists():
        raise Failure(f"{file} exists: --fit writes a new file, name another or remove it")
    text = fitted_text(source, zone, config)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"cannot write {file}: {error.strerror}") from None
    typer.echo(f"scenario fitted to {source}: {file}", err=True)


def can_draw(path: Path) -> None:
    """Raise Failure now rather than after the work."""
    from dialer.cli.simulate.plots import CannotDrawError, drawing  # noqa: PLC0415

    try:
        drawing(path)
    except CannotDrawError as error:
        raise Failure(str(error)) from None


def draw_to(report: Report, path: Path, lang: Language) -> None:
    """Write the pictures and say where they are. Raises Failure."""
    from dialer.cli.simulate.plots import draw  # noqa: PLC0415

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
    fit: Annotated[
        str | None,
        typer.Option(
            metavar="CDRS",
            help="First write FILE, fitted to recorded calls: a file of 'dialer cdr export', or "
            "the name of a campaign here.",
        ),
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="--fit: whose hours. Default: here.")
    ] = None,
    advise: Annotated[
        Question | None,
        typer.Option(
            help="reps: how many for the list (--by). limit: what another abandon limit costs "
            "(--from, --to). compare: which settings are better (--a, --b)."
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="TIME", help="--advise reps: until when, as 17:00.")
    ] = None,
    before: Annotated[
        float | None, typer.Option("--from", min=0, max=1, help="--advise limit: now, 0 to 1.")
    ] = None,
    after: Annotated[
        float | None, typer.Option("--to", min=0, max=1, help="--advise limit: then.")
    ] = None,
    a: Annotated[
        list[str] | None, typer.Option("--a", metavar="KEY=VALUE", help="--advise compare: one.")
    ] = None,
    b: Annotated[
        list[str] | None, typer.Option("--b", metavar="KEY=VALUE", help="The other.")
    ] = None,
    workers: WorkersOption = None,
    lang: LangOption = "en",
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Run a shift on a virtual clock, with the same floor, routing and pacing as live."""
    from dialer.cli.simulate.tables import print_report, report_as_json  # noqa: PLC0415

    if plot is not None:
        can_draw(plot)
    if fit is not None:
        fit_to(file, fit, timezone, config)
    work = Work(seeds, workers, shown=not json_)
    if advise is not None:
        asked = Asked(by, before, after, a or [], b or [])
        answer(advise, file, changes or [], asked, work, lang, json_=json_)
        return
    report = vary_report(file, changes or [], vary, work)
    if json_:
        print_json(report_as_json(report))
    else:
        print_report(report, lang)
    if plot is not None:
        draw_to(report, plot, lang)


@app.command(epilog="Example: dialer replay --pool default --date 2026-03-02")
def replay(  # noqa: PLR0917 (options of a command line are given by name)
    pool: Annotated[str, typer.Option(help="The pool.")],
    date: Annotated[str, typer.Option(metavar="DAY", help="The day, as 2026-03-02.")],
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="What would have been with this: campaign.spring.max_abandon_rate=0.01.",
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=2, max=10_000, help="--set: how many simulated days of each.")
    ] = 8,
    workers: WorkersOption = None,
    lang: LangOption = "en",
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Run a recorded day again: the same orders bit for bit, or under other settings."""
    from dialer.cli.simulate.replaying import replay_day  # noqa: PLC0415

    work = Work(seeds, workers, shown=not json_)
    replay_day(pool, date, changes or [], work, lang, json_=json_, config=config)
