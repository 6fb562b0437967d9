"""A switch on a fake Asterisk, closed with the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from dialer.ports.clock import SystemClock
from tests.kit.switch_world import SwitchWorld


@pytest.fixture
async def make_world(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[SwitchWorld]]]:
    """Makes worlds; `up=False` does not link the switch."""
    made: list[SwitchWorld] = []

    async def make(*, up: bool = True, **options: Any) -> SwitchWorld:
        defaults = {"ledger": tmp_path / "dialer.csv", "clock": SystemClock()}
        world = SwitchWorld(**(defaults | options))
        made.append(world)
        await world.start(up=up)
        return world

    yield make
    for world in made:
        await world.close()


@pytest.fixture
async def world(make_world: Callable[..., Awaitable[SwitchWorld]]) -> SwitchWorld:
    """One that is linked."""
    return await make_world()
