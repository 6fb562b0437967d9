"""One who is told over HTTP: a real server that answers what it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Receiver:
    """Answers with `answers` in turn, the last one again and again."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.heads: list[str] = []
        self.bodies: list[str] = []
        self._heard = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
        self.heads.append(head)
        async with self._heard:
            self.bodies.append((await reader.readexactly(length)).decode())
            self._heard.notify_all()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        writer.write(answer)
        await writer.drain()
        if answer.endswith(b"..."):
            await asyncio.sleep(60)
        writer.close()

    async def until_told(self, event: str, within_s: float = 20.0) -> None:
        async with asyncio.timeout(within_s), self._heard:
            await self._heard.wait_for(
                lambda: any(json.loads(it).get("event") == event for it in self.bodies)
            )


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[int]:
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
