"""Snapshots and messages through asyncio-redis, for those who choose it; leases stay on redis-py.

asyncio-redis stops for ever on some errors and, where it reconnects by itself, sends commands
before it has selected the database. So here it never reconnects by itself, nobody cancels a
command of its, every command has a deadline, and a connection that missed one is thrown away.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

import structlog

from dialer.bus.address import RedisAddress, redis_address
from dialer.bus.redis_bus import RETRY_FIRST_S, RETRY_LAST_S, RedisBus, literal_pattern
from dialer.ports.bus import BusError, Channels, Snapshots
from dialer.tasks import spawn

try:
    import asyncio_redis
    from asyncio_redis.encoders import BytesEncoder
    from asyncio_redis.exceptions import ConnectionLostError, ErrorReply
    from asyncio_redis.exceptions import Error as AsyncioRedisError
except ImportError as missing:
    raise BusError(
        f'[bus] client = "asyncio-redis" cannot be used here ({missing}); use "redis-py"'
    ) from missing

T = TypeVar("T")
log = structlog.get_logger(__name__)

# ErrorReply is no Error of theirs; an answer of an unexpected type is a RuntimeError.
TROUBLE = (AsyncioRedisError, ErrorReply, OSError, RuntimeError)
# How often a silent subscription looks whether its connection still stands.
LOOK_S = 1.0


class Link:
    """One connection, made at first use and made anew after any trouble."""

    def __init__(self, address: RedisAddress, timeout_s: float) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._connection: Any = None
        self._connecting = asyncio.Lock()

    async def once(self, command: Callable[[Any], Awaitable[T]]) -> T:
        """The answer to `command(connection)`, which goes out once; raises BusError."""
        task = spawn(self._answer(command), name="asyncio-redis command")
        # A command cancelled half-way leaves the connection unusable: let it finish by itself.
        answer = await asyncio.shield(task)
        if isinstance(answer, BusError):
            raise answer
        return answer

    async def harmless(self, command: Callable[[Any], Awaitable[T]]) -> T:
        """The same, asked once more when the connection was lost (not when time ran out)."""
        try:
            return await self.once(command)
        except BusError as error:
            if not isinstance(error.__cause__, ConnectionLostError | ConnectionError):
                raise
        return await self.once(command)

    async def _answer(self, command: Callable[[Any], Awaitable[T]]) -> T | BusError:
        """An error as a value, because nobody may be waiting for it any more."""
        connection = None
        try:
            async with asyncio.timeout(self._timeout_s):
                connection = await self._connected()
                return await command(connection)
        except TROUBLE as error:
            self._drop(connection)
            text = str(error) if any(error.args) else type(error).__name__
            trouble = BusError(f"Redis at {self._address.shown}: {text}")
            trouble.__cause__ = error
            return trouble

    async def _connected(self) -> Any:
        async with self._connecting:
            if self._connection is None or not self._connection.protocol.is_connected:
                self._connection = await connect(self._address)
            return self._connection

    def _drop(self, connection: Any) -> None:
        if connection is not None and connection is self._connection:
            self._connection = None
            connection.close()

    def close(self) -> None:
        self._drop(self._connection)


async def connect(address: RedisAddress) -> Any:
    """A connection that is logged in and on its database before anyone may use it."""
    connection = await asyncio_redis.Connection.create(
        address.host, address.port, encoder=BytesEncoder(), auto_reconnect=False
    )
    try:
        if address.password:
            await connection.auth(address.password.encode())
        if address.db:
            await connection.select(address.db)
    except BaseException:
        connection.close()
        raise
    return connection


class AsyncioRedisSnapshots:
    """Snapshots as expiring strings."""

    def __init__(self, link: Link, prefix: str) -> None:
        self._link = link
        self._prefix = f"{prefix}snap:"

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        name, ttl_ms = self._name(key), max(1, round(ttl_s * 1000))
        await self._link.harmless(lambda redis: redis.set(name, value, pexpire=ttl_ms))

    async def get(self, key: str) -> bytes | None:
        value: bytes | None = await self._link.harmless(lambda redis: redis.get(self._name(key)))
        return value

    async def keys(self, prefix: str) -> list[str]:
        pattern = literal_pattern(self._prefix + prefix) + "*"
        found = await self._link.harmless(lambda redis: _scan(redis, pattern.encode()))
        return sorted(key.decode()[len(self._prefix) :] for key in found)

    def _name(self, key: str) -> bytes:
        return (self._prefix + key).encode()


async def _scan(redis: Any, pattern: bytes) -> set[bytes]:
    cursor = await redis.scan(match=pattern)
    cursor.count = 1000
    return set(await cursor.fetchall())


class AsyncioRedisChannels:
    """Messages by PUBLISH; each subscription has a connection of its own."""

    def __init__(self, link: Link, address: RedisAddress, prefix: str, timeout_s: float) -> None:
        self._link = link
        self._address = address
        self._prefix = f"{prefix}chan:"
        self._timeout_s = timeout_s

    async def publish(self, channel: str, message: bytes) -> int:
        name = (self._prefix + channel).encode()
        return int(await self._link.once(lambda redis: redis.publish(name, message)))

    async def subscribe(self, channel: str) -> AsyncGenerator[bytes, None]:
        name = (self._prefix + channel).encode()
        wait_s = RETRY_FIRST_S
        while True:
            connection = None
            try:
                async with asyncio.timeout(self._timeout_s):
                    connection = await connect(self._address)
                    _notice_a_dead_peer(connection.transport)
                    subscription = await connection.start_subscribe()
                    await subscription.subscribe([name])
                wait_s = RETRY_FIRST_S
                while True:
                    yield await _next_message(connection, subscription)
            except TROUBLE as error:
                log.warning("subscription lost", redis=self._address.shown, error=repr(error))
            finally:
                if connection is not None:
                    connection.close()
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, RETRY_LAST_S)


async def _next_message(connection: Any, subscription: Any) -> bytes:
    """The next message; raises ConnectionResetError when the connection is gone."""
    message = spawn(subscription.next_published(), name="asyncio-redis next message")
    try:
        # The library waits for ever on a lost connection, and must not lose a message to a timeout.
        while not (await asyncio.wait({message}, timeout=LOOK_S))[0]:
            if not connection.protocol.is_connected:
                raise ConnectionResetError("connection lost")
        return bytes(message.result().value)
    finally:
        message.cancel()


def _notice_a_dead_peer(transport: asyncio.Transport) -> None:
    """Let the kernel probe a silent server: the library cannot while it is subscribed."""
    sock = transport.get_extra_info("socket")
    with suppress(OSError, AttributeError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, seconds in (("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3)):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)


class AsyncioRedisBus(RedisBus):
    """A Redis bus whose snapshots and messages go through asyncio-redis, its leases never."""

    def __init__(self, url: str, *, prefix: str = "dialer:", timeout_s: float = 2.0) -> None:
        super().__init__(url, prefix=prefix, timeout_s=timeout_s)
        address = redis_address(url)
        if address.tls or address.user:
            raise BusError("asyncio-redis knows neither TLS nor users; use redis-py in [bus]")
        self._link = Link(address, timeout_s)
        self.snapshots: Snapshots = AsyncioRedisSnapshots(self._link, prefix)
        self.channels: Channels = AsyncioRedisChannels(self._link, address, prefix, timeout_s)

    async def close(self) -> None:
        self._link.close()
        await super().close()
