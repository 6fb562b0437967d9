"""The live bus: leases, snapshots, messages. In-process on one machine, Redis on several.

Every method that asks a server may raise BusError. What was asked for may have happened all the
same; asking again is always harmless.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol


class BusError(Exception):
    """The bus cannot be reached or did not answer in time: the message says which and where."""


class Leases(Protocol):
    """Claims with an expiry, kept by the id of what claims. Repeating one is harmless.

    Expiry runs on one clock, the server's: engines need not agree on the time. A server that lost
    its memory has no leases; `renew` tells who must claim again.
    """

    async def claim(self, pool: str, member: str, *, limit: int, ttl_s: float) -> bool:
        """True when `member` now holds a place in `pool` for `ttl_s` (renewed if it held one).

        `limit` is how many places there are now; whoever holds one keeps it when that sinks.
        """
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

    async def count(self, pool: str) -> int:
        """How many places of `pool` are held now."""
        ...

    async def holder(self, name: str) -> str | None:
        """Who holds the exclusive lease `name` (a pool of one), if anybody."""
        ...


class Snapshots(Protocol):
    """The latest state of something, for screens; last write wins, and it expires."""

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None: ...

    async def get(self, key: str) -> bytes | None: ...

    async def keys(self, prefix: str) -> list[str]:
        """The keys that start with `prefix` and have not expired, sorted."""
        ...


class Channels(Protocol):
    """Messages to whoever listens now; nobody listening means nobody hears it."""

    async def publish(self, channel: str, message: bytes) -> int:
        """How many listeners it was sent to."""
        ...

    def subscribe(self, channel: str) -> AsyncGenerator[bytes, None]:
        """Messages from the moment the first `anext` is awaited until the iterator is closed.

        Never raises BusError: a lost link is made again, and what was published meanwhile is lost.
        """
        ...


class Bus(Protocol):
    @property
    def leases(self) -> Leases: ...

    @property
    def snapshots(self) -> Snapshots: ...

    @property
    def channels(self) -> Channels: ...

    async def start(self) -> None:
        """Raises BusError, with what to do, when there is no bus to be had."""
        ...

    async def close(self) -> None:
        """Let go of everything; leases are kept until they expire. Closing twice is harmless."""
        ...

    async def ping(self) -> bool:
        """True when the bus answers; never raises."""
        ...
