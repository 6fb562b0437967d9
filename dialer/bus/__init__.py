"""The live bus, in-process or on a Redis: leases, snapshots for screens, messages."""

from __future__ import annotations

from dialer.ports.bus import Bus
from dialer.words import BusClient


def open_bus(url: str = "", *, client: BusClient = "redis-py", prefix: str = "dialer:") -> Bus:
    """The bus that `[bus]` asks for, not started: without a URL, the one within this process.

    `client` carries snapshots and messages; leases are redis-py's in any case. Raises BusError.
    """
    # Imported here: who runs on one machine does not load a Redis client.
    if not url:
        from dialer.bus.inprocess import InProcessBus  # noqa: PLC0415

        return InProcessBus()
    if client == "asyncio-redis":
        from dialer.bus.asyncio_redis_bus import AsyncioRedisBus  # noqa: PLC0415

        return AsyncioRedisBus(url, prefix=prefix)
    from dialer.bus.redis_bus import RedisBus  # noqa: PLC0415

    return RedisBus(url, prefix=prefix)
