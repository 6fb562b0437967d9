"""uvicorn's connections, each with a place inside the doors and a time to say what it wants."""

from __future__ import annotations

import asyncio
import socket
from functools import partial
from typing import Any, cast

import h11
import structlog
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from dialer.api.doors import Arrival, Doors, Phase, Place
from dialer.kit.auth import PLACE
from dialer.kit.throttle import address_key

log = structlog.get_logger(__name__)

#: How often it is looked who is late.
LOOK_EVERY_S = 1.0
#: That connections are turned away is said so often while it lasts.
SAY_EVERY_S = 60.0
#: A machine that is out of descriptors is asked again after this.
ACCEPT_AGAIN_S = 0.2
#: Whom `X-Forwarded-For` is believed, and behind whom anybody may be: a proxy on this machine.
PROXIES = ("127.0.0.1", "::1")
_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Porter:
    """Lets connections in, one at a time, and looks who is late.

    A server of asyncio accepts all that are waiting before it looks at any: one burst takes every
    descriptor there is. Here each has a place before the next is accepted, and whatever else
    there is to do has its turn in between.
    """

    def __init__(self, doors: Doors, config: uvicorn.Config, state: ServerState) -> None:
        self.doors = doors
        self._config, self._state = config, state
        self._requests: set[_Requests] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._said_at, self._said = float("-inf"), 0

    async def receive(self, listening: socket.socket) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        self._look()
        try:
            while True:
                try:
                    sock, peer = await loop.sock_accept(listening)
                except OSError as error:
                    log.error("a connection could not be accepted", error=error.strerror)
                    await asyncio.sleep(ACCEPT_AGAIN_S)
                else:
                    await self._let_in(sock, peer[0])
        finally:
            if self._timer is not None:
                self._timer.cancel()

    async def _let_in(self, sock: socket.socket, address: str) -> None:
        place = self.doors.enter(address if address in PROXIES else address_key(address))
        if place is None:
            sock.close()
            return

        def protocol() -> asyncio.Protocol:
            return _Requests(self, place, self._config, self._state, {})

        try:
            await asyncio.get_running_loop().connect_accepted_socket(protocol, sock)
        except BaseException as error:
            place.gone()
            sock.close()
            if not isinstance(error, OSError):
                raise

    def came(self, requests: _Requests) -> None:
        self._requests.add(requests)

    def went(self, requests: _Requests) -> None:
        self._requests.discard(requests)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for each in [it for it in self._requests if it.is_late(now)]:
            each.end_late()
        self._say(now)
        self._timer = loop.call_later(LOOK_EVERY_S, self._look)

    def _say(self, now: float) -> None:
        count = self.doors.turned_away - self._said
        if count and now - self._said_at >= SAY_EVERY_S:
            self._said_at, self._said = now, self.doors.turned_away
            log.warning("connections of strangers were turned away", count=count)


class _Requests(H11Protocol):
    """A connection while it speaks HTTP."""

    def __init__(self, porter: Porter, place: Place, *args: Any) -> None:
        super().__init__(*args)
        self._porter, self._place = porter, place
        self._arrival = Arrival(self.loop.time())
        self.app = cast(Any, _Announced(place, cast(ASGIApp, self.app)))
        self.ws_protocol_class = cast(Any, partial(_WebSocket, place))

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._place.waits, self._place.leave = self._waits, transport.abort
        self._porter.came(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._porter.went(self)
        self._place.gone()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._arrival.came(len(data))
        super().data_received(data)
        self._arrival.stands(self._phase(), self.loop.time())

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._porter.went(self)
        super().handle_websocket_upgrade(event)

    def is_late(self, now: float) -> bool:
        self._arrival.stands(self._phase(), now)
        return self._arrival.is_late(now, is_taken=not self.flow.read_paused)

    def end_late(self) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or not self.cycle.response_started:
            self.transport.write(_LATE)
        self.transport.close()

    def _phase(self) -> Phase:
        if self.conn.their_state is h11.IDLE:
            return "head" if self.cycle is None or self.conn.trailing_data[0] else "idle"
        return "body" if self.conn.their_state is h11.SEND_BODY else "whole"

    def _waits(self) -> bool:
        """Whoever does not take the answer waits, too."""
        if self.cycle is None or self.cycle.response_complete:
            return True
        return self.cycle.more_body or self.flow.write_paused


class _WebSocket(WebSocketsSansIOProtocol):
    """A connection that has become a WebSocket: a stranger's, until it shows who it is."""

    def __init__(self, place: Place, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._place = place
        place.stranger()
        place.waits = lambda: True
        self.app = cast(Any, _Announced(place, cast(ASGIApp, self.app)))

    def connection_lost(self, exc: Exception | None) -> None:
        self._place.gone()
        super().connection_lost(exc)


class _Announced:
    """The application, told with each request at which place it is asked."""

    def __init__(self, place: Place, app: ASGIApp) -> None:
        self._place, self._app = place, app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._place.stranger()
        scope[PLACE] = self._place
        await self._app(scope, receive, send)
