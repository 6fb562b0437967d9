"""The API served inside the service's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import structlog
import uvicorn
from fastapi import FastAPI

from dialer import descriptors
from dialer.api.connections import PROXIES, Porter
from dialer.api.doors import Doors, limits
from dialer.features.live.messages import MAX_BYTES
from dialer.tasks import spawn, stop

log = structlog.get_logger(__name__)

#: Requests that are still running at a stop get so long.
_GRACE_S = 3
#: WebSockets are asked so often whether they live; who does not answer for as long is gone.
_PING_S = 20.0
#: A peer that takes no data for so long is given up; else a sleeping laptop is kept for 15 minutes.
_UNSENT_MS = 60_000
#: As `service.max_connections` has it when nothing is set.
MAX_CONNECTIONS = 4000


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The service has its own signal handlers."""
        yield


class ApiServer:
    """Listens from `start` to `stop`. `port` 0 takes a free one; `url` tells which."""

    def __init__(
        self, app: FastAPI, host: str, port: int, *, max_connections: int = MAX_CONNECTIONS
    ) -> None:
        self._host, self._port = host, port
        self.doors = Doors(limits(max_connections, descriptors.allowed()), trusted=PROXIES)
        self._server = _Server(
            uvicorn.Config(
                app,
                forwarded_allow_ips=list(PROXIES),
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=_GRACE_S,
                server_header=False,
                ws_ping_interval=_PING_S,
                ws_ping_timeout=_PING_S,
                ws_max_size=MAX_BYTES,
                # Each connection would compress the same message anew, with a window of its own.
                ws_per_message_deflate=False,
            )
        )
        self._task: asyncio.Task[None] | None = None
        self._receiving: asyncio.Task[None] | None = None
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{_reachable(host)}:{self._port}"

    async def start(self) -> None:
        """Raises OSError with the address when it cannot be had."""
        self._socket = _listening(self._host, self._port)
        self._port = self._socket.getsockname()[1]
        # Its own loop would accept without looking: see Porter.
        self._task = spawn(self._server.serve(sockets=[]), name="http api")
        await self._server.listens.wait()
        porter = Porter(self.doors, self._server.config, self._server.server_state)
        self._receiving = spawn(porter.receive(self._socket), name="http doors")
        log.info("the API listens", url=self.url)

    async def stop(self) -> None:
        await stop(self._receiving)
        if self._socket is not None:
            self._socket.close()
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.wait([self._task], timeout=_GRACE_S + 2)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNSENT_MS)
        sock.bind((host, port))
    except OSError as error:
        raise OSError(error.errno, f"cannot listen on {host}:{port}: {error.strerror}") from None
    sock.listen(512)
    sock.setblocking(False)
    return sock


def _reachable(host: str) -> str:
    """Under which address this machine reaches a server bound to `host`."""
    return {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104
