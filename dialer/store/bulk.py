"""Many rows at once, and the statements of every call, the fastest way each database has.

SQLite takes 5 to 10 µs for a statement of a few rows, SQLAlchemy's execution around it 100 to
200. What runs for every call therefore goes to the driver, in the same transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import ClauseElement, Connection, Table, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.util import await_only

from dialer.store.columns import UnixTime, to_datetime
from dialer.store.database import ConflictError


def insert_rows(
    conn: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert `rows`, whose fields are those of `columns`. JSON columns take text here.

    Raises ConflictError when a key is taken. On PostgreSQL a statement must have run before, so
    that the transaction is open.
    """
    if not rows:
        return
    if conn.dialect.name == "postgresql":
        _copy(conn, table, columns, rows)
        return
    marks = ", ".join("?" * len(columns))
    names = ", ".join(columns)
    _driver(conn).executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)  # noqa: S608


def _copy(
    conn: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    times = [i for i, name in enumerate(columns) if isinstance(table.c[name].type, UnixTime)]
    converted = [_with_datetimes(row, times) for row in rows] if times else rows
    raw = _driver(conn)
    try:
        await_only(raw.copy_records_to_table(table.name, records=converted, columns=columns))
    except asyncpg.UniqueViolationError as error:
        raise ConflictError(f"{table.name}: {error.detail or error}") from error


def _with_datetimes(row: tuple[Any, ...], times: list[int]) -> tuple[Any, ...]:
    fields = list(row)
    for i in times:
        fields[i] = to_datetime(fields[i])
    return tuple(fields)


def select_where_in(conn: Connection, sql: str, values: Sequence[str], **params: Any) -> Any:
    """Run `sql`, in which `{values}` stands for a table `v(value)` of these values.

    One bound parameter whatever their number, so any number of values is one prepared statement.
    Join it with CROSS JOIN: SQLite then looks up value by value, where JOIN let it scan the table
    once per value.
    """
    if conn.dialect.name == "postgresql":
        source = "(SELECT unnest(CAST(:v AS text[])) AS value) v"
        return conn.execute(text(sql.format(values=source)), {"v": list(values), **params})
    statement = sql.format(values="json_each(:v) v")
    return _driver(conn).execute(statement, {"v": json.dumps(values), **params})


def run_each(conn: Connection, statement: ClauseElement, rows: Sequence[dict[str, Any]]) -> int:
    """Run `statement` once for each of `rows`, which have the same keys; how many rows it changed.

    Only for columns whose values both databases take as they are, and UnixTime.
    """
    if not rows:
        return 0
    if conn.dialect.name == "postgresql":
        executable: Any = statement
        return sum(conn.execute(executable, row).rowcount for row in rows)
    sql, fixed = _for_sqlite(statement, tuple(rows[0]))
    changed: int = _driver(conn).executemany(sql, [{**fixed, **row} for row in rows]).rowcount
    return changed


@contextmanager
def conflicts(what: str) -> Iterator[None]:
    """ConflictError, whatever the driver says, when a key is taken that must be unique."""
    try:
        yield
    except (sqlite3.IntegrityError, IntegrityError) as error:
        raise ConflictError(f"{what}: {error}") from error


@lru_cache(maxsize=64)
def _for_sqlite(statement: ClauseElement, keys: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """The statement's text, and the parameters that it brings itself."""
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="named"), column_keys=list(keys))
    return str(compiled), {k: v for k, v in compiled.params.items() if k not in keys}


def _driver(conn: Connection) -> Any:
    return conn.connection.driver_connection
