"""One FastAGI session: a channel's dialplan waits at the other end until we have answered."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol, cast

from agi.errors import BadRequestError, HungUpError, ReplyTimeoutError
from agi.wire import AgiReply, AgiRequest, RequestParser, command, parse_reply, set_variable

_NO_REQUEST = AgiRequest({})
_MAX_REPLY_LINES = 200
Replied = Callable[[AgiReply | None], None]


class Sessions(Protocol):
    """What a session needs of the server it belongs to: limits, and somebody to tell."""

    #: Of a reply's line, in bytes.
    max_line: int
    #: How long a command waits for its reply, unless told otherwise.
    command_timeout_s: float

    def new_parser(self) -> RequestParser: ...

    def opened(self, session: AgiSession) -> bool: ...

    def expect(self, session: AgiSession) -> None: ...

    def requested(self, session: AgiSession) -> None: ...

    def ended(self, session: AgiSession) -> None: ...

    def refused(self, why: str) -> None: ...

    def complain(self, what: str) -> None: ...

    def guard(self, callback: Callable[[], None]) -> None: ...


class AgiSession(asyncio.Protocol):
    """Made by the server for each connection and given to its handler with `request` filled in.

    `on_hangup` is called once when the callee hangs up or the connection goes, unless we ended
    the session ourselves. Set it in the handler, before the first await.
    """

    __slots__ = (
        "_buffer",
        "_hung_up",
        "_multi",
        "_parser",
        "_server",
        "_transport",
        "_waiting",
        "closed",
        "deadline",
        "is_hung_up",
        "on_hangup",
        "request",
    )

    def __init__(self, server: Sessions) -> None:
        self._server = server
        self._parser: RequestParser | None = server.new_parser()
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._waiting: deque[Replied] = deque()
        self._multi: list[str] | None = None
        self._hung_up: asyncio.Event | None = None
        self.request = _NO_REQUEST
        self.on_hangup: Callable[[], None] | None = None
        self.is_hung_up = False
        self.closed = False
        self.deadline = 0.0

    @property
    def hung_up(self) -> asyncio.Event:
        """Set once the callee has hung up or the connection is gone."""
        if self._hung_up is None:
            self._hung_up = asyncio.Event()
            if self.is_hung_up:
                self._hung_up.set()
        return self._hung_up

    async def set_variable(
        self, name: str, value: str, *, timeout_s: float | None = None
    ) -> AgiReply:
        """Set a channel variable; raises as `command` does."""
        return await self._ask(set_variable(name, value), timeout_s)

    async def command(self, text: str, *, timeout_s: float | None = None) -> AgiReply:
        """Send one command line and return Asterisk's reply, whatever its code.

        Raises BadCommandError, HungUpError (no reply will come) or ReplyTimeoutError.
        """
        return await self._ask(command(text), timeout_s)

    def finish_with(
        self, name: str, value: str, on_done: Callable[[bool], None] | None = None
    ) -> bool:
        """Set one variable and end the session when Asterisk has confirmed it.

        Returns False when the callee is already gone. `on_done` is told whether it was confirmed.
        Needs no task: this is the way for the hot path.
        """
        line = set_variable(name, value)
        if self.closed or self.is_hung_up:
            return False

        def replied(reply: AgiReply | None) -> None:
            self.close()
            if on_done is not None:
                on_done(reply is not None and reply.ok)

        self._send(line, replied)
        self._server.expect(self)
        return True

    def close(self) -> None:
        """End the session; the dialplan goes on after its AGI()."""
        if not self.closed:
            self._end()
            if self._transport is not None:
                self._transport.close()
            self._give_up()

    # --- asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self._server.opened(self):
            self.closed = True
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self.closed:
            return
        if self._parser is None:
            self._read_lines(data)
            return
        try:
            request = self._parser.feed(data)
        except BadRequestError as error:
            self.refuse(str(error))
            return
        if request is not None:
            rest, self._parser = self._parser.rest, None
            self.request = request
            self._server.requested(self)
            if rest:
                self._read_lines(rest)

    def eof_received(self) -> None:
        self._gone()

    def connection_lost(self, exc: Exception | None) -> None:  # asyncio's name
        self._gone()

    # --- inside

    def refuse(self, why: str) -> None:
        """Answer what is no request with one line and close."""
        if self.closed:
            return
        self._server.refused(why)
        self._end()
        if self._transport is not None:
            self._transport.write(f"This is a FastAGI port; it got {why}.\n".encode())
            self._transport.close()

    async def _ask(self, line: bytes, timeout_s: float | None) -> AgiReply:
        if self.closed or self.is_hung_up:
            raise HungUpError("the callee is gone")
        future: asyncio.Future[AgiReply | None] = asyncio.get_running_loop().create_future()

        def replied(reply: AgiReply | None) -> None:
            if not future.done():
                future.set_result(reply)

        self._send(line, replied)
        wait_s = self._server.command_timeout_s if timeout_s is None else timeout_s
        try:
            reply = await asyncio.wait_for(future, wait_s)
        except TimeoutError:
            raise ReplyTimeoutError(f"no reply from Asterisk within {wait_s:g} s") from None
        if reply is None:
            raise HungUpError("the callee hung up before the reply")
        return reply

    def _send(self, line: bytes, replied: Replied) -> None:
        self._waiting.append(replied)
        if self._transport is not None:
            self._transport.write(line)

    def _read_lines(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            if self.closed:
                return
            self._take(line.decode("utf-8", "replace").rstrip("\r"))
        if len(self._buffer) > self._server.max_line:
            self._server.complain("a reply line that is too long")
            self.close()

    def _take(self, line: str) -> None:
        if self._multi is not None:
            self._take_usage(line)
        elif line == "HANGUP":
            self._hang_up()
        elif line.startswith("520-"):
            self._multi = [line]
        elif (reply := parse_reply(line)) is None:
            self._server.complain("a line that is no reply")
        elif not self._waiting:
            self._server.complain("a reply to nothing")
        else:
            self._waiting.popleft()(reply)

    def _take_usage(self, line: str) -> None:
        """A syntax error comes with several lines of usage, ended by one that begins `520 `."""
        lines = self._multi or []
        lines.append(line)
        if not line.startswith("520 ") and len(lines) < _MAX_REPLY_LINES:
            return
        self._multi = None
        if self._waiting:
            self._waiting.popleft()(AgiReply(520, "", "\n".join(lines)))

    def _hang_up(self) -> None:
        if self.is_hung_up:
            return
        self.is_hung_up = True
        if self._hung_up is not None:
            self._hung_up.set()
        if self.on_hangup is not None:
            self._server.guard(self.on_hangup)

    def _gone(self) -> None:
        """The other side closed: nothing will be answered any more."""
        if self.closed:
            return
        if self._parser is None:
            self._hang_up()
        self._end()
        if self._transport is not None:
            self._transport.abort()
        self._give_up()

    def _give_up(self) -> None:
        """No reply will come any more."""
        while self._waiting:
            self._waiting.popleft()(None)

    def _end(self) -> None:
        self.closed = True
        self._server.ended(self)
