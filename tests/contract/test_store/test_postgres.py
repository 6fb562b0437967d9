"""PostgreSQL as people have it: restarted, pooled, strict by default, with a wrong URL."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import make_url, text

from dialer.ports.store import StoreError
from dialer.store import migrate, open_store
from dialer.store.database import open_database
from dialer.store.postgres import PostgresDatabase
from tests.kit.pgbouncer import PgBouncer, pgbouncer
from tests.kit.services import Postgres, postgres_server


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """One of these tests' own: they restart it."""
    with postgres_server() as started:
        yield started


@pytest.fixture
async def database(server: Postgres) -> AsyncIterator[PostgresDatabase]:
    opened = open_database(server.url)
    assert isinstance(opened, PostgresDatabase)
    yield opened
    await opened.close()


async def one(database: PostgresDatabase) -> int:
    return await database.read(lambda conn: conn.execute(text("SELECT 1")).scalar_one())


async def many_at_once(database: PostgresDatabase, count: int) -> list[int | BaseException]:
    """That many reads, together, so that as many connections are in the pool."""

    def slowly(conn: object) -> int:
        return int(conn.execute(text("SELECT 1 FROM pg_sleep(0.05)")).scalar_one())  # type: ignore[attr-defined]

    reads = (database.read(slowly) for _ in range(count))
    return await asyncio.gather(*reads, return_exceptions=True)


async def test_after_a_quiet_restart_no_request_fails(
    server: Postgres, database: PostgresDatabase
) -> None:
    assert await many_at_once(database, 8) == [1] * 8
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)

    assert await database.write(lambda c: c.execute(text("SELECT 2")).scalar_one()) == 2
    assert await many_at_once(database, 8) == [1] * 8


async def test_a_restart_in_traffic_fails_nothing_after_it(
    server: Postgres, database: PostgresDatabase
) -> None:
    over = asyncio.Event()

    async def keep_asking() -> list[str]:
        failures = []
        while not over.is_set():
            try:
                await one(database)
            except StoreError as error:
                failures.append(str(error))
                await asyncio.sleep(0.01)
        return failures

    askers = [asyncio.ensure_future(keep_asking()) for _ in range(6)]
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)
    assert [await one(database) for _ in range(20)] == [1] * 20
    over.set()
    failures = [line for found in await asyncio.gather(*askers) for line in found]

    assert all("\n" not in line and "Traceback" not in line for line in failures)


async def test_a_strict_default_of_the_server_does_not_change_transactions(
    server: Postgres, database: PostgresDatabase
) -> None:
    await database.write(
        lambda c: c.execute(
            text("ALTER DATABASE dialer SET default_transaction_isolation TO serializable")
        )
    )
    fresh = open_database(server.url)
    try:
        shown = await fresh.read(
            lambda c: c.execute(text("SHOW transaction_isolation")).scalar_one()
        )
        default = await fresh.read(
            lambda c: c.execute(text("SHOW default_transaction_isolation")).scalar_one()
        )
    finally:
        await fresh.close()

    assert (default, shown) == ("serializable", "read committed")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"database": "nosuchdb"}, 'database "nosuchdb" does not exist; create it, or correct'),
        ({"username": "nosuchrole"}, "; correct user and password in [store] url"),
        ({"password": "wrong"}, "; correct user and password in [store] url"),
        ({"port": 1}, "; start it, or correct [store] url"),
    ],
)
async def test_a_wrong_url_is_one_clear_line(
    server: Postgres, change: dict[str, object], words: str
) -> None:
    url = make_url(server.url).set(**change)  # type: ignore[arg-type]

    with pytest.raises(StoreError) as refused:
        await open_store(url.render_as_string(hide_password=False))

    assert words in str(refused.value)
    assert "migrations" not in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_tables_that_are_not_there_are_still_a_matter_of_migrations(
    server: Postgres,
) -> None:
    store = await open_store(server.url, migrate=False)
    try:
        with pytest.raises(StoreError, match="run the migrations"):
            await store.dnc.check(["+12125550123"], now=0.0)
    finally:
        await store.close()


async def test_parameters_of_libpq_reach_the_server(server: Postgres) -> None:
    query = "sslmode=prefer&application_name=floor1&connect_timeout=5&options=-c%20jit%3Doff"
    opened = open_database(f"{server.url}?{query}")
    try:
        seen = await opened.read(
            lambda c: c.execute(
                text("SELECT current_setting('application_name'), current_setting('jit')")
            ).one()
        )
    finally:
        await opened.close()

    assert tuple(seen) == ("floor1", "off")


async def test_a_server_without_tls_is_refused_where_tls_is_asked_for(server: Postgres) -> None:
    with pytest.raises(StoreError) as refused:
        await open_store(f"{server.url}?sslmode=require")

    assert "SSL" in str(refused.value)


async def test_a_straight_connection_keeps_its_statements(
    database: PostgresDatabase,
) -> None:
    assert await one(database) == 1
    assert not await database._is_pooled()


