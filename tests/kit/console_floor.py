"""A floor for tests of the console: `dialer serve` on a real Asterisk, with the public network.

People of every role have accounts, reps have phones in the browser, and both of a page's ways to
the service, HTTP and the phone's WebSocket, pass through proxies that a test can cut.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import httpx

from dialer.asterisk.demo_network import (
    Behaviour,
    DemoSettings,
    PublicNetwork,
    area_codes,
    number_for,
    rep_names,
)
from dialer.asterisk.free_ports import PortBlock, hold_ports
from dialer.asterisk.node_settings import Ports, Secrets
from dialer.asterisk.tree import AsteriskInstall
from dialer.ids import new_id
from dialer.kit import passwords
from dialer.ports.accounts import Account, Member, Squad, Team
from dialer.ports.audit import AuditEntry
from dialer.ports.store import LeadNumber, NewLead
from dialer.store.sql_store import SqlStore, open_store
from tests.kit.proxy import CuttableProxy, cuttable_proxy

#: Everybody's password: argon2 takes 20 ms, once.
PASSWORD = "correct-horse-7-battery"
#: Each campaign gets a pool of its own, so that tests on one floor do not meet.
POOLS = 60
COLLEAGUES = (
    "Ben Arp", "Chen Yu", "Dora Lind", "Emil Sand", "Fay Moor", "Gus Holt", "Hana Ito", "Ivo Kern",
    "June Park", "Kai Wolf", "Lena Voss", "Mo Sayed",
)  # fmt: skip
TEAM, SQUAD = "team-1", "squad-1"
_TEST = AuditEntry(at=0.0, who="test", what="test", subject="test")

Role = Literal["admin", "ops", "manager", "supervisor", "qa", "auditor"]


@dataclass(frozen=True)
class Login:
    """Who logs in, and what they type. `agent` and `pool` are a rep's."""

    name: str
    role: str
    agent: str = ""
    pool: str = ""
    password: str = PASSWORD


