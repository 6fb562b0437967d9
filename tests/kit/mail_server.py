"""A mail server as there are everywhere: real SMTP on a free port of 127.0.0.1."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from tests.kit.certificates import self_signed

USER, PASSWORD = "dialer", "correct horse"


@dataclass
class MailServer:
    """What it took, and what it says to whom: by address, and "" to every text."""

    port: int = 0
    says: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        said = self.says.get(address, "250 OK")
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        said = self.says.get("", "250 OK")
        if said.startswith("2"):
            data = cast(bytes, envelope.content)
            message = message_from_bytes(data, policy=policy.default)
            self.raw.append(data)
            self.taken += [(address, message) for address in envelope.rcpt_tos]
        return said

    def login(
        self, _server: Any, _session: Any, _envelope: Any, _how: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        # Not "handled": the server itself says no.
        return AuthResult(success=is_right, handled=False)


@asynccontextmanager
async def mail_server(
    *, port: int = 0, starttls: Path | None = None, login: bool = False
) -> AsyncIterator[MailServer]:
    """`starttls`: a folder for its certificate, `mail.pem`, of the name localhost."""
    server = MailServer()
    context = None
    if starttls is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*self_signed(starttls, "localhost"))

    def speaker() -> SMTP:
        return SMTP(
            server,
            tls_context=context,
            require_starttls=context is not None,
            auth_required=login,
            auth_require_tls=context is not None,
            authenticator=server.login if login else None,
            hostname="mail.test",
        )

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(speaker, "127.0.0.1", port)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()