async def test_a_pooler_is_found_out(pooler: PgBouncer) -> None:
    opened = open_database(pooler.url_of("dialer"))
    assert isinstance(opened, PostgresDatabase)
    try:
        assert await opened._is_pooled()
    finally:
        await opened.close()


#: Two kinds of reads whose parameters would fit each other's statements.
HAMMER = """
import asyncio, sys
from sqlalchemy import text
from dialer.store.database import open_database

async def main(url, mine):
    database = open_database(url)
    async def ask(n):
        for i in range(60):
            word = f"{mine}-{n}-{i}"
            found = await database.read(
                lambda c: c.execute(
                    text(f"SELECT :word || '-{mine}-' || :n"), {"word": word, "n": str(n)}
                ).scalar_one()
            )
            assert found == f"{word}-{mine}-{n}", (found, word)
    await asyncio.gather(*(ask(n) for n in range(6)))
    await database.close()

asyncio.run(main(sys.argv[1], sys.argv[2]))
"""


async def test_processes_behind_one_pooler_do_not_get_each_others_answers(
    pooler: PgBouncer,
) -> None:
    url = pooler.url_of("dialer")

    def hammer(name: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", HAMMER, url, name], capture_output=True, text=True, check=False
        )
        return done.stderr

    ends = await asyncio.gather(*(asyncio.to_thread(hammer, it) for it in ("left", "right")))

    assert [end for end in ends if "Error" in end] == []


async def test_migrations_run_through_a_pooler(postgres: Postgres, pooler: PgBouncer) -> None:
    name = f"pooled_{uuid.uuid4().hex[:8]}"
    postgres.create_database(name)

    revision = await migrate(pooler.url_of(name))

    straight = await asyncpg.connect(
        make_url(postgres.url_of(name))
        .set(drivername="postgresql")
        .render_as_string(hide_password=False)
    )
    try:
        found = await straight.fetchval("SELECT version_num FROM alembic_version")
    finally:
        await straight.close()
    assert found == revision


async def test_a_database_that_a_pooler_does_not_find_is_one_clear_line(
    pooler: PgBouncer,
) -> None:
    with pytest.raises(StoreError) as refused:
        await open_store(pooler.url_of("nosuchdb"))

    assert "nosuchdb" in str(refused.value)
    assert "correct [store] url" in str(refused.value)


async def test_a_restart_of_the_server_behind_a_quiet_pooler_fails_no_request(
    server: Postgres,
) -> None:
    with pgbouncer(server) as pooler:
        opened = open_database(pooler.url_of("dialer"))
        assert isinstance(opened, PostgresDatabase)
        try:
            assert await many_at_once(opened, 8) == [1] * 8
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)

            assert await many_at_once(opened, 8) == [1] * 8
        finally:
            await opened.close()


@pytest.fixture(scope="module")
def with_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Postgres, Path]]:
    """A server with a certificate for `localhost`, and the file of who signed it."""
    with postgres_server() as started:
        started.stop()
        authority = certificate(started.data)
        with (started.data / "postgresql.conf").open("a") as settings:
            settings.write("ssl = on\n")
        started.start()
        path = tmp_path_factory.mktemp("authority") / "ca.pem"
        path.write_bytes(authority)
        yield started, path


def certificate(folder: Path) -> bytes:
    """A self-signed one with its key in `folder`, as the server wants them; its PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    owner = folder.stat()
    for file, text_ in (("server.crt", signed), ("server.key", private)):
        (folder / file).write_bytes(text_)
        (folder / file).chmod(0o600)
        os.chown(folder / file, owner.st_uid, owner.st_gid)
    return signed


async def is_encrypted(url: str) -> bool:
    opened = open_database(url)
    asked = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    try:
        return bool(await opened.read(lambda c: c.execute(asked).scalar_one()))
    finally:
        await opened.close()


async def test_tls_is_as_the_url_says(with_tls: tuple[Postgres, Path]) -> None:
    server, authority = with_tls
    url = make_url(server.url).set(host="localhost").render_as_string(hide_password=False)

    assert not await is_encrypted(f"{url}?sslmode=disable")
    assert await is_encrypted(f"{url}?sslmode=require")
    assert await is_encrypted(f"{url}?sslmode=verify-full&sslrootcert={authority}")


async def test_a_certificate_that_nobody_trusts_is_refused_in_one_line(
    with_tls: tuple[Postgres, Path],
) -> None:
    server, authority = with_tls
    by_number = f"{server.url}?sslmode=verify-full&sslrootcert={authority}"
    for url in (by_number, f"{server.url}?sslmode=verify-full&sslrootcert=system"):
        with pytest.raises(StoreError, match=r"certificate") as refused:
            await is_encrypted(url)
        assert "\n" not in str(refused.value)


async def test_an_authority_that_is_not_there_is_refused_in_one_line(
    with_tls: tuple[Postgres, Path],
) -> None:
    server, _ = with_tls

    with pytest.raises(StoreError) as refused:
        await is_encrypted(f"{server.url}?sslmode=verify-ca&sslrootcert=/nowhere/ca.pem")

    assert "/nowhere/ca.pem" in str(refused.value)
    assert "\n" not in str(refused.value)
