"""The server that takes our mail."""

from __future__ import annotations

from dialer.doctor.check import Check, ok, warn
from dialer.settings import Settings


async def server(settings: Settings) -> Check:
    """Reached, over TLS and logged in as set. Nothing is sent: `dialer mail test ADDRESS` does."""
    from dialer.features.mail.public import AwayError, connected, remedies  # noqa: PLC0415

    mail = settings.mail
    if not mail.on:
        return ok("mail", "off")
    where = f"{mail.host}:{mail.port}, {mail.security}"
    try:
        async with connected(mail):
            login = f", logged in as {mail.user}" if mail.user else ""
            return ok("mail", f"{where}{login}")
    except AwayError as error:
        return warn("mail", str(error), "; ".join(remedies(mail)))
