"""Bring a database to the tables this version of the program needs, or say how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from dialer.ports.store import StoreError
from dialer.store.database import Database, open_database

Standing = Literal["current", "behind", "empty", "ahead"]
# Any number that nothing else on the server locks: two programs that start at once take turns.
_ADVISORY_LOCK = 0x0D1A1E12


def head() -> str:
    """The newest revision this program knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


async def migrate(url: str) -> str:
    """Bring the database at `url` to `head()`; returns that. Raises StoreError."""
    database = open_database(url)
    try:
        return await upgrade(database)
    finally:
        await database.close()


async def current(url: str) -> str | None:
    """The revision the database at `url` is at; None when it has no tables. Raises StoreError."""
    database = open_database(url)
    try:
        return await database.read(_revision)
    finally:
        await database.close()


async def upgrade(database: Database) -> str:
    """As `migrate`, over an open database."""
    if (at := await database.read(_revision)) == head():
        return at
    if standing(at) == "ahead":
        raise StoreError(
            f"the database is at revision {at}, which this version does not know; "
            "it was used by a newer version: install that one, or take a backup from before"
        )
    return await database.write(_upgrade)


def standing(revision: str | None) -> Standing:
    """How a database at `revision` stands to this program."""
    if revision is None:
        return "empty"
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision not in known:
        return "ahead"
    return "current" if revision == head() else "behind"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _revision(conn: Connection) -> str | None:
    return MigrationContext.configure(conn).get_current_revision()


def _upgrade(conn: Connection) -> str:
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
    config = _config()
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
    return head()
