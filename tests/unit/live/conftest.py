"""Live push on a real server, over a floor that moves when told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from dialer.api.app import create_app
from dialer.api.server import ApiServer
from dialer.features.live import endpoints
from dialer.features.live.access import Visitor
from dialer.features.live.parts import LIVE
from dialer.features.live.push import LivePush
from dialer.features.system.parts import READINESS, RELOAD
from dialer.kit.context import ApiContext
from dialer.kit.grants import Grant
from dialer.kit.parts import parts
from dialer.kit.scope import Reach
from dialer.memory.store import InMemoryStore
from dialer.metrics import Metrics
from dialer.ports.clock import SystemClock
from dialer.settings import Settings
from dialer.settings.changes import Reloaded
from dialer.words import Scope
from tests.kit.control import FakeControl
from tests.kit.live_client import LiveClient
from tests.kit.live_floor import LiveFloor

TOKEN = "a-token-for-tests"


async def _reload(by: str) -> Reloaded:
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
            parts=parts(
                RELOAD.bind(_reload),
                READINESS.bind(_readiness),
                LIVE.bind(self.push),
            ),
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
