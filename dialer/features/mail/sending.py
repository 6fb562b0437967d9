"""Handing mails to the server, one after the other over one connection."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from dialer.features.mail.rules import Answer
from dialer.settings.kinds import said
from dialer.settings.mail import MailSettings

#: From here on a server says that it will not take it later either.
_NEVER = 500


class AwayError(Exception):
    """The server takes no mail now: not there, no login, no answer."""


@asynccontextmanager
async def connected(settings: MailSettings) -> AsyncIterator[SMTP]:
    """Connected, over TLS where that is set, and logged in. Raises AwayError."""
    client = SMTP(
        hostname=settings.host,
        port=settings.port,
        local_hostname=_name(),
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        tls_context=await asyncio.to_thread(_context, settings),
        timeout=settings.timeout_s,
    )
    try:
        await client.connect()
        if settings.user:
            await client.login(settings.user, said(settings.password))
    except (SMTPException, OSError, ValueError) as error:
        client.close()
        raise AwayError(_words(error, settings)) from error
    try:
        yield client
    finally:
        with contextlib.suppress(SMTPException, OSError):
            await client.quit()
        client.close()


def _context(settings: MailSettings) -> ssl.SSLContext | None:
    """None: there is no TLS to check. Raises AwayError."""
    if settings.security == "none":
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise AwayError(f"ca_file {settings.ca_file} cannot be read: {error}") from error


def _name() -> str:
    """What we call ourselves; a name that mail servers take."""
    name = socket.gethostname()
    return name if name.isascii() and " " not in name and name else "localhost"


async def handed_over(client: SMTP, settings: MailSettings, to: str, text: str) -> Answer:
    """What the server says of one mail."""
    try:
        await client.sendmail(settings.sender, [to], text.encode("ascii"))
    except SMTPRecipientsRefused as refused:
        first = refused.recipients[0]
        return Answer(f"{to} is refused: {first.code} {first.message}", first.code >= _NEVER)
    except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
        return Answer(_words(error, settings), is_away=True)
    except SMTPSenderRefused as refused:
        # Whoever mends the settings mends all that wait.
        said_ = f"the sender {settings.sender} is refused: {refused.code} {refused.message}"
        return Answer(said_, is_away=True)
    except SMTPResponseException as refused:
        return Answer(f"{refused.code} {refused.message}", refused.code >= _NEVER)
    except SMTPException as error:
        return Answer(_words(error, settings), is_away=True)
    return Answer()


def _words(error: Exception, settings: MailSettings) -> str:
    where = f"{settings.host}:{settings.port}"
    match error:
        case SMTPAuthenticationError():
            return f"{where} refuses the login: {error.code} {error.message}"
        case SMTPNotSupported():
            return f"{where}: {error}"
        case SMTPTimeoutError() | TimeoutError():
            return f"{where} does not answer within {settings.timeout_s:g} s"
    return f"{where}: {' '.join(str(error).split()) or type(error).__name__}"
