"""`dialer simulate` and `dialer replay`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from dialer.cli.failure import Failure
from dialer.cli.options import JsonOption
from dialer.cli.output import print_json
from dialer.settings.problems import Problems
from dialer.sim.read import read_scenario
from dialer.sim.scenario import Scenario

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Language = Literal["en", "zh"]


def scenario_of(path: Path, changes: list[str]) -> Scenario:
    """The scenario of a file. Raises Failure with every problem in it."""
    found = read_scenario(path, changes)
    if isinstance(found, Problems):
        raise Failure("; ".join(str(problem) for problem in found.all[:20]))
    return found


@app.command(epilog="Example: dialer simulate scenarios/weekday.toml --seeds 16 --plot out.html")
def simulate(  # noqa: PLR0917 (options of a command line are given by name)
    file: Annotated[Path, typer.Argument(help="The scenario (TOML): see docs/simulation.md.")],
    seeds: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="How many runs. Default: the file's.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Change a key of the file: pool.method=ratio."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Runs side by side. Default: all cores but one.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of tables and pictures.")] = "en",
    json_: JsonOption = False,
) -> None:
    """Run a shift on a virtual clock, with the same floor, routing and pacing as live."""
    from dialer.sim.seeds import Job, run_all  # noqa: PLC0415
    from dialer.sim.summary import summarise  # noqa: PLC0415
    from dialer.sim.tables import as_json, limit_of, print_summary  # noqa: PLC0415

    scenario = scenario_of(file, changes or [])
    count = seeds or scenario.scenario.seeds
    jobs = [Job(scenario, seed) for seed in range(count)]
    runs = run_all(jobs, title=file.stem, shown=not json_, workers=workers)
    summary = summarise(runs, limit_of(scenario))
    if json_:
        print_json(as_json(scenario, summary, runs))
    else:
        print_summary(scenario, summary, lang)
