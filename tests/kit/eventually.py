"""Wait for a condition in a test, never for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def eventually(
    condition: Callable[[], object], timeout_s: float = 5.0, what: str = ""
) -> None:
    """Return when `condition()` is true; AssertionError with `what` after `timeout_s`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while not condition():
        assert loop.time() < deadline, f"not within {timeout_s:g} s: {what or condition}"
        await asyncio.sleep(0.005)
