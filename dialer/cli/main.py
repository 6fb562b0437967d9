"""`dialer`: the commands, their exit status, and one line on stderr when something fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.main import get_command

from dialer.cli import (
    account,
    asterisk,
    campaign,
    cdr,
    dnc,
    doctor,
    figures,
    leads,
    mail,
    person,
    reconcile,
    recordings,
    rep,
    role,
    service,
    team,
)
from dialer.cli.failure import Failure
from dialer.cli.foreign import add_foreign

app = typer.Typer(
    name="dialer",
    help="A predictive dialer and telesales call center on Asterisk.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    epilog="Exit status: 0 done, 1 failed (one line on stderr says why), 2 wrong usage.",
)
app.command("serve")(service.serve)
app.add_typer(asterisk.app, name="asterisk")
app.add_typer(leads.app, name="leads")
app.add_typer(campaign.app, name="campaign")
app.add_typer(rep.app, name="rep")
app.add_typer(account.app, name="account")
app.add_typer(team.app, name="team")
app.add_typer(role.app, name="role")
app.add_typer(dnc.app, name="dnc")
app.add_typer(person.app, name="person")
app.add_typer(cdr.app, name="cdr")
app.add_typer(figures.app, name="figures")
app.add_typer(recordings.app, name="recordings")
app.add_typer(mail.app, name="mail")
app.command("reconcile", epilog="Example: dialer reconcile --day 2026-01-31")(reconcile.reconcile)
app.command("reload")(service.reload)
app.command("token")(service.token)
app.command("doctor")(doctor.doctor)
add_foreign(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415

        typer.echo(f"dialer {version('dialer')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its status."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    try:
        status = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has had enough; nothing more may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _run(arguments: list[str]) -> int:
    command: Any = get_command(app)
    try:
        result = command.main(args=arguments, prog_name="dialer", standalone_mode=False)
    except Failure as failure:
        print(f"dialer: {failure}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, typer.Abort):
        print("dialer: interrupted", file=sys.stderr)
        return 130
    except Exception as error:
        # Typer brings its own copy of click: its usage errors are known by what they can do.
        show = getattr(error, "show", None)
        if show is None or not hasattr(error, "exit_code"):
            raise
        show()
        return 2
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    main()
