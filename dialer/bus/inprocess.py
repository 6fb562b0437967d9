"""The live bus of a dialer on one machine: plain memory, no server."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable, Sequence

# A listener that far behind is not listening; the oldest message makes room for the newest.
LISTENER_LIMIT = 10_000


class InProcessLeases:
    """Leases in a dictionary per pool; `now` is any clock in seconds that never goes back."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._expires: dict[str, dict[str, float]] = {}
        # Looking for what expired costs a pass over the pool: not before something can have.
        self._earliest: dict[str, float] = {}

    async def claim(self, pool: str, member: str, *, limit: int, ttl_s: float) -> bool:
        return bool(await self.claim_many(pool, [member], limit=limit, ttl_s=ttl_s))

    async def claim_many(
        self, pool: str, members: Sequence[str], *, limit: int, ttl_s: float
    ) -> list[str]:
        held = self._live(pool)
        granted = []
        for member in members:
            if member in held or len(held) < limit:
                self._hold(pool, held, member, ttl_s)
                granted.append(member)
        return granted

    async def renew(self, pool: str, members: Sequence[str], *, ttl_s: float) -> list[str]:
        held = self._live(pool)
        renewed = [member for member in members if member in held]
        for member in renewed:
            self._hold(pool, held, member, ttl_s)
        return renewed

    async def release(self, pool: str, members: Sequence[str]) -> None:
        held = self._live(pool)
        for member in members:
            held.pop(member, None)
        if not held:
            self._expires.pop(pool, None)
            self._earliest.pop(pool, None)

    async def count(self, pool: str) -> int:
        return len(self._live(pool))

    async def holder(self, name: str) -> str | None:
        return next(iter(self._live(name)), None)

    def _hold(self, pool: str, held: dict[str, float], member: str, ttl_s: float) -> None:
        expires = self._now() + ttl_s
        held[member] = expires
        self._expires[pool] = held
        self._earliest[pool] = min(expires, self._earliest.get(pool, expires))

    def _live(self, pool: str) -> dict[str, float]:
        """The pool's leases without the expired ones; not kept while it has none."""
        held = self._expires.get(pool)
        if held is None:
            return {}
        now = self._now()
        if self._earliest[pool] <= now:
            held = {member: at for member, at in held.items() if at > now}
            if not held:
                del self._expires[pool], self._earliest[pool]
                return {}
            self._expires[pool] = held
            self._earliest[pool] = min(held.values())
        return held


class InProcessSnapshots:
    """Snapshots in a dictionary; what expired goes when it is next met."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: dict[str, tuple[float, bytes]] = {}

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        self._kept[key] = (self._now() + ttl_s, value)

    async def get(self, key: str) -> bytes | None:
        expires, value = self._kept.get(key, (0.0, None))
        if value is not None and expires <= self._now():
            del self._kept[key]
            return None
        return value

    async def keys(self, prefix: str) -> list[str]:
        now = self._now()
        self._kept = {key: kept for key, kept in self._kept.items() if kept[0] > now}
        return sorted(key for key in self._kept if key.startswith(prefix))


class _Listener:
    """Messages waiting for one subscriber."""

    def __init__(self) -> None:
        self.messages: deque[bytes] = deque(maxlen=LISTENER_LIMIT)
        self.arrived = asyncio.Event()


class InProcessChannels:
    """Messages handed from task to task of one event loop."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[_Listener]] = defaultdict(set)

    async def publish(self, channel: str, message: bytes) -> int:
        listeners = self._listeners.get(channel, ())
        for listener in listeners:
            listener.messages.append(message)
            listener.arrived.set()
        return len(listeners)

    async def subscribe(self, channel: str) -> AsyncGenerator[bytes, None]:
        listener = _Listener()
        self._listeners[channel].add(listener)
        try:
            while True:
                while listener.messages:
                    yield listener.messages.popleft()
                listener.arrived.clear()
                await listener.arrived.wait()
        finally:
            self._listeners[channel].discard(listener)
            if not self._listeners[channel]:
                del self._listeners[channel]


class InProcessBus:
    """Leases, snapshots and messages within one process; always there."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.leases = InProcessLeases(now)
        self.snapshots = InProcessSnapshots(now)
        self.channels = InProcessChannels()

    async def start(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    async def ping(self) -> bool:
        return True
