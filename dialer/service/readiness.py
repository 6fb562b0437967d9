"""Whether what the service works with answers."""

from __future__ import annotations

import asyncio

from dialer.ports.bus import Bus
from dialer.ports.store import Store, StoreError

#: A part that does not answer within this is not ready.
READY_WITHIN_S = 2.0


async def fault_of(store: Store) -> str | None:
    """Why the store does not answer; None: it does."""
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            await store.ping()
    except StoreError as error:
        return str(error)
    except TimeoutError:
        return f"no answer within {READY_WITHIN_S:g} s"
    return None


async def answers(bus: Bus) -> bool:
    """Whether the live bus does."""
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            return await bus.ping()
    except TimeoutError:
        return False
