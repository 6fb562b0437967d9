"""The API over an engine, a store and settings in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from dialer.api.app import create_app
from dialer.features.alerts.alerting import Alerting
from dialer.features.alerts.parts import ALERTING
from dialer.features.calls.parts import CALLS
from dialer.features.figures.parts import REPORTS
from dialer.features.figures.reports import Reports
from dialer.features.live.parts import LIVE
from dialer.features.live.push import LivePush
from dialer.features.operations.ops import Ops
from dialer.features.operations.parts import OPS
from dialer.features.recordings.parts import LIBRARY
from dialer.features.roles.rules import machine_grant
from dialer.features.sessions.parts import THROTTLE
from dialer.features.settings.ledger import FROM_FILE, SettingsLedger
from dialer.features.settings.parts import CHANGE_SETTINGS
from dialer.features.settings.reloading import Reloader
from dialer.features.simulations.parts import SIMULATE, SIMULATIONS
from dialer.features.simulations.trials import Simulations
from dialer.features.system.parts import READINESS, RELOAD
from dialer.features.webhooks.book import Book
from dialer.features.webhooks.parts import BOOK, SENDER
from dialer.features.webhooks.sending import Webhooks
from dialer.ids import new_id
from dialer.kit import sessions
from dialer.kit.context import ApiContext
from dialer.kit.doer import Doer
from dialer.kit.parts import parts
from dialer.kit.throttle import Throttle
from dialer.memory.store import InMemoryStore
from dialer.metrics import Metrics
from dialer.ports.accounts import Account, AccountSession, Member, Squad, Team
from dialer.ports.audit import AuditEntry
from dialer.ports.clock import FloorClock, SystemClock
from dialer.ports.control import Refusal
from dialer.settings import Settings, load
from dialer.settings.changes import Reloaded
from recordings.library import Library
from tests.kit.calls import FakeCalls
from tests.kit.control import FakeControl

TOKEN = "a-token-for-tests"


@dataclass
class World:
    """What the API under test works with."""

    folder: Path
    control: FakeControl = field(default_factory=FakeControl)
    calls: FakeCalls = field(default_factory=FakeCalls)
    store: InMemoryStore = field(default_factory=InMemoryStore)
    metrics: Metrics = field(default_factory=Metrics)
    outcome: Reloaded | Refusal = field(default_factory=Reloaded)
    parts: dict[str, str | None] = field(default_factory=lambda: {"store": None})
    settings: Settings = field(default_factory=Settings)
    reloads: int = 0
    reloader: Reloader | None = None
    simulations: Simulations | None = None
    reports: Reports | None = None
    live: LivePush | None = None
    ops: Ops | None = None
    alerting: Alerting | None = None
    book: Book | None = None
    sender: Webhooks | None = None
    library: Library | None = None
    clock: FloorClock = field(default_factory=SystemClock)
    throttle: Throttle = field(default_factory=Throttle)

    def read_settings(self, text: str = "") -> None:
        path = self.folder / "dialer.toml"
        path.write_text('[service]\nstate_dir = "state"\n' + text, encoding="utf-8")
        found = load(path, {})
        assert isinstance(found, Settings), str(found)
        self.settings = found

    async def reload(self, by: str = "") -> Reloaded | Refusal:
        self.reloads += 1
        return self.outcome

    async def with_changes(self) -> None:
        """From now on settings can be changed, as in a running service; nothing is dialed."""

        async def apply(settings: Settings, *_rest: object) -> None:
            self.settings = settings

        ledger = SettingsLedger(self.store, self.clock)
        self.reloader = Reloader(
            self.settings, apply, keep=ledger.note, version_of=ledger.version_of
        )
        await ledger.note(self.settings, FROM_FILE)

    async def readiness(self) -> dict[str, str | None]:
        return self.parts

    def context(self) -> ApiContext:
        return ApiContext(
            control=self.control,
            store=self.store,
            metrics=self.metrics,
            clock=self.clock,
            settings=lambda: self.settings,
            token=TOKEN,
            parts=parts(
                CALLS.bind(self.calls),
                RELOAD.bind(self.reload),
                READINESS.bind(self.readiness),
                THROTTLE.bind(self.throttle),
                CHANGE_SETTINGS.bind(self.reloader.change if self.reloader else None),
                LIVE.bind(self.live),
                OPS.bind(self.ops),
                ALERTING.bind(self.alerting),
                BOOK.bind(self.book),
                SENDER.bind(self.sender),
                LIBRARY.bind(self.library),
                REPORTS.bind(self.reports),
                SIMULATIONS.bind(self.simulations),
                SIMULATE.bind(getattr(self.simulations, "simulate", None)),
            ),
        )


class People:
    """People with accounts: made in the store, logged in without a password."""

    #: A browser on the machine itself: its cookie needs no TLS.
    base = "http://127.0.0.1:8080"

    def __init__(self, world: World) -> None:
        self.world = world
        self.entry = AuditEntry(at=0.0, who="test", what="test", subject="test")

    @cached_property
    def app(self) -> FastAPI:
        return create_app(self.world.context())

    @property
    def doer(self) -> Doer:
        return Doer(self.world.store, machine_grant(), self.world.clock.now)

    async def add(
        self, role: str, name: str = "", *, team: str = "", squad: str = "", **fields: Any
    ) -> Account:
        """An account; team and squad are made as needed. Team `north` works in pool `north`."""
        name = name or role
        given = {"password": "none", "created_at": 1.0, **fields}
        account = Account(id=f"id-{name}", name=name, role=role, **given)
        await self.world.store.accounts.add(account, self.entry)
        if team:
            await self.place(account, team, squad)
        return account

    async def place(self, account: Account, team: str, squad: str = "") -> None:
        teams = self.world.store.teams
        if team not in {row.id for row in await teams.list()}:
            await teams.add(Team(id=team, name=team, pools=(team,)), self.entry)
        if squad and squad not in {row.id for row in await teams.squads()}:
            await teams.add_squad(Squad(id=squad, team_id=team, name=squad), self.entry)
        member = Member(account_id=account.id, team_id=team, squad_id=squad or None)
        await teams.place(member, self.entry)

    async def session_key(self, account: Account) -> str:
        """A session as a login makes it; what its cookie holds."""
        key, now = sessions.new_key(), self.world.clock.now()
        await self.world.store.account_sessions.add(
            AccountSession(
                id=new_id(), account_id=account.id, token=sessions.digest(key), created_at=now,
                seen_at=now, expires_at=now + 50_000,
            )
        )  # fmt: skip
        return key

    @asynccontextmanager
    async def browser(
        self, account: Account | None = None, base: str = ""
    ) -> AsyncIterator[httpx.AsyncClient]:
        """A browser, logged in as this account, or as nobody."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=base or self.base) as client:
            if account is not None:
                key = await self.session_key(account)
                client.cookies.set("dialer", key)
                client.headers["X-CSRF-Token"] = sessions.csrf_of(key)
            yield client


@pytest.fixture
def people(world: World) -> People:
    return People(world)


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
