"""`dialer serve`, and what is asked of the service as a whole."""

from __future__ import annotations

import typer

from dialer.cli.client import service_of
from dialer.cli.failure import Failure
from dialer.cli.here import settings_from
from dialer.cli.options import ConfigOption, JsonOption
from dialer.cli.output import print_json
from dialer.state_folder import TOKEN


def serve(config: ConfigOption = None) -> None:
    """The service: engine, AGI server, HTTP API, figures. Ctrl-C or SIGTERM ends it gently.

    SIGHUP reads the settings again. The address and the token of the API are in the state folder:
    see 'dialer token'.
    """
    from dialer.service.run import StartError, run_service  # noqa: PLC0415

    settings = settings_from(config)
    try:
        run_service(settings)
    except StartError as error:
        raise Failure(str(error)) from None


def reload(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Read the settings again: all of the change, or nothing of it."""
    found = service_of(settings_from(config)).post("/api/v1/reload")
    if json_:
        print_json(found)
        return
    changed, waiting = found["changed"], found["waiting"]
    typer.echo(f"changed: {', '.join(changed)}" if changed else "nothing changed")
    if waiting:
        typer.echo(f"waiting for a restart: {', '.join(waiting)}")


def token(config: ConfigOption = None) -> None:
    """Print the API's token: whoever has it can steer the dialer."""
    from dialer.settings.secrets import SecretsError, SecretsFile  # noqa: PLC0415

    settings = settings_from(config)
    try:
        typer.echo(SecretsFile(settings.state_dir).get_or_make(TOKEN))
    except SecretsError as error:
        raise Failure(str(error)) from None
