"""A rep's browser phone without a browser: SIP over a WebSocket (RFC 7118), for tests.

It registers, takes every call at once and keeps it. It sends no media: give its endpoint an RTP
time-out that a test does not reach.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from dialer.tasks import spawn, stop
from tests.kit import sip_text
from tests.kit.sip_text import SipMessage

ANSWER_S = 5.0
DOMAIN = "127.0.0.1"


class RegistrationRefusedError(Exception):
    """The registrar said no; the message holds its status line."""


class WsPhone:
    """One page: one WebSocket and what it is called on. Made by `ws_phone`."""

    def __init__(self, connection: ClientConnection, name: str, password: str) -> None:
        self.name = name
        #: Calls taken and not over, by Call-ID: the INVITE of each.
        self.calls: dict[str, SipMessage] = {}
        #: Every request that came in.
        self.requests: list[str] = []
        self._connection, self._password = connection, password
        self._tag, self._host = secrets.token_hex(6), f"{secrets.token_hex(6)}.invalid"
        self._answers: asyncio.Queue[SipMessage] = asyncio.Queue()
        self._sequence = 0
        self._registration = secrets.token_hex(8)
        self._reader = spawn(self._read(), name=f"ws-phone-{name}")

    @property
    def contact(self) -> str:
        return f"<sip:{self.name}@{self._host};transport=ws>"

    # --- what a test does with it

    async def register(self, expires_s: int = 300) -> None:
        """Return when registered; 0 takes the registration back. Raises RegistrationRefusedError,
        TimeoutError.
        """
        reply = await self._ask_to_register(expires_s)
        if reply.status == 401:
            asked = sip_text.challenge(reply.get("WWW-Authenticate"))
            proof = sip_text.authorization(
                asked,
                username=self.name,
                password=self._password,
                method="REGISTER",
                uri=f"sip:{DOMAIN}",
                cnonce=secrets.token_hex(8),
            )
            reply = await self._ask_to_register(expires_s, ("Authorization", proof))
        if reply.status != 200:
            raise RegistrationRefusedError(reply.start)

    async def hang_up(self) -> None:
        """BYE to every call."""
        for call_id, invite in list(self.calls.items()):
            del self.calls[call_id]
            target = invite.get("Contact").partition("<")[2].partition(">")[0]
            headers = [
                self._via(),
                ("Max-Forwards", "70"),
                ("From", f"{invite.get('To')};tag={self._tag}"),
                ("To", invite.get("From")),
                ("Call-ID", call_id),
                ("CSeq", f"{self._next()} BYE"),
            ]
            await self._connection.send(sip_text.write(f"BYE {target} SIP/2.0", headers))

    def vanish(self) -> None:
        """The socket is reset without a word, as when a browser is killed."""
        self._connection.transport.abort()

    async def close(self) -> None:
        """The page is left: the socket is closed as a browser does it, and nothing is said in SIP.

        After `vanish` it only clears up.
        """
        await self._connection.close()
        await stop(self._reader)

    # --- SIP

    async def _ask_to_register(self, expires_s: int, *more: tuple[str, str]) -> SipMessage:
        address = f"<sip:{self.name}@{DOMAIN}>"
        headers = [
            self._via(),
            ("Max-Forwards", "70"),
            ("From", f"{address};tag={self._tag}"),
            ("To", address),
            ("Call-ID", self._registration),
            ("CSeq", f"{self._next()} REGISTER"),
            ("Contact", f"{self.contact};expires={expires_s}"),
            *more,
        ]
        await self._connection.send(sip_text.write(f"REGISTER sip:{DOMAIN} SIP/2.0", headers))
        async with asyncio.timeout(ANSWER_S):
            while True:
                reply = await self._answers.get()
                if reply.method == "REGISTER" and reply.status >= 200:
                    return reply

    def _via(self) -> tuple[str, str]:
        return "Via", f"SIP/2.0/WS {self._host};branch=z9hG4bK{secrets.token_hex(8)}"

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self._connection:
                text = frame if isinstance(frame, str) else frame.decode()
                if text.strip():  # RFC 5626: an empty line keeps the connection alive
                    await self._take(sip_text.parse(text))

    async def _take(self, message: SipMessage) -> None:
        if message.status:
            self._answers.put_nowait(message)
            return
        self.requests.append(message.method)
        if message.method == "ACK":
            return
        if message.method == "INVITE":
            await self._take_call(message)
        elif message.method == "BYE":
            known = self.calls.pop(message.get("Call-ID"), None)
            await self._say(message, 200 if known else 481)
        else:
            await self._say(message, 200)

    async def _take_call(self, invite: SipMessage) -> None:
        """A second INVITE in a call gets the same answer as the first."""
        self.calls.setdefault(invite.get("Call-ID"), invite)
        sdp = sip_text.webrtc_answer(
            invite.body,
            fingerprint=fingerprint(),
            ufrag="phon",
            pwd=self._tag.ljust(24, "0"),
            port=9,
        )
        await self._say(invite, 200, sdp)

    async def _say(self, request: SipMessage, status: int, sdp: str = "") -> None:
        contact = self.contact if sdp else ""
        reply = sip_text.answer(request, status, tag=self._tag, contact=contact, sdp=sdp)
        await self._connection.send(reply)


@asynccontextmanager
async def ws_phone(http_port: int, name: str, password: str) -> AsyncIterator[WsPhone]:
    """A phone registered at the Asterisk on this machine whose HTTP port this is; closed at the
    end.
    """
    url = f"ws://127.0.0.1:{http_port}/ws"
    sip = Subprotocol("sip")
    async with connect(url, subprotocols=[sip], proxy=None, ping_interval=None) as connection:
        phone = WsPhone(connection, name, password)
        try:
            await phone.register()
            yield phone
        finally:
            await phone.close()


@cache
def fingerprint() -> str:
    """SHA-256 of a certificate of our own, as SDP writes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "phone")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()
