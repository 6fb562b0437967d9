"""The store, three times: in memory, on SQLite and on PostgreSQL. Every test here runs on each.

Leads, claims and attempts also through a PgBouncer.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url, text

from dialer.memory.store import InMemoryStore
from dialer.ports.store import Campaign, Lead, LeadNumber, NewAttempt, NewLead, Store
from dialer.store import migrate, open_store
from dialer.store.database import open_database
from dialer.store.tables import metadata

NOW = 1_800_000_000.0
PEOPLE_KEY = b"of erased people"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file; a copy of it takes a millisecond."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database of this test process's own."""
    server = _server_url(request)
    name = f"store_{uuid.uuid4().hex[:12]}"
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    asyncio.run(_administer(server, f'CREATE DATABASE "{name}"'))
    asyncio.run(migrate(url))
    yield url
    asyncio.run(_administer(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


def _server_url(request: pytest.FixtureRequest) -> str:
    if url := os.environ.get("DIALER_TEST_POSTGRES"):
        return url
    try:
        return str(request.getfixturevalue("postgres_url"))
    except pytest.FixtureLookupError:
        pytest.skip("no PostgreSQL: set DIALER_TEST_POSTGRES to the URL of one")


async def _administer(server: str, statement: str) -> None:
    plain = make_url(server).set(drivername="postgresql")
    connection = await asyncpg.connect(plain.render_as_string(hide_password=False))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


KINDS = ["memory", "sqlite", "postgres"]
THROUGH_A_POOLER = {"test_attempts", "test_leads"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marks = metafunc.definition.iter_markers("parametrize")
    chooses_itself = any("store_url" in mark.args[0] for mark in marks)
    if "store_url" in metafunc.fixturenames and not chooses_itself:
        pooled = metafunc.module.__name__.rpartition(".")[2] in THROUGH_A_POOLER
        kinds = [*KINDS, "pooler"] if pooled else KINDS
        metafunc.parametrize("store_url", kinds, indirect=True)


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """Where the database is; None for the one in memory."""
    if request.param == "memory":
        return None
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_database"))
    if request.param == "pooler":
        if os.environ.get("DIALER_TEST_POSTGRES"):
            pytest.skip("the pooler stands before the tests' own PostgreSQL")
        database = make_url(request.getfixturevalue("postgres_database")).database
        return str(request.getfixturevalue("pooler").url_of(database))
    path = tmp_path / "dialer.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
async def store(store_url: str | None) -> AsyncIterator[Store]:
    if store_url is None:
        yield InMemoryStore()
        return
    opened = await open_store(store_url, migrate=False, people_key=PEOPLE_KEY)
    yield opened
    await opened.close()
    if store_url.startswith("postgres"):
        await _empty(store_url)


async def _empty(url: str) -> None:
    database = open_database(url)
    names = ", ".join(table.name for table in metadata.sorted_tables)
    await database.write(lambda conn: conn.execute(text(f"TRUNCATE {names}")) and None)
    await database.close()


@pytest.fixture
async def second(store: Store, store_url: str | None) -> AsyncIterator[Store]:
    """Another connection to the same store, as another process has it."""
    if store_url is None:
        yield store
        return
    opened = await open_store(store_url, migrate=False, people_key=PEOPLE_KEY)
    yield opened
    await opened.close()


@pytest.fixture
async def campaign(store: Store) -> Campaign:
    return await store.campaigns.create("spring", pool="sales", settings={}, now=NOW, who="ops")


@pytest.fixture
def new_lead() -> Callable[..., NewLead]:
    def make(*numbers: str, **fields: object) -> NewLead:
        return NewLead(numbers=[LeadNumber(number) for number in numbers], **fields)  # type: ignore[arg-type]

    return make


@pytest.fixture
def attempt_on() -> Callable[..., NewAttempt]:
    def make(lead: Lead, attempt_id: str = "A1", **fields: object) -> NewAttempt:
        given: dict[str, object] = {
            "attempt_id": attempt_id,
            "campaign_id": lead.campaign_id,
            "lead_id": lead.id,
            "number": lead.numbers[0].number,
            "caller_id": "+12025550100",
            "trunk": "main",
            "node": "one",
            "placed_at": NOW,
        }
        return NewAttempt(**(given | fields))  # type: ignore[arg-type]

    return make
