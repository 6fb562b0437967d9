"""A manager server on loopback that speaks AMI as Asterisk 22 does, and misbehaves when told to.

The core for `fake_asterisk.py`, and by itself the other end in tests of any AMI client.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from dialer.asterisk.errors import ProtocolError
from dialer.asterisk.parser import Message, Parser

Headers = Iterable[tuple[str, str]]
Handler = Callable[["FakeAmiSession", Message], None]

BANNER = "Asterisk Call Manager/11.0.0"
_MAX_MESSAGE = 65_536


def block(headers: Headers) -> bytes:
    """Headers as the bytes of one message."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode() + b"\r\n"


@dataclass(slots=True)
class AmiFaults:
    """What the server does wrong; change it while it runs.

    `unanswered` names actions that get no reply, `delay_s` holds every reply back, `is_silent`
    makes all links half-open: they stay connected and say nothing more.
    """

    delay_s: float = 0.0
    unanswered: set[str] = field(default_factory=set)
    doubles_replies: bool = False
    is_silent: bool = False
    refuses_connections: bool = False
    boots: bool = True


class FakeAmiServer:
    """`received` holds every action that came in. Register more actions with `on`."""

    def __init__(
        self, users: Mapping[str, str] | None = None, *, banner: str = BANNER, system_name: str = ""
    ) -> None:
        self.users = dict(users or {"dialer": "secret"})
        self.banner = banner
        self.system_name = system_name
        self.faults = AmiFaults()
        self.received: list[Message] = []
        self.keeps_received = True
        self.sessions: list[FakeAmiSession] = []
        self.logins = 0
        self.started_at = time.time()
        self._handlers: dict[str, Handler] = {
            "login": _login,
            "challenge": _challenge,
            "logoff": _logoff,
            "ping": _ping,
            "events": _events,
            "command": _command,
            "coreshowchannels": _no_channels,
        }
        self._server: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; `port` 0 takes a free one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: FakeAmiSession(self), host, port)

    @property
    def port(self) -> int:
        """The port listened on."""
        assert self._server is not None, "start() first"
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """End every session and stop listening."""
        self.drop_links()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def on(self, action: str, handler: Handler) -> None:
        """Let `handler` answer `action`; it replaces the built-in answer."""
        self._handlers[action.lower()] = handler

    def handler(self, action: str) -> Handler | None:
        """Who answers `action`."""
        return self._handlers.get(action.lower())

    def emit(self, event: str, headers: Headers = (), *, privilege: str = "call,all") -> None:
        """Send an event to every session that is logged in and wants events."""
        self.broadcast(block([*self.event_head(event, privilege), *headers]))

    def event_head(self, event: str, privilege: str = "call,all") -> list[tuple[str, str]]:
        """The headers with which every event begins."""
        head = [("Event", event), ("Privilege", privilege), ("Timestamp", f"{time.time():.6f}")]
        return [*head, ("SystemName", self.system_name)] if self.system_name else head

    def broadcast(self, data: bytes) -> None:
        """Bytes of whole messages for every session that wants events."""
        for session in self.sessions:
            if session.is_logged_in and session.wants_events:
                session.send(data)

    def drop_links(self) -> None:
        """Reset every connection, as a crash does."""
        for session in list(self.sessions):
            session.abort()

    def send_garbage(self, data: bytes) -> None:
        """Raw bytes to every connection, logged in or not."""
        for session in self.sessions:
            session.send(data)

    def received_of(self, action: str) -> list[Message]:
        """The actions of one name that came in, in order."""
        return [each for each in self.received if each.get("Action", "").lower() == action.lower()]


