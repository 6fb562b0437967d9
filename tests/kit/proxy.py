"""A TCP proxy on loopback that tests cut, to see what a broken link does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from dialer.tasks import spawn, stop


class CuttableProxy:
    """Forwards 127.0.0.1:`port` to `target`; `cut` drops all, `open_` lets in again."""

    def __init__(self, target: int) -> None:
        self.target, self.port, self.passed = target, 0, 0
        self._is_open = True
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """End every connection at once and refuse new ones."""
        self._is_open = False
        for writer in list(self._writers):
            writer.transport.abort()

    def open_(self) -> None:
        self._is_open = True

    async def close(self) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._is_open:
            writer.transport.abort()
            return
        self.passed += 1
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers |= {writer, far_writer}
        back = spawn(_pump(far_reader, writer), name="proxy back")
        with suppress(OSError):
            await _pump(reader, far_writer)
        await stop(back)
        for each in (writer, far_writer):
            self._writers.discard(each)
            each.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


@asynccontextmanager
async def cuttable_proxy(target: int) -> AsyncIterator[CuttableProxy]:
    proxy = CuttableProxy(target)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.close()
