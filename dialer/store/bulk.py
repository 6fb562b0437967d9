"""Many rows at once, the fastest way each database has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy import Connection, Table, text
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
    raw: Any = conn.connection.driver_connection
    raw.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)  # noqa: S608


def _copy(
    conn: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    times = [i for i, name in enumerate(columns) if isinstance(table.c[name].type, UnixTime)]
    converted = [_with_datetimes(row, times) for row in rows] if times else rows
    raw: Any = conn.connection.driver_connection
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
    source = "json_each(:v) v"
    return conn.execute(text(sql.format(values=source)), {"v": json.dumps(values), **params})
