"""The FastAGI server: accepts, limits and counts sessions, and calls the handler for each."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from agi.session import AgiSession
from agi.wire import RequestParser
from dialer.tasks import spawn, stop

log = structlog.get_logger(__name__)

Handler = Callable[[AgiSession], Awaitable[None] | None]
_SWEEP_S = 0.1
# A sweep this late means that this process was stopped or its loop was blocked.
_STALL_S = 1.0
_BACKLOG = 1_024


@dataclass(slots=True)
class AgiCounters:
    """What happened on the port since the server was made."""

    sessions: int = 0
    requests: int = 0
    hangups: int = 0
    garbage: int = 0
    timeouts: int = 0
    over_limit: int = 0
    bad_replies: int = 0
    handler_errors: int = 0


class AgiServer:
    """A FastAGI server for `handler`, which is called with each complete request.

    A plain function must not block; it answers now or later by `session.finish_with` or
    `session.close`. A coroutine function runs as a task, and the session closes when it ends.

    Args:
        request_timeout_s: a client that has not sent its request by then is turned away; the same
            time is allowed for the reply after `finish_with`.
        max_line, max_headers: limits of a request. max_sessions: open at once.
        command_timeout_s: how long `session.command` waits for a reply, unless told otherwise.
    """

    def __init__(
        self,
        handler: Handler,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        request_timeout_s: float = 2.0,
        command_timeout_s: float = 5.0,
        max_line: int = 2_048,
        max_headers: int = 128,
        max_sessions: int = 10_000,
    ) -> None:
        self.counters = AgiCounters()
        self.max_line = max_line
        self.command_timeout_s = command_timeout_s
        self._handler = handler
        self._is_async = inspect.iscoroutinefunction(handler)
        self._host, self._port = host, port
        self._request_timeout_s = request_timeout_s
        self._max_headers, self._max_sessions = max_headers, max_sessions
        self._sessions: set[AgiSession] = set()
        # In order of their deadlines, as all are given the same time.
        self._hurried: dict[AgiSession, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._complaints: set[str] = set()
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self._sweep_due = 0.0

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: AgiSession(self), self._host, self._port, backlog=_BACKLOG
        )
        self._arm()

    async def close(self) -> None:
        """Stop listening and end every session."""
        if self._server is not None:
            self._server.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
        for session in list(self._sessions):
            session.close()
        await stop(*self._tasks)
        if self._server is not None:
            with contextlib.suppress(TimeoutError):  # a client that never reads holds nobody up
                await asyncio.wait_for(self._server.wait_closed(), 2.0)

    @property
    def port(self) -> int:
        """The port listened on, also when 0 was asked for."""
        if self._server is not None and self._server.sockets:
            return int(self._server.sockets[0].getsockname()[1])
        return self._port

    @property
    def open_sessions(self) -> int:
        """Sessions that are open now."""
        return len(self._sessions)

    # --- what sessions tell

    def new_parser(self) -> RequestParser:
        """A parser with this server's limits."""
        return RequestParser(self.max_line, self._max_headers)

    def opened(self, session: AgiSession) -> bool:
        """A connection came; False when there are too many."""
        if len(self._sessions) >= self._max_sessions:
            self.counters.over_limit += 1
            self._log_once("too many AGI sessions", limit=self._max_sessions)
            return False
        self.counters.sessions += 1
        self._sessions.add(session)
        self.expect(session)
        return True

    def expect(self, session: AgiSession) -> None:
        """Something is due from the other side within `request_timeout_s`."""
        session.deadline = asyncio.get_running_loop().time() + self._request_timeout_s
        self._hurried.pop(session, None)
        self._hurried[session] = None

    def requested(self, session: AgiSession) -> None:
        """The request is complete: call the handler."""
        self._hurried.pop(session, None)
        self.counters.requests += 1
        if self._is_async:
            task = spawn(self._handle(session), name=f"agi-{session.request.uniqueid}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._handle_now(session)

    def ended(self, session: AgiSession) -> None:
        """The session is over."""
        self.counters.hangups += session.is_hung_up
        self._sessions.discard(session)
        self._hurried.pop(session, None)

    def refused(self, why: str) -> None:
        """A client sent something that is no request."""
        self.counters.garbage += 1
        self._log_once("no FastAGI request on the AGI port", why=why)

    def complain(self, what: str) -> None:
        """Asterisk sent something that is no reply: counted, logged once, passed over."""
        self.counters.bad_replies += 1
        self._log_once("unexpected line in an AGI session", what=what)

    def guard(self, callback: Callable[[], None]) -> None:
        """Run a callback of the handler's; its exception is logged and goes no further."""
        try:
            callback()
        except Exception:
            self.counters.handler_errors += 1
            log.exception("an AGI hang-up callback failed")

    # --- inside

    def _handle_now(self, session: AgiSession) -> None:
        try:
            self._handler(session)
        except Exception:
            self._failed(session)

    async def _handle(self, session: AgiSession) -> None:
        try:
            await self._handler(session)  # type: ignore[misc]  # a coroutine function, here
        except Exception:
            self._failed(session)
        finally:
            session.close()

    def _failed(self, session: AgiSession) -> None:
        """The handler broke: the dialplan is let go and does what it does without an answer."""
        self.counters.handler_errors += 1
        log.exception("an AGI handler failed", uniqueid=session.request.uniqueid)
        session.close()

    def _log_once(self, event: str, **fields: object) -> None:
        if event not in self._complaints:
            self._complaints.add(event)
            log.warning(event, further="counted only", **fields)

    def _arm(self) -> None:
        loop = asyncio.get_running_loop()
        self._sweep_due = loop.time() + _SWEEP_S
        self._sweeper = loop.call_at(self._sweep_due, self._sweep)

    def _sweep(self) -> None:
        """Turn away who is overdue; time in which this process did not run is nobody's fault."""
        now = asyncio.get_running_loop().time()
        late = now - self._sweep_due
        if late > _STALL_S:
            for session in self._hurried:
                session.deadline += late
        while self._hurried:
            session = next(iter(self._hurried))
            if session.deadline > now:
                break
            self._overdue(session)
        self._arm()

    def _overdue(self, session: AgiSession) -> None:
        self.counters.timeouts += 1
        del self._hurried[session]
        if session.request.variables:
            session.close()
        else:
            session.refuse(f"no complete request within {self._request_timeout_s:g} s")
