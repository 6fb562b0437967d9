"""`dialer demo`: the whole product on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from dialer.words import Language

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("demo")
def demo(  # noqa: PLR0917 (options of a command line are given by name)
    seconds: Annotated[
        float | None, typer.Option(help="End after so long; without it: at Ctrl-C.")
    ] = None,
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write the summary there too; - for stdout.")
    ] = None,
    reps: Annotated[int, typer.Option(min=1, max=40, help="How many reps work.")] = 12,
    leads: Annotated[int, typer.Option(min=1, max=20_000, help="How many leads there are.")] = 2000,
    method: Annotated[
        Literal["predictive", "progressive", "ratio"], typer.Option(help="How to pace.")
    ] = "predictive",
    port: Annotated[int, typer.Option(help="Port of the HTTP API.")] = 8080,
    seed: Annotated[int, typer.Option(help="Another seed, other leads and reps.")] = 1,
    year: Annotated[
        int,
        typer.Option(
            min=0,
            max=10_000_000,
            metavar="CALLS",
            help="First fill the store with a year of about so many made-up calls, so that reports "
            "have something to show; the store must have none. 500000 take a few minutes.",
        ),
    ] = 0,
    folder: Annotated[Path, typer.Option(help="Where everything goes.")] = Path("var/demo"),
    language: Annotated[Language, typer.Option(help="Language of the dialer's reasons.")] = "en",
) -> None:
    """Show the main job: a real Asterisk, a public network beside it, reps who are not people.

    Nothing leaves this machine. Ctrl-C ends all it started and prints a summary.
    """
    from dialer.demo.run import DemoError, run  # noqa: PLC0415
    from dialer.demo.stage import DemoOptions  # noqa: PLC0415

    options = DemoOptions(
        reps=reps,
        leads=leads,
        seconds=seconds,
        seed=seed,
        method=method,
        port=port,
        folder=folder,
        year=year,
    )
    try:
        run(options, json_path=json_path, language=language)
    except DemoError as error:
        typer.echo(f"dialer demo: {error}", err=True)
        raise typer.Exit(1) from None
