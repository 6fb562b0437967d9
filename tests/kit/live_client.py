"""A screen over a real WebSocket: subscribes, keeps a mirror of each topic, heals gaps."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from tests.kit.live_mirror import Mirror


class LiveClient:
    """`heard` has every message; `mirrors` the state by topic, kept over connections. Without a
    header the token is the first message; without a token there is none.
    """

    def __init__(self, url: str, token: str, *, header: bool = True) -> None:
        self.url = url.replace("http", "ws", 1) + "/api/v1/live"
        self._token, self._header = token, header
        self.mirrors: dict[str, Mirror] = {}
        self.heard: list[dict[str, Any]] = []
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.socket.close()

    @property
    def socket(self) -> ClientConnection:
        assert self._socket is not None
        return self._socket

    async def connect(self) -> None:
        headers = (
            {"Authorization": f"Bearer {self._token}"} if self._header and self._token else None
        )
        # A proxy from the environment has no business with loopback.
        self._socket = await connect(
            self.url, additional_headers=headers, compression=None, proxy=None, max_size=None
        )
        if self._token and not self._header:
            await self.say({"op": "hello", "token": self._token})

    async def say(self, message: object) -> None:
        text = (
            message if isinstance(message, str | bytes) else msgspec.json.encode(message).decode()
        )
        await self.socket.send(text)

    async def watch(self, topic: str, **wishes: str) -> Mirror:
        """Subscribe, from where this client stood if it knows the topic."""
        mirror = self.mirrors.setdefault(topic, Mirror())
        wish: dict[str, Any] = {"op": "subscribe", "topic": topic, **wishes}
        if mirror.seq is not None:
            wish |= {"run": mirror.run, "seq": mirror.seq}
        await self.say(wish)
        await self.until("snapshot", "resumed", "error", topic=topic)
        return mirror

    async def hear(self) -> dict[str, Any]:
        """The next message, applied."""
        text = await self.socket.recv()
        message: dict[str, Any] = msgspec.json.decode(text)
        mirror = self.mirrors.get(message.get("topic", ""))
        if mirror is not None:
            mirror.apply(text)
        self.heard.append(message)
        return message

    async def until(self, *ops: str, topic: str = "", within_s: float = 10.0) -> dict[str, Any]:
        """Hear until one of `ops` (of `topic`) comes."""
        async with asyncio.timeout(within_s):
            while True:
                message = await self.hear()
                if message["op"] in ops and topic in {"", message.get("topic")}:
                    return message
