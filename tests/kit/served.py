"""`dialer serve` as a process of its own over a running Asterisk pair: to kill, to stop, to ask."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from dialer.asterisk.free_ports import is_free
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import Agent, Cdr, LeadNumber, NewLead
from dialer.store.sql_store import SqlStore, open_store
from tests.kit.asterisk import AsteriskPair
from tests.kit.rig import check_replay

POOL, CAMPAIGN = "default", "demo"


@dataclass
class Served:
    """The service's process, its API and its database."""

    pair: AsteriskPair
    config: Path
    state_dir: Path
    port: int
    store: SqlStore
    client: httpx.AsyncClient
    process: subprocess.Popen[bytes] | None = None
    #: How many files and sockets it may open at most; None: as many as this process.
    descriptors: int | None = None
    #: What its environment has beside ours.
    env: dict[str, str] = field(default_factory=dict)

    async def start(self) -> None:
        """Start it and return when it says that it can work."""
        with (self.state_dir / "service.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: ASYNC220 (forks in milliseconds)
                [sys.executable, "-m", "dialer.cli.main", "serve", "--config", str(self.config)],
                stdout=log,
                stderr=log,
                preexec_fn=None if self.descriptors is None else self._limit,  # noqa: PLW1509
                env={**os.environ, **self.env},
            )
        await self.until(self._is_ready, 90, "the service is ready")
        self.client.headers["Authorization"] = f"Bearer {self._token()}"

    def _limit(self) -> None:
        assert self.descriptors is not None
        resource.setrlimit(resource.RLIMIT_NOFILE, (self.descriptors, self.descriptors))

    def _token(self) -> str:
        command = [sys.executable, "-m", "dialer.cli.main", "token", "--config", str(self.config)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    async def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"the service ended: {self.log_tail()}")
        with suppress(httpx.HTTPError):
            return (await self.client.get("/readyz")).is_success
        return False

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def log_tail(self) -> str:
        return (self.state_dir / "service.log").read_text("utf-8")[-2000:]

    async def tell(self, path: str, body: dict[str, object] | None = None) -> None:
        reply = await self.client.post(f"/api/v1/{path}", json=body)
        assert reply.is_success, (path, reply.text)

    async def floor(self) -> dict[str, Any]:
        reply = await self.client.get(f"/api/v1/floors/{POOL}")
        assert reply.is_success, reply.text
        floor: dict[str, Any] = reply.json()
        return floor

    async def count(self, key: str, state: str) -> int:
        """Reps (`agents`) in a state, or calls (`calls`) in a phase."""
        field = "state" if key == "agents" else "phase"
        return sum(each[field] == state for each in (await self.floor())[key])

    async def add_reps(self, count: int) -> None:
        for number in range(1, count + 1):
            name = f"rep{number:02}"
            await self.store.agents.add(Agent(id=name, name=name, endpoint=name, pool=POOL))

    async def log_in(self, count: int) -> None:
        for number in range(1, count + 1):
            await self.tell(f"agents/rep{number:02}/login")
            await self.tell(f"agents/rep{number:02}/ready")

        async def all_ready() -> bool:
            return await self.count("agents", "ready") >= count

        await self.until(all_ready, 15, f"{count} reps are ready")

    async def add_leads(self, numbers: Sequence[str]) -> None:
        campaign = await self.store.campaigns.by_name(CAMPAIGN)
        if campaign is None:
            campaign = await self.store.campaigns.create(
                CAMPAIGN, pool=POOL, settings={}, now=time.time(), who="test"
            )
        leads = [NewLead(numbers=[LeadNumber(number)], name="Lead") for number in numbers]
        await self.store.leads.add(campaign.id, leads, now=time.time())

    async def cdrs(self) -> list[Cdr]:
        return [cdr async for cdr in self.store.attempts.export(EVERYTHING)]

    async def until(self, condition: Callable[[], Any], within_s: float, what: str) -> None:
        """Return when awaiting `condition()` gives true. Raises TimeoutError that says what."""
        deadline = time.monotonic() + within_s
        while not await condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {within_s:g} s: {what}; {self.log_tail()}")
            await asyncio.sleep(0.05)


_CONFIG = """\
[service]
state_dir = {state_dir}
port = {port}
drain_s = 0.5

[asterisk]
run = "external"
ami_port = {ami}
ami_secret = {secret}
agi_port = {agi}
ledger = {ledger}

[[trunk]]
name = "carrier"
host = "127.0.0.1"
port = {sip}
caller_ids = ["+12125550199"]

[pool.default]
method = "progressive"

[campaign.demo]
trunks = ["carrier"]
ring_timeout = 10.0
wrapup_limit = 0.0

[campaign.demo.calling]
start = "00:00"
end = "24:00"
pause_minutes = 0
"""


def _free_port(first: int) -> int:
    return next(port for port in range(first, first + 4000) if is_free(port))


@asynccontextmanager
async def served(pair: AsteriskPair) -> AsyncIterator[Served]:
    """A service that is configured but not started; killed at the end, whatever happens."""
    state_dir = pair.folder / f"served-{time.time():.6f}"
    state_dir.mkdir(mode=0o700)
    node = pair.node.settings
    start = 31_000 + os.getpid() % 1000 * 4
    port = _free_port(start)
    values = {
        "state_dir": str(state_dir),
        "port": port,
        "ami": node.ports.ami,
        "secret": node.secrets.ami_dialer,
        "agi": _free_port(port + 1),
        "ledger": str(node.ledger),
        "sip": pair.public.settings.ports.sip,
    }
    config = state_dir / "dialer.toml"
    config.write_text(_CONFIG.format(**{k: json.dumps(v) for k, v in values.items()}), "utf-8")
    store = await open_store(f"sqlite:///{state_dir / 'dialer.db'}")
    client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5)
    service = Served(pair, config, state_dir, port, store, client)
    try:
        yield service
    finally:
        service.kill()
        await client.aclose()
        await store.close()
    # Not reached when the test failed: its own error says more.
    check_replay(state_dir)
