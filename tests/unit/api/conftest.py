"""The API over an engine, a store and settings in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from dialer.api.app import create_app
from dialer.api.context import ApiContext, Reloaded
from dialer.metrics import Metrics
from dialer.ports.clock import SystemClock
from dialer.ports.control import Refusal
from dialer.settings import Settings, load
from dialer.testing.control import FakeControl
from dialer.testing.store import InMemoryStore

TOKEN = "a-token-for-tests"


@dataclass
class World:
    """What the API under test works with."""

    folder: Path
    control: FakeControl = field(default_factory=FakeControl)
    store: InMemoryStore = field(default_factory=InMemoryStore)
    metrics: Metrics = field(default_factory=Metrics)
    outcome: Reloaded | Refusal = field(default_factory=Reloaded)
    parts: dict[str, str | None] = field(default_factory=lambda: {"store": None})
    settings: Settings = field(default_factory=Settings)
    reloads: int = 0

    def read_settings(self, text: str = "") -> None:
        path = self.folder / "dialer.toml"
        path.write_text('[service]\nstate_dir = "state"\n' + text, encoding="utf-8")
        found = load(path, {})
        assert isinstance(found, Settings), str(found)
        self.settings = found

    async def reload(self) -> Reloaded | Refusal:
        self.reloads += 1
        return self.outcome

    async def readiness(self) -> dict[str, str | None]:
        return self.parts

    def context(self) -> ApiContext:
        return ApiContext(
            control=self.control,
            store=self.store,
            metrics=self.metrics,
            clock=SystemClock(),
            settings=lambda: self.settings,
            token=TOKEN,
            reload=self.reload,
            readiness=self.readiness,
        )


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.read_settings()
    return world


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the token, from this machine."""
    transport = httpx.ASGITransport(app=create_app(world.context()), raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://dialer",
        headers={"Authorization": f"Bearer {TOKEN}"},
    ) as client:
        yield client


@pytest.fixture
async def stranger(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token, from elsewhere."""
    transport = httpx.ASGITransport(
        app=create_app(world.context()), client=("192.0.2.7", 4711), raise_app_exceptions=False
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://dialer") as client:
        yield client
