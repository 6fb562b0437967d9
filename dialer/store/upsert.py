"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy spells per dialect."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(conn: Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert `row`, unless its primary key is there: then nothing changes."""
    dialect: Any = postgresql if conn.dialect.name == "postgresql" else sqlite
    conn.execute(dialect.insert(table).values(row).on_conflict_do_nothing())


def upsert(conn: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert `rows`; one whose primary key is there replaces it. All rows have the same keys."""
    if not rows:
        return
    conn.execute(_upserting(conn.dialect.name, table, tuple(rows[0])), rows)


@lru_cache(maxsize=64)
def _upserting(dialect_name: str, table: Table, names: tuple[str, ...]) -> Executable:
    """Kept: to make it costs five times what SQLite needs to carry it out."""
    keys = [column.name for column in table.primary_key]
    dialect: Any = postgresql if dialect_name == "postgresql" else sqlite
    statement = dialect.insert(table)
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    made: Executable = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    return made
