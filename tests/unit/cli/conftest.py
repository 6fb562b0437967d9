"""Commands in this process, on a state folder of their own, with or without a service."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog

from dialer.api.app import create_app
from dialer.api.server import ApiServer
from dialer.cli.main import run
from dialer.features.system.parts import READINESS, RELOAD
from dialer.kit.context import ApiContext
from dialer.kit.parts import parts
from dialer.metrics import Metrics
from dialer.ports.clock import SystemClock
from dialer.ports.control import Refusal
from dialer.settings import Settings, load
from dialer.settings.changes import Reloaded
from dialer.settings.secrets import SecretsFile
from dialer.state_folder import SERVICE_FILE, TOKEN
from dialer.store import open_store
from tests.kit.control import FakeControl


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)


Dialer = Callable[..., Done]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DIALER_URL", "DIALER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "dialer.toml"
    path.write_text('[service]\nstate_dir = "state"\n[campaign.spring]\nregion = "DE"\n')
    monkeypatch.setenv("DIALER_CONFIG", str(path))
    return path


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def dialer(config: Path, capfd: pytest.CaptureFixture[str]) -> Dialer:
    """Run `dialer ARGUMENTS…`."""

    def call(*arguments: str) -> Done:
        capfd.readouterr()
        status = run(arguments)
        seen = capfd.readouterr()
        return Done(status, seen.out, seen.err)

    return call


@dataclass
class RunningService:
    """A service with an engine in memory, in a thread of its own."""

    settings: Settings
    control: FakeControl = field(default_factory=FakeControl)
    outcome: Reloaded | Refusal = field(default_factory=Reloaded)
    url: str = ""
    _ready: threading.Event = field(default_factory=threading.Event)
    _loop: asyncio.AbstractEventLoop | None = None
    _stop: asyncio.Event | None = None

    def serve(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        store = await open_store(self.settings.store_url)

        async def reload(by: str) -> Reloaded | Refusal:
            found = load(self.settings.source, {})
            assert isinstance(found, Settings)
            self.settings = found
            for name in found.campaign:
                self.control.add_campaign(name)
            return self.outcome

        async def readiness() -> dict[str, str | None]:
            return {}

        context = ApiContext(
            control=self.control,
            store=store,
            metrics=Metrics(),
            clock=SystemClock(),
            settings=lambda: self.settings,
            token=SecretsFile(self.settings.state_dir).get_or_make(TOKEN),
            parts=parts(
                RELOAD.bind(reload),
                READINESS.bind(readiness),
            ),
        )
        server = ApiServer(create_app(context), "127.0.0.1", 0)
        await server.start()
        self.url = server.url
        self._ready.set()
        await self._stop.wait()
        await server.stop()
        await store.close()

    def wait(self) -> None:
        assert self._ready.wait(10)

    def stop(self) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)


@pytest.fixture
def service(config: Path) -> Iterator[RunningService]:
    """A running service that commands find through the state folder."""
    settings = load(config, {})
    assert isinstance(settings, Settings)
    settings.state_dir.mkdir()
    running = RunningService(settings)
    thread = threading.Thread(target=running.serve)
    thread.start()
    running.wait()
    told = {"url": running.url, "pid": os.getpid()}
    (settings.state_dir / SERVICE_FILE).write_text(json.dumps(told))
    yield running
    running.stop()
    thread.join(10)