class FakeAmiSession(asyncio.Protocol):
    """One connection, server side."""

    def __init__(self, server: FakeAmiServer) -> None:
        self.server = server
        self.is_logged_in = False
        self.wants_events = True
        self.username = ""
        self.challenge = ""
        self._parser = Parser(expect_banner=False, max_line=_MAX_MESSAGE, max_message=_MAX_MESSAGE)
        self._transport: asyncio.Transport | None = None
        self._out: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self.server.faults.refuses_connections:
            self._transport.abort()
            return
        self.server.sessions.append(self)
        self.send(f"{self.server.banner}\r\n".encode())

    def connection_lost(self, exc: Exception | None) -> None:  # asyncio's name
        self._transport = None
        if self in self.server.sessions:
            self.server.sessions.remove(self)

    def data_received(self, data: bytes) -> None:
        if self.server.faults.is_silent:
            return
        try:
            messages = self._parser.feed(data)
        except ProtocolError:
            self.abort()
            return
        for message in messages:
            self._act(message)

    def _act(self, message: Message) -> None:
        server = self.server
        if server.keeps_received:
            server.received.append(message)
        name = str(message.get("Action", ""))
        if name.lower() in {each.lower() for each in server.faults.unanswered}:
            return
        handler = server.handler(name)
        if not self.is_logged_in and name.lower() not in ("login", "challenge", "logoff"):
            self.error(message, "Permission denied")
        elif handler is None:
            self.error(
                message, f"Invalid/unknown command: {name}. Use Action: ListCommands to show"
            )
        else:
            handler(self, message)

    # --- answers

    def reply(self, action: Message, headers: Headers, response: str = "Success") -> None:
        """One response to `action`, subject to the server's faults."""
        data = block([("Response", response), *_action_id(action), *headers])
        self.answer(data * 2 if self.server.faults.doubles_replies else data)

    def error(self, action: Message, text: str) -> None:
        """The error response to `action`."""
        self.reply(action, [("Message", text)], response="Error")

    def reply_list(
        self, action: Message, item: str, items: Iterable[Headers], text: str, complete: str
    ) -> None:
        """A list: the response, one `item` event each, and the `complete` event."""
        mine = _action_id(action)
        head = [("Response", "Success"), *mine, ("EventList", "start"), ("Message", text)]
        parts = [block(head)]
        parts += [block([("Event", item), *mine, *each]) for each in items]
        end = [("Event", complete), *mine, ("EventList", "Complete")]
        parts.append(block([*end, ("ListItems", str(len(parts) - 1))]))
        self.answer(b"".join(parts))

    def answer(self, data: bytes) -> None:
        """Send a reply now, or later if replies are to be late."""
        if self.server.faults.delay_s > 0:
            asyncio.get_running_loop().call_later(self.server.faults.delay_s, self.send, data)
        else:
            self.send(data)

    def send(self, data: bytes) -> None:
        """Send with whatever else is sent in this turn of the loop, in one write."""
        if not self._out:
            asyncio.get_running_loop().call_soon(self._flush)
        self._out.append(data)

    def close(self) -> None:
        """End the connection after what was sent."""
        self._flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """End the connection now."""
        if self._transport is not None:
            self._transport.abort()

    def _flush(self) -> None:
        data, self._out = b"".join(self._out), []
        if data and self._transport is not None and not self.server.faults.is_silent:
            self._transport.write(data)


def _action_id(action: Message) -> list[tuple[str, str]]:
    action_id = action.get("ActionID")
    return [] if action_id is None else [("ActionID", str(action_id))]


# --- built-in answers


def _login(session: FakeAmiSession, action: Message) -> None:
    server = session.server
    username = str(action.get("Username", ""))
    if not _may_log_in(session, username, action):
        session.error(action, "Authentication failed")
        asyncio.get_running_loop().call_soon(session.close)
        return
    session.is_logged_in = True
    session.username = username
    session.wants_events = str(action.get("Events", "on")).lower() != "off"
    server.logins += 1
    session.reply(action, [("Message", "Authentication accepted")])
    if server.faults.boots:
        session.send(block(_fully_booted(server)))


def _fully_booted(server: FakeAmiServer) -> Headers:
    up_s = int(time.time() - server.started_at)
    head = server.event_head("FullyBooted", "system,all")
    return [*head, ("Uptime", str(up_s)), ("LastReload", str(up_s)), ("Status", "Fully Booted")]


def _may_log_in(session: FakeAmiSession, username: str, action: Message) -> bool:
    secret = session.server.users.get(username)
    if secret is None:
        return False
    if str(action.get("AuthType", "")).upper() != "MD5":
        return hmac.compare_digest(secret.encode(), str(action.get("Secret", "")).encode())
    text = f"{session.challenge}{secret}".encode()
    key = hashlib.md5(text, usedforsecurity=False).hexdigest()
    return bool(session.challenge) and hmac.compare_digest(key, str(action.get("Key", "")))


def _challenge(session: FakeAmiSession, action: Message) -> None:
    session.challenge = str(secrets.randbelow(10**9))
    session.reply(action, [("Challenge", session.challenge)])


def _logoff(session: FakeAmiSession, action: Message) -> None:
    session.reply(action, [("Message", "Thanks for all the fish.")], response="Goodbye")
    asyncio.get_running_loop().call_soon(session.close)


def _ping(session: FakeAmiSession, action: Message) -> None:
    session.reply(action, [("Ping", "Pong"), ("Timestamp", f"{time.time():.6f}")])


def _events(session: FakeAmiSession, action: Message) -> None:
    session.wants_events = str(action.get("EventMask", "on")).lower() not in ("off", "no", "")
    session.reply(action, [("Events", "On" if session.wants_events else "Off")])


def _command(session: FakeAmiSession, action: Message) -> None:
    command = str(action.get("Command", ""))
    outputs = {"core show version": ["Asterisk 22.0.0 (fake)"], "core ping": ["pong", "", "end"]}
    if command not in outputs:
        session.reply(
            action,
            [
                ("Message", "Command output follows"),
                ("Output", f"No such command '{command}' (type 'core show help' for help)"),
            ],
            response="Error",
        )
        return
    lines = [("Output", line) for line in outputs[command]]
    session.reply(action, [("Message", "Command output follows"), *lines])


def _no_channels(session: FakeAmiSession, action: Message) -> None:
    session.reply_list(
        action, "CoreShowChannel", [], "Channels will follow", "CoreShowChannelsComplete"
    )
