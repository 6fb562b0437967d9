"""Live push on a real server, over a floor that moves when told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from dialer.accounts.grants import Grant
from dialer.accounts.reach import Reach
from dialer.api.app import create_app
from dialer.api.context import ApiContext, Reloaded
from dialer.api.live import endpoints
from dialer.api.live.access import Visitor
from dialer.api.live.push import LivePush
from dialer.api.server import ApiServer
from dialer.metrics import Metrics
from dialer.ports.accounts import Scope
from dialer.ports.clock import SystemClock
from dialer.settings import Settings
from dialer.testing.control import FakeControl
from dialer.testing.live_client import LiveClient
from dialer.testing.live_floor import LiveFloor
from dialer.testing.store import InMemoryStore

TOKEN = "a-token-for-tests"


async def _reload() -> Reloaded:
    return Reloaded()


async def _readiness() -> dict[str, str | None]:
    return {}


@dataclass
class Served:
    """A server, its push and its floor."""

    push: LivePush
    floor: LiveFloor = field(default_factory=lambda: LiveFloor(reps=3))
    store: InMemoryStore = field(default_factory=InMemoryStore)
    server: ApiServer | None = None

    async def start(self) -> None:
        context = ApiContext(
            control=FakeControl(),
            store=self.store,
            metrics=Metrics(),
            clock=SystemClock(),
            settings=Settings,
            token=TOKEN,
            reload=_reload,
            readiness=_readiness,
            live=self.push,
        )
        self.floor.observer = self.push.observer
        self.push.start(self.floor)
        self.server = ApiServer(create_app(context), "127.0.0.1", 0)
        await self.server.start()

    async def stop(self) -> None:
        await self.push.stop()
        if self.server is not None:
            await self.server.stop()

    @property
    def url(self) -> str:
        assert self.server is not None
        return self.server.url

    def client(self, token: str = TOKEN, *, header: bool = True) -> LiveClient:
        return LiveClient(self.url, token, header=header)


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Any]]:
    """Starts servers with options of `LivePush`; stopped with the test."""
    started: list[Served] = []

    async def make(**options: Any) -> Served:
        served = Served(LivePush(SystemClock(), **{"figures_s": 0.05, **options}))
        started.append(served)
        await served.start()
        return served

    yield make
    for served in started:
        await served.stop()


@pytest.fixture
async def served(serve: Callable[..., Any]) -> Served:
    made: Served = await serve()
    return made


@pytest.fixture
def visitor(monkeypatch) -> Callable[..., None]:
    """Every connection is from then on this visitor's."""

    def be(permissions: set[str], reach: Reach) -> None:
        grant = Grant(who="eva", permissions=frozenset(permissions), scope=Scope.SQUAD)

        async def admit(*_: object) -> Visitor:
            return Visitor(grant, reach)

        monkeypatch.setattr(endpoints, "admit", admit)

    return be
