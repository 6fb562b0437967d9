"""The live bus on a Redis (or Valkey), 5 or later, through redis-py.

redis-py repeats a command ten times by default: an INCR whose reply was lost counts twice. Here it
never repeats by itself. What is harmless to repeat, because it is keyed by who asks, is asked for
once more after a lost connection; a message is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import structlog
from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis, SSLConnection
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from dialer.bus.address import RedisAddress, redis_address
from dialer.bus.fitness import unfit
from dialer.ports.bus import BusError, Channels, Snapshots

T = TypeVar("T")
log = structlog.get_logger(__name__)

CONNECTIONS = 16
# A silent subscription is asked for a sign of life, and given up when none comes as long again.
QUIET_S = 5.0
RETRY_FIRST_S, RETRY_LAST_S = 0.1, 2.0


class Requests:
    """One Redis client; whatever goes wrong comes out as a BusError that names the server."""

    def __init__(self, client: Redis, address: RedisAddress) -> None:
        self.client = client
        self.address = address

    async def once(self, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer to `ask`, which goes out once."""
        try:
            return await ask()
        except (RedisError, OSError) as error:
            text = str(error) or type(error).__name__
            raise BusError(f"Redis at {self.address.shown}: {text}") from error

    async def harmless(self, ask: Callable[[], Awaitable[T]]) -> T:
        """The same, asked once more when the connection was lost (not when time ran out)."""
        try:
            return await self.once(ask)
        except BusError as error:
            if not isinstance(error.__cause__, RedisConnectionError):
                raise
        # A restarted server left every idle connection dead.
        await self.client.connection_pool.disconnect(inuse_connections=False)
        return await self.once(ask)


class RedisLeases:
    """Leases as sorted sets, claimed in one Lua script that Redis runs as one step."""

    def __init__(self, requests: Requests, prefix: str) -> None:
        self._requests = requests
        self._prefix = f"{prefix}lease:"
        # Sends only the script's hash; sends the script when a restarted server forgot it.
        text = Path(__file__).with_name("leases.lua").read_text(encoding="utf-8")
        self._script = requests.client.register_script(text)

    async def claim(self, pool: str, member: str, *, limit: int, ttl_s: float) -> bool:
        return bool(await self.claim_many(pool, [member], limit=limit, ttl_s=ttl_s))

    async def claim_many(
        self, pool: str, members: Sequence[str], *, limit: int, ttl_s: float
    ) -> list[str]:
        if not members:
            return []
        return await self._run(pool, "claim", limit, _milliseconds(ttl_s), *members)

    async def renew(self, pool: str, members: Sequence[str], *, ttl_s: float) -> list[str]:
        if not members:
            return []
        return await self._run(pool, "renew", _milliseconds(ttl_s), *members)

    async def release(self, pool: str, members: Sequence[str]) -> None:
        if members:
            key = self._prefix + pool
            await self._requests.harmless(lambda: self._requests.client.zrem(key, *members))

    async def count(self, pool: str) -> int:
        return len(await self._run(pool, "held"))

    async def holder(self, name: str) -> str | None:
        held = await self._run(name, "held")
        return held[0] if held else None

    async def _run(self, pool: str, *arguments: str | int) -> list[str]:
        key = self._prefix + pool
        answer = await self._requests.harmless(
            lambda: self._script(keys=[key], args=list(arguments))
        )
        return [member.decode() for member in answer]


class RedisSnapshots:
    """Snapshots as expiring strings."""

    def __init__(self, requests: Requests, prefix: str) -> None:
        self._requests = requests
        self._prefix = f"{prefix}snap:"

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        name, ttl_ms = self._prefix + key, _milliseconds(ttl_s)
        await self._requests.harmless(lambda: self._requests.client.set(name, value, px=ttl_ms))

    async def get(self, key: str) -> bytes | None:
        name = self._prefix + key
        value = await self._requests.harmless(lambda: self._requests.client.get(name))
        return cast("bytes | None", value)

    async def keys(self, prefix: str) -> list[str]:
        pattern = literal_pattern(self._prefix + prefix) + "*"
        found = await self._requests.harmless(lambda: self._scan(pattern))
        return sorted(key.decode()[len(self._prefix) :] for key in found)

    async def _scan(self, pattern: str) -> set[bytes]:
        """As a set: SCAN may name a key twice."""
        scan = self._requests.client.scan_iter(match=pattern, count=1000)
        return {key async for key in scan}


