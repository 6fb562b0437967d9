"""The clock that jumps."""

from __future__ import annotations

import asyncio
import time

from dialer.sim.virtual_time import EPOCH, LoopClock, virtual_time


@virtual_time
async def test_an_hour_is_over_at_once_and_timers_keep_their_order() -> None:
    clock, told, began = LoopClock(), list[str](), time.monotonic()
    loop = asyncio.get_running_loop()
    loop.call_later(1800, told.append, "half")
    loop.call_later(60, told.append, "minute")
    await asyncio.sleep(3600)
    assert told == ["minute", "half"]
    assert clock.now() - EPOCH == 3600
    assert time.monotonic() - began < 60


@virtual_time
async def test_what_is_ready_goes_before_what_is_due() -> None:
    told = list[str]()
    loop = asyncio.get_running_loop()
    loop.call_later(0.001, told.append, "due")
    for _ in range(3):
        told.append("ready")
        await asyncio.sleep(0)
    assert told == ["ready"] * 3


@virtual_time
async def test_a_thread_is_waited_for() -> None:
    assert await asyncio.to_thread(lambda: 7) == 7
