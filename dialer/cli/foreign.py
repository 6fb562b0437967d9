"""Commands that live elsewhere and are loaded only when they are run."""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.main import get_command

from dialer.cli.failure import Failure

SIMULATE = "dialer.cli.simulate.commands"
#: Command: the module whose `app` (a Typer) has a command of that name, and one line of help.
FOREIGN = {
    "simulate": (
        SIMULATE,
        "A shift on a virtual clock, with the same engine code.",
    ),
    "replay": (
        SIMULATE,
        "A recorded shift again, bit for bit or under other settings.",
    ),
    "demo": ("dialer.demo.cli", "The main job on a real Asterisk with simulated people."),
}


def add_foreign(app: typer.Typer) -> None:
    """Put them into `app`; their own arguments and --help are theirs."""
    for name, (module, words) in FOREIGN.items():
        settings = {"allow_extra_args": True, "ignore_unknown_options": True}
        app.command(name, help=words, context_settings=settings, add_help_option=False)(
            _proxy(name, module)
        )


def _proxy(name: str, module: str) -> Any:
    def run(ctx: typer.Context) -> None:
        command: Any = get_command(_load(name, module))
        arguments = list(ctx.args)
        if hasattr(command, "commands"):
            arguments = [name, *arguments]
        status = command.main(
            args=arguments,
            prog_name="dialer" if hasattr(command, "commands") else f"dialer {name}",
            standalone_mode=False,
        )
        raise typer.Exit(status if isinstance(status, int) else 0)

    return run


def _load(name: str, module: str) -> typer.Typer:
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise
        raise Failure(f"this installation has no {name!r} command") from None
    app: typer.Typer = found.app
    return app
