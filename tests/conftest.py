"""Fixtures that give a test the real thing: each xdist worker has its own, on its own ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest
from hypothesis import settings

from dialer.asterisk.apt import terminal_progress
from dialer.asterisk.demo_network import make_voices
from dialer.asterisk.install import install_asterisk
from dialer.asterisk.node import AsteriskNode
from dialer.asterisk.sounds import SoundError
from dialer.asterisk.tree import AsteriskInstall
from tests.kit import asterisk as pairs
from tests.kit.asterisk import AsteriskPair
from tests.kit.pgbouncer import PgBouncer, pgbouncer
from tests.kit.services import Postgres, Redis, postgres_server, redis_server

# How long an example takes tells of the machine's load, not of the code: speed has its own tests.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def asterisk_tree() -> AsteriskInstall:
    """An Asterisk to start; fetched at the first use on a machine."""
    return install_asterisk(terminal_progress("Asterisk"))


@pytest.fixture(scope="session")
def asterisk_pair(asterisk_tree: AsteriskInstall) -> Iterator[AsteriskPair]:
    """A node with the public network beside it, shared by a worker's tests: leave it as it was."""
    with pairs.asterisk_pair(asterisk_tree, reps=4, ports_each=500) as pair:
        yield pair


@pytest.fixture
def new_asterisk_pair(
    asterisk_tree: AsteriskInstall,
) -> Iterator[Callable[..., AsteriskPair]]:
    """Makes pairs of a test's own, to kill or to configure; ended with the test."""
    with ExitStack() as stack:

        def make(**options: Any) -> AsteriskPair:
            made: AbstractContextManager[AsteriskPair] = pairs.asterisk_pair(
                asterisk_tree, **options
            )
            return stack.enter_context(made)

        yield make


@pytest.fixture(scope="session")
def asterisk_node(asterisk_pair: AsteriskPair) -> AsteriskNode:
    """The dialer's node of the shared pair."""
    return asterisk_pair.node


@pytest.fixture(scope="session")
def demo_voices() -> str:
    """The folder with the public network's voices; skips where there is no espeak-ng."""
    try:
        return str(make_voices())
    except SoundError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server; `create_database` gives a test a fresh database."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """A database of this worker, as SQLAlchemy takes it."""
    return postgres.url


@pytest.fixture(scope="session")
def pooler(postgres: Postgres) -> Iterator[PgBouncer]:
    """A PgBouncer in transaction mode before this worker's PostgreSQL."""
    with pgbouncer(postgres) as server:
        yield server


@pytest.fixture(scope="session")
def redis_service() -> Iterator[Redis]:
    """A Redis server that may be killed, paused and started again."""
    with redis_server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url(redis_service: Redis) -> str:
    """Where this worker's Redis listens."""
    return redis_service.url
