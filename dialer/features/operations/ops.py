"""What operators are shown of the running service, and the little they turn while it runs."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from dialer.asterisk.errors import AmiError
from dialer.asterisk.switch import AsteriskSwitch
from dialer.doctor import Check, examine
from dialer.engine.breaker import Breaker
from dialer.engine.engine import Engine
from dialer.engine.wall_times import later
from dialer.features.operations.link_figures import link_figures
from dialer.features.operations.trunk_figures import TrunkFigures, TrunkNumbers
from dialer.log import LogOutlet
from dialer.ports.clock import FloorClock
from dialer.ports.control import Refusal
from dialer.settings import Settings
from dialer.store import head
from dialer.words import TrunkHealth

#: An Asterisk that does not tell its version within this has none.
VERSION_WITHIN_S = 1.0
_LIBRARIES = (
    "alembic", "asyncpg", "fastapi", "hiredis", "numpy", "pydantic", "redis", "sqlalchemy",
    "uvicorn", "uvloop",
)  # fmt: skip


class Node(Struct, frozen=True, kw_only=True):
    """One Asterisk as this engine sees it."""

    node: str
    up: bool
    run: str
    address: str
    version: str
    booted_at: float | None
    calls: int
    reconnects: int
    events: int
    agi: dict[str, int]
    #: What is wrong and what to do; "" where nothing is.
    words: str


class TrunkNow(Struct, frozen=True, kw_only=True):
    name: str
    kind: str
    host: str
    in_use: int
    max_lines: int | None
    calls_per_second: float | None
    use: float | None
    #: Of its breaker.
    state: TrunkHealth
    #: When it came to take calls, or to take none.
    since: float
    #: When the next probe goes out, while it takes none.
    probe_at: float | None
    #: What OPTIONS and its registration say; None: it is not asked.
    reachable: bool | None
    #: The last 15 minutes.
    lately: TrunkNumbers


class Ops:
    """Of one running service. `doctor` is run in a thread, one at a time."""

    def __init__(
        self,
        *,
        settings: Callable[[], Settings],
        engine: Engine,
        switch: AsteriskSwitch,
        outlet: LogOutlet | None,
        clock: FloorClock,
        trunks: TrunkFigures,
    ) -> None:
        self._trunk_figures = trunks
        self._settings, self._engine, self._switch = settings, engine, switch
        self._outlet, self._clock, self._started_at = outlet, clock, clock.steady()
        self._examining = asyncio.Lock()

    async def nodes(self) -> list[Node]:
        figures, asterisk = link_figures(self._switch), self._settings().asterisk
        calls = sum(len(runner.floor.attempts) for runner in self._engine.runners.values())
        words = ""
        if not figures.is_up:
            words = f"no manager link to {asterisk.ami_host}:{asterisk.ami_port}: "
            words += "start Asterisk, or look at 'dialer doctor'"
        return [
            Node(
                node=figures.node,
                up=figures.is_up,
                run=asterisk.run,
                address=f"{asterisk.ami_host}:{asterisk.ami_port}",
                version=await self._asterisk_version(),
                booted_at=later(self._switch.booted_at, self._clock.offset()),
                calls=calls,
                reconnects=figures.reconnects,
                events=figures.events,
                agi=dict(figures.agi),
                words=words,
            )
        ]

    async def _asterisk_version(self) -> str:
        if not self._switch.is_up:
            return ""
        try:
            async with asyncio.timeout(VERSION_WITHIN_S):
                answer = await self._switch.ami.action("CoreSettings")
        except (AmiError, TimeoutError, OSError):
            return ""
        return str(answer.get("AsteriskVersion", ""))

    def trunks(self) -> list[TrunkNow]:
        in_use, breakers = self._engine.trunks.in_use(), self._engine.trunks.breakers()
        offset = self._clock.offset()
        return [
            TrunkNow(
                name=trunk.name,
                kind=trunk.kind,
                host=trunk.host,
                in_use=in_use.get(trunk.name, 0),
                max_lines=trunk.max_lines,
                calls_per_second=trunk.calls_per_second,
                use=in_use.get(trunk.name, 0) / trunk.max_lines if trunk.max_lines else None,
                state=breaker.state,
                since=breaker.since + offset if breaker.since else 0.0,
                probe_at=breaker.probe_at + offset if breaker.state == "out" else None,
                reachable=breaker.reachable,
                lately=self._trunk_figures.numbers(trunk.name),
            )
            for trunk in self._settings().trunk
            for breaker in [breakers.get(trunk.name, Breaker())]
        ]

    async def versions(self, dialer: str) -> dict[str, Any]:
        nodes = await self.nodes()
        return {
            "dialer": dialer,
            "database": head(),
            "python": platform.python_version(),
            "asterisk": {node.node: node.version for node in nodes},
            "libraries": {name: _version(name) for name in _LIBRARIES},
            "started_at": self._started_at + self._clock.offset(),
        }

    def settings(self) -> dict[str, Any]:
        """As loaded: secrets are masked, and of webhooks' addresses only the host is shown."""
        settings = self._settings()
        shown = settings.model_dump(mode="json")
        for name, hook in settings.webhook.items():
            shown["webhook"][name]["url"] = _host(hook.url)
        source = str(settings.source) if settings.source is not None else None
        return {"source": source, "state_dir": str(settings.state_dir), "settings": shown}

    async def doctor(self) -> list[Check] | Refusal:
        """Every check of `dialer doctor`; takes some seconds."""
        if self._examining.locked():
            return Refusal("busy", "the checks are being made already: wait some seconds")
        async with self._examining:
            return await asyncio.to_thread(examine, self._settings(), service_runs=True)

    def levels(self) -> dict[str, Any]:
        """What is logged: in general, and under certain names."""
        if self._outlet is None:
            return {"level": "info", "levels": {}}
        names = {10: "debug", 20: "info", 30: "warning", 40: "error", 50: "critical"}
        own = {name: names[level] for name, level in self._outlet.levels.items()}
        return {"level": names[self._outlet.level], "levels": own}

    def set_level(self, logger: str, level: str) -> Refusal | None:
        """Until the next restart or reload. `logger` "": in general."""
        if self._outlet is None:
            return Refusal("no-log", "this service keeps no log of its own")
        now = self.levels()
        if logger:
            self._outlet.set_levels(now["level"], {**now["levels"], logger: level})
        else:
            self._outlet.set_levels(level, now["levels"])
        return None


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/…"