class RedisChannels:
    """Messages by PUBLISH; each subscription has a connection of its own."""

    def __init__(self, requests: Requests, listening: Redis, prefix: str) -> None:
        self._requests = requests
        self._listening = listening
        self._prefix = f"{prefix}chan:"

    async def publish(self, channel: str, message: bytes) -> int:
        name = self._prefix + channel
        return int(await self._requests.once(lambda: self._requests.client.publish(name, message)))

    async def subscribe(self, channel: str) -> AsyncGenerator[bytes, None]:
        wait_s = RETRY_FIRST_S
        while True:
            pubsub = self._listening.pubsub()
            try:
                await pubsub.subscribe(self._prefix + channel)
                wait_s = RETRY_FIRST_S
                while True:
                    yield await _next_message(pubsub)
            except (RedisError, OSError) as error:
                log.warning(
                    "subscription lost", redis=self._requests.address.shown, error=str(error)
                )
            finally:
                with suppress(RedisError, OSError):
                    await pubsub.aclose()  # type: ignore[no-untyped-call]
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, RETRY_LAST_S)


async def _next_message(pubsub: PubSub) -> bytes:
    """The next message; raises when the server gives no sign of life for twice QUIET_S."""
    asked = False
    while True:
        message = await pubsub.get_message(ignore_subscribe_messages=False, timeout=QUIET_S)
        if message is None:
            if asked:
                raise TimeoutError("no sign of life")
            await pubsub.ping()
            asked = True
            continue
        asked = False
        if message["type"] == "message":
            return bytes(message["data"])


class RedisBus:
    """Leases, snapshots and messages on one Redis database, under one prefix."""

    def __init__(self, url: str, *, prefix: str = "dialer:", timeout_s: float = 2.0) -> None:
        self._address = address = redis_address(url)
        # 16 connections in turn; the default pool raises above 100 commands at once.
        pool = BlockingConnectionPool(
            max_connections=CONNECTIONS, timeout=timeout_s, **_options(address, timeout_s)
        )
        self._requests = requests = Requests(Redis(connection_pool=pool), address)
        self._listening = Redis(connection_pool=ConnectionPool(**_options(address, timeout_s)))
        self.leases = RedisLeases(requests, prefix)
        self.snapshots: Snapshots = RedisSnapshots(requests, prefix)
        self.channels: Channels = RedisChannels(requests, self._listening, prefix)

    async def start(self) -> None:
        """Raises BusError when the server is away, refuses us or cannot carry a bus."""
        try:
            server = await self._info("server")
            memory = await self._info("memory")
        except BusError as error:
            raise BusError(f"{error}; start it, or correct `url` in [bus]") from error
        if why := unfit(server, memory):
            raise BusError(f"Redis at {self._address.shown} {why}")

    async def _info(self, section: str) -> dict[str, Any]:
        return await self._requests.harmless(lambda: self._requests.client.info(section))

    async def close(self) -> None:
        for client in (self._requests.client, self._listening):
            await client.aclose(close_connection_pool=True)

    async def ping(self) -> bool:
        try:
            return await self._requests.harmless(self._requests.client.ping)
        except BusError:
            return False


def literal_pattern(text: str) -> str:
    """`text` as a Redis MATCH pattern that matches only itself."""
    return "".join(f"\\{sign}" if sign in "*?[]\\^-" else sign for sign in text)


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _options(address: RedisAddress, timeout_s: float) -> dict[str, Any]:
    """What every connection is made with."""
    options: dict[str, Any] = {
        "host": address.host,
        "port": address.port,
        "db": address.db,
        "username": address.user,
        "password": address.password,
        "socket_timeout": timeout_s,
        "socket_connect_timeout": timeout_s,
        "socket_keepalive": True,
        "retry": Retry(NoBackoff(), 0),
        # With protocol 3 the client takes part in maintenance notices, and then no longer notices
        # that a pooled connection was closed by the server.
        "protocol": 2,
    }
    if address.tls:
        options["connection_class"] = SSLConnection
    return options
