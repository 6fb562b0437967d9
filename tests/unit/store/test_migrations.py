from __future__ import annotations

import asyncio
import stat
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from dialer.features.every import kept_records
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import AuditEntry, StoreError
from dialer.store import current, head, migrate, open_store, standing
from dialer.store.database import open_database, parse_url
from dialer.store.migrate import _config as alembic_config
from dialer.store.tables import metadata


async def test_a_new_database_gets_every_table_that_the_program_uses(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/dialer.db"

    assert await current(url) is None
    assert await migrate(url) == head()

    assert await current(url) == head()
    assert standing(await current(url)) == "current"
    database = open_database(url)
    assert await database.read(_differences) == []
    await database.close()


kept_records()


def _differences(conn: Connection) -> list[object]:
    context = MigrationContext.configure(conn, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_tables_say_without_rowid_in_migration_and_metadata_alike(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/dialer.db"
    await migrate(url)
    database = open_database(url)
    query = "SELECT name FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%' ORDER BY name"

    found = await database.read(lambda conn: conn.execute(text(query)).scalars().all())
    await database.close()

    meant = sorted(
        table.name
        for table in metadata.sorted_tables
        if table.dialect_options["sqlite"]["with_rowid"] is False
    )
    assert found == meant


async def test_programs_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/dialer.db"

    assert await asyncio.gather(*(migrate(url) for _ in range(4))) == [head()] * 4


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/dialer.db"
    await migrate(url)
    database = open_database(url)
    await database.write(
        lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")).close()
    )
    await database.close()

    assert standing(await current(url)) == "ahead"
    with pytest.raises(StoreError, match="newer version"):
        await open_store(url)


async def test_a_store_without_tables_says_what_to_do(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/dialer.db", migrate=False)

    with pytest.raises(StoreError, match="run the migrations"):
        await store.campaigns.list(EVERYTHING)
    await store.close()


async def test_only_the_owner_may_read_the_database(tmp_path: Path) -> None:
    path = tmp_path / "dialer.db"
    store = await open_store(str(path))
    await store.ping()
    await store.close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_sqlite_is_durable_and_guards_its_references(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/dialer.db")

    def pragmas(conn: Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return {name: conn.execute(text(f"PRAGMA {name}")).scalar_one() for name in names}

    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15_000}
    assert await database.write(pragmas) == expected
    await database.close()


async def test_a_transaction_that_fails_changes_nothing(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/dialer.db")
    await database.write(lambda conn: conn.execute(text("CREATE TABLE t (a INTEGER)")).close())

    def fail(conn: Connection) -> None:
        conn.execute(text("INSERT INTO t VALUES (1)"))
        raise StoreError("no")

    with pytest.raises(StoreError):
        await database.write(fail)

    count = await database.read(
        lambda conn: conn.execute(text("SELECT count(*) FROM t")).scalar_one()
    )
    assert count == 0
    await database.close()


async def test_a_transaction_is_finished_even_if_nobody_waits_for_it(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/dialer.db")
    await database.write(lambda conn: conn.execute(text("CREATE TABLE t (a INTEGER)")).close())
    begun, go_on = threading.Event(), threading.Event()

    def slowly(conn: Connection) -> None:
        begun.set()
        assert go_on.wait(10)
        conn.execute(text("INSERT INTO t VALUES (1)"))

    writing = asyncio.ensure_future(database.write(slowly))
    await asyncio.to_thread(begun.wait, 10)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    go_on.set()

    # Writes follow one another, so when this one is done the other is.
    count = await database.write(
        lambda conn: conn.execute(text("SELECT count(*) FROM t")).scalar_one()
    )
    assert count == 1
    await database.close()


async def test_a_closed_store_refuses(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/dialer.db")
    await store.close()
    await store.close()

    with pytest.raises(StoreError, match="closed"):
        await store.ping()


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://h/d", "'mysql' is not supported"),
        ("sqlite://", "needs a file name"),
        ("sqlite:///:memory:", "needs a file name"),
        ("http://[", "database URL"),
        ("postgresql://h:port/d", "database URL"),
    ],
)
def test_a_url_that_cannot_be_used_says_what_to_write(url: str, complaint: str) -> None:
    with pytest.raises(StoreError, match=complaint) as caught:
        parse_url(url)
    assert "sqlite:///var/dialer.db" in str(caught.value)


async def test_a_server_that_is_not_there_is_one_clear_line(unused_tcp_port: int) -> None:
    store = await open_store(f"postgresql://u:secret@127.0.0.1:{unused_tcp_port}/d", migrate=False)

    with pytest.raises(StoreError) as caught:
        await store.ping()

    message = str(caught.value)
    assert "127.0.0.1/d" in message
    assert "secret" not in message
    assert "\n" not in message
    await store.close()


async def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be created"):
        await open_store(f"{tmp_path}/file/dialer.db")


async def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "dialer.db"
    path.write_text("this is a letter, not a database " * 100)
    with pytest.raises(StoreError, match="not a database"):
        await open_store(str(path))


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit"])
async def test_the_database_refuses_to_rewrite_the_audit_log(
    tmp_path: Path, statement: str
) -> None:
    url = f"sqlite:///{tmp_path}/dialer.db"
    store = await open_store(url)
    await store.audit.record(AuditEntry(at=1.0, who="anna", what="x", subject="y"))
    database = open_database(url)

    with pytest.raises(StoreError, match="append-only"):
        await database.write(lambda conn: conn.execute(text(statement)).close())

    assert [entry.who for entry in await store.audit.list()] == ["anna"]
    await database.close()
    await store.close()


async def test_the_newest_tables_can_be_taken_back_and_made_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/dialer.db"
    await migrate(url)
    database = open_database(url)

    await database.write(_down_to, "0001")
    assert await current(url) == "0001"
    assert await migrate(url) == head()
    assert await database.read(_differences) == []
    await database.close()


def _down_to(conn: Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = conn
    command.downgrade(config, revision)


async def test_of_two_open_attempts_on_a_number_an_upgrade_leaves_the_newer(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/dialer.db"
    await migrate(url)
    database = open_database(url)
    await database.write(_down_to, "0006")
    await database.write(_two_at_once)

    await migrate(url)

    query = "SELECT id, ended_at, outcome FROM attempts ORDER BY id"
    rows = await database.read(lambda conn: conn.execute(text(query)).all())
    assert [tuple(row) for row in rows] == [("A1", 1.0, "failed"), ("A2", None, None)]
    await database.close()


def _two_at_once(conn: Connection) -> None:
    campaign = "INSERT INTO campaigns VALUES ('C', 'c', 'p', 'running', '{}', 1, 0)"
    conn.execute(text(campaign))
    for attempt, at in (("A1", 1.0), ("A2", 2.0)):
        columns = "id, campaign_id, lead_id, number, caller_id, trunk, node, placed_at, mode"
        values = f"'{attempt}', 'C', 'L{at:g}', '+12125550142', '', '', '', {at}, 'auto'"
        conn.execute(text(f"INSERT INTO attempts ({columns}) VALUES ({values})"))
