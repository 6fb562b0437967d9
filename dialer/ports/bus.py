"""The live bus: leases, snapshots for screens, commands from screens. In-process on one machine, Redis on several."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol


class Leases(Protocol):
    """Claims with an expiry, kept by the id of what claims. Repeating a claim or a release is harmless."""

    async def claim(self, pool: str, member: str, *, limit: int, ttl_s: float) -> bool:
        """True when `member` now holds one of `limit` places in `pool` for `ttl_s` (renewed if it held one)."""
        ...

    async def claim_many(
        self, pool: str, members: Sequence[str], *, limit: int, ttl_s: float
    ) -> list[str]:
        """The members that hold a place afterwards, in order; one round trip."""
        ...

    async def renew(self, pool: str, members: Sequence[str], *, ttl_s: float) -> list[str]:
        """Those of `members` that still held their place and now hold it for `ttl_s` more."""
        ...

    async def release(self, pool: str, members: Sequence[str]) -> None: ...

    async def count(self, pool: str) -> int: ...

    async def holder(self, name: str) -> str | None:
        """Who holds the exclusive lease `name` (a pool of one), if anybody."""
        ...


class Snapshots(Protocol):
    """The latest state of something, for screens; last write wins, and it expires."""

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None: ...

    async def get(self, key: str) -> bytes | None: ...

    async def keys(self, prefix: str) -> list[str]: ...


class Channels(Protocol):
    """Messages to whoever listens now; nobody listening means nobody hears it."""

    async def publish(self, channel: str, message: bytes) -> None: ...

    def subscribe(self, channel: str) -> AsyncIterator[bytes]:
        """Messages from the moment the first `anext` is awaited until the iterator is closed."""
        ...


class Bus(Protocol):
    leases: Leases
    snapshots: Snapshots
    channels: Channels

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def ping(self) -> bool: ...