@dataclass
class ConsoleFloor:
    """The running service and all around it. Made by `console_floor`."""

    folder: Path
    node_ports: Ports
    public: PublicNetwork
    install: AsteriskInstall
    client: httpx.AsyncClient
    web: CuttableProxy
    phone: CuttableProxy
    colleagues: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    _store: SqlStore | None = field(default=None, repr=False)
    _people: int = 0
    _pools: int = 0
    _campaigns: int = 0
    _numbers: int = 0

    # --- the service

    @property
    def url(self) -> str:
        """Where a browser finds the console: through the proxy `web`."""
        return f"http://127.0.0.1:{self.web.port}"

    @property
    def config(self) -> Path:
        return self.folder / "dialer.toml"

    @property
    def state_dir(self) -> Path:
        return self.folder / "state"

    @property
    def store_url(self) -> str:
        return f"sqlite:///{self.state_dir / 'dialer.db'}"

    @property
    def store(self) -> SqlStore:
        """The service's own database, open beside it."""
        assert self._store is not None, "start the floor first"
        return self._store

    async def start(self) -> None:
        """Start the service and return when it says that it can work."""
        with (self.folder / "service.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: ASYNC220 (forks in milliseconds)
                [*DIALER, "serve", "--config", str(self.config)],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        await self.until(self._is_ready, "the service is ready", within_s=60)
        done = await asyncio.to_thread(self.command, "token")
        self.client.headers["Authorization"] = f"Bearer {done.stdout.strip()}"

    async def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"the service ended: {self.log_tail()}")
        with suppress(httpx.HTTPError):
            return (await self.client.get("/readyz")).is_success
        return False

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the service, and wait until it is gone. Its Asterisk lives on after a SIGKILL."""
        if self.process is None:
            return
        self.process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self.process.wait, 30)
        self.process.kill()
        self.process.wait()
        self.process = None

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One run of `dialer` on this floor's settings."""
        return subprocess.run(
            [*DIALER, *arguments, "--config", str(self.config)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    async def asterisk(self, command: str) -> str:
        """What the service's Asterisk says to a command at its console."""
        run = self.install.program
        conf = str(self.state_dir / "asterisk/conf/asterisk.conf")
        done = await asyncio.to_thread(
            subprocess.run, [*run.argv, "-C", conf, "-rx", command],
            capture_output=True, text=True, errors="replace", env=run.env(), timeout=10,
            check=False,
        )  # fmt: skip
        return done.stdout

    async def is_registered(self, login: Login) -> bool:
        """Whether Asterisk knows where the rep's phone is."""
        found = await self.asterisk("pjsip show contacts")
        return f" {login.agent}/" in found

    def log_tail(self) -> str:
        return (self.folder / "service.log").read_text("utf-8")[-3000:]

    # --- people

    async def rep(self, name: str = "", *, pool: str, full_name: str = "") -> Login:
        """A rep with a phone in the browser and an account; the name is made up when empty."""
        self._people += 1
        code = name or f"web{self._people:02}"
        body = {"code": code, "name": full_name or f"Rep {code}", "pool": pool, "phone": "webrtc"}
        await self.ask("POST", "agents", body)
        return await self._account(code, "rep", agent=code, pool=pool, full_name=full_name)

    async def person(self, role: Role, name: str = "") -> Login:
        """An account of this role, a member of the one team."""
        self._people += 1
        return await self._account(name or f"{role}{self._people}", role)

    async def _account(
        self, name: str, role: str, *, agent: str = "", pool: str = "", full_name: str = ""
    ) -> Login:
        account = Account(
            id=new_id(), name=name, role=role, agent=agent or None, password=_hashed(),
            created_at=time.time(), full_name=full_name,
        )  # fmt: skip
        await self.store.accounts.add(account, _TEST)
        squad = SQUAD if role in {"rep", "supervisor"} else None
        member = Member(account_id=account.id, team_id=TEAM, squad_id=squad)
        await self.store.teams.place(member, _TEST)
        return Login(name, role, agent, pool)

    # --- work

    def number(self, behaviour: Behaviour = "stays") -> str:
        """A number that behaves so and that no test has called: calls to one number are few a day.

        docs/demo-network.md has the behaviours.
        """
        self._numbers += 1
        codes = area_codes()
        return number_for(behaviour, codes[self._numbers % len(codes)])

    def pool(self) -> str:
        """A pool that no test has had."""
        self._pools += 1
        assert self._pools <= POOLS, "this floor's pools are used up: ask for a new floor"
        return f"p{self._pools:02}"

    async def campaign(
        self,
        pool: str,
        numbers: Sequence[str] = (),
        *,
        leads: Sequence[NewLead] = (),
        start: bool = True,
        **settings: Any,
    ) -> str:
        """A campaign of this pool with these leads, started; its name."""
        self._campaigns += 1
        name = f"c{self._campaigns:02}"
        given: dict[str, Any] = {
            "pool": pool, "trunks": ["carrier"], "ring_timeout": 10.0, "wrapup_limit": 0.0,
            "calling": {"start": "00:00", "end": "24:00", "pause_minutes": 0}, **settings,
        }  # fmt: skip
        await self.ask("POST", "campaigns", {"name": name, "settings": given})
        people = [
            NewLead(numbers=[LeadNumber(number)], name=f"Lead {at}")
            for at, number in enumerate(numbers, 1)
        ]
        kept = await self.store.campaigns.by_name(name)
        assert kept is not None
        await self.store.leads.add(kept.id, [*people, *leads], now=time.time())
        if start:
            await self.ask("POST", f"campaigns/{name}/start")
        return name

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        """A request with the machine's own token; the answer's JSON."""
        reply = await self.client.request(method, f"/api/v1/{path}", json=body)
        assert reply.is_success, (method, path, reply.status_code, reply.text)
        return reply.json() if reply.content else None

    async def agent(self, code: str) -> dict[str, Any]:
        """A rep as the API tells it."""
        row: dict[str, Any] = await self.ask("GET", f"agents/{code}")
        return row

    async def until_state(self, code: str, state: str, within_s: float = 15) -> None:
        async def there() -> bool:
            return bool((await self.agent(code))["state"] == state)

        await self.until(there, f"{code} is {state}", within_s)

    async def calls(self, pool: str) -> list[dict[str, Any]]:
        """The calls of a pool that are up."""
        floor = await self.ask("GET", f"floors/{pool}")
        rows: list[dict[str, Any]] = floor["calls"]
        return rows

    async def until(
        self, condition: Callable[[], Awaitable[object]], what: str, within_s: float = 10
    ) -> None:
        """Return when awaiting `condition()` gives true. Raises AssertionError that says what."""
        deadline = time.monotonic() + within_s
        while not await condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {within_s:g} s: {what}\n{self.log_tail()}")
            await asyncio.sleep(0.05)

    async def recording(self, campaign: str) -> Path:
        """The sound of this campaign's newest call, once it is written."""
        folder = self.state_dir / "recordings"

        def found() -> list[Path]:
            ready = (p for p in folder.glob(f"*/{campaign}/*") if p.suffix == ".flac")
            return sorted(ready, key=lambda path: path.stat().st_mtime)

        async def is_there() -> bool:
            return bool(found())

        await self.until(is_there, f"a recording of {campaign} is there", within_s=20)
        return found()[-1]


DIALER = (sys.executable, "-m", "dialer.cli.main")


@cache
def _hashed() -> str:
    return passwords.hashed(PASSWORD)


_CONFIG = """\
[service]
state_dir = "state"
port = {api}
drain_s = 0.5
watch_s = 0

[log]
format = "console"

[console]
phone_url = "ws://127.0.0.1:{phone}/ws"

[asterisk]
sip_port = {node.sip}
tls_port = {node.sip_tls}
ami_port = {node.ami}
http_port = {node.http}
rtp_start = {node.rtp_first}
rtp_end = {node.rtp_last}
agi_port = 0

[[trunk]]
name = "carrier"
host = "127.0.0.1"
port = {public.sip}
caller_ids = ["+12125550199"]
qualify_s = 0

[pool.colleagues]
"""
_POOL = '[pool.{name}]\nmethod = "progressive"\n'


@asynccontextmanager
async def console_floor(
    install: AsteriskInstall, *, colleagues: int = 2, config: str = "", speed: float = 10.0
) -> AsyncIterator[ConsoleFloor]:
    """A floor that works; ended with everything it started, whatever happens.

    `colleagues` (rep01, rep02, …) are SIP phones that answer by themselves, in the pool of that
    name. `config` is put at the end of dialer.toml. `speed` 1: callees ring and talk as long as
    people do.
    """
    async with AsyncExitStack() as stack:
        # Not pytest's folder: a UNIX socket's path must be short.
        folder = Path(tempfile.mkdtemp(prefix="floor-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        blocks = [hold_ports(500), hold_ports(250)]
        for block in blocks:
            stack.callback(block.release)
        floor = await _built(stack, folder, blocks, install, config)
        stack.push_async_callback(_end, floor)
        await floor.start()
        await _furnish(floor, colleagues, stack, speed)
        yield floor


async def _built(
    stack: AsyncExitStack,
    folder: Path,
    blocks: Sequence[PortBlock],
    install: AsteriskInstall,
    config: str,
) -> ConsoleFloor:
    node, public = (block.ports() for block in blocks)
    api = blocks[0].first + 4
    web = await stack.enter_async_context(cuttable_proxy(api))
    phone = await stack.enter_async_context(cuttable_proxy(node.http))
    text = _CONFIG.format(api=api, phone=phone.port, node=node, public=public)
    text += "".join(_POOL.format(name=f"p{number:02}") for number in range(1, POOLS + 1))
    (folder / "dialer.toml").write_text(f"{text}\n{config}", encoding="utf-8")
    client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{api}", timeout=15)
    stack.push_async_callback(client.aclose)
    keys = Secrets(secrets.token_urlsafe(18), secrets.token_urlsafe(18))
    demo = DemoSettings(folder / "public", public, keys, node.sip)
    network = PublicNetwork(demo, install)
    return ConsoleFloor(folder, node, network, install, client, web, phone)


async def _furnish(
    floor: ConsoleFloor, colleagues: int, stack: AsyncExitStack, speed: float
) -> None:
    """The team, the colleagues and their phones, and the public network."""
    floor._store = await open_store(floor.store_url)
    stack.push_async_callback(floor._store.close)
    await floor.store.teams.add(Team(id=TEAM, name="Team", pools=("*",)), _TEST)
    await floor.store.teams.add_squad(Squad(id=SQUAD, team_id=TEAM, name="Squad"), _TEST)
    accounts: list[tuple[str, str]] = []
    for name in rep_names(colleagues):
        person = COLLEAGUES[len(accounts) % len(COLLEAGUES)]
        body = {"code": name, "name": person, "pool": "colleagues", "phone": "sip"}
        answer: Mapping[str, Any] = await floor.ask("POST", "agents", body)
        await floor._account(name, "rep", agent=name, full_name=person)
        accounts.append((name, str(answer["account"]["password"])))
    floor.colleagues = tuple(name for name, _ in accounts)
    rings_s = 8.0 if speed <= 1 else 1.0
    reps = tuple(accounts)
    demo = replace(floor.public.demo, reps=reps, speed=speed, ring_median_s=rings_s)
    floor.public = PublicNetwork(demo, floor.install)
    await asyncio.to_thread(floor.public.start)
    stack.callback(floor.public.kill)
    await asyncio.to_thread(floor.public.register_reps)


async def _end(floor: ConsoleFloor) -> None:
    await floor.stop(signal.SIGTERM)
    await asyncio.to_thread(floor.command, "asterisk", "stop")


__all__ = ["PASSWORD", "ConsoleFloor", "Login", "console_floor"]
