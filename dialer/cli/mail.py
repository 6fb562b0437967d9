"""`dialer mail …`: try the mail server out."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated

import typer

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from
from dialer.cli.options import ConfigOption

app = typer.Typer(help="The mail server.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _several() -> None:
    """The mail server of [mail]."""


@app.command("test", epilog="Example: dialer mail test anna@example.com")
def send_test(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where to.")],
    *,
    language: Annotated[str, typer.Option(help="Of the mail: en or zh.")] = "en",
    config: ConfigOption = None,
) -> None:
    """Send a test mail by the server of [mail], and say what the server says.

    At once, past what waits, whether a service runs or not.
    """
    from dialer.features.mail.public import try_out  # noqa: PLC0415
    from dialer.kit.errors import Refused  # noqa: PLC0415

    settings = settings_from(config).mail
    try:
        asyncio.run(try_out(settings, address, language, time.time()))
    except Refused as refused:
        raise Failure(refused.detail) from None
    typer.echo(f"{settings.host}:{settings.port} took a mail to {address}")
