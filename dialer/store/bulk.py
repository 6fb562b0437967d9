"""Many rows at once, and the statements of every call, the fastest way each database has.

SQLite takes 5 to 10 µs for a statement of a few rows, SQLAlchemy's execution around it 100 to
200. What runs for every call therefore goes to the driver, in the same transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from typing import Any

import asyncpg
from sqlalchemy import ClauseElement, Connection, Table, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.util import await_only

from dialer.store.columns import UnixTime, to_datetime
from dialer.store.database import ConflictError

# Rows to a statement where the statement brings many: half the time of a row at a time.
_MANY = 100
Column = Sequence[Any]


def insert_columns(
    conn: Connection, table: Table, columns: Mapping[str, Column], *, appended: bool = False
) -> None:
    """Insert rows, given as columns of one length by name. JSON columns take text here.

    `appended`: their keys are greater than all that are there, in all large indexes. Then SQLite
    takes many rows in one statement. Elsewhere it would save each page that such a statement
    touches first, to be able to undo it, and lose what was won.

    Raises ConflictError when a key is taken. On PostgreSQL a statement must have run before, so
    that the transaction is open.
    """
    names = tuple(columns)
    if conn.dialect.name == "postgresql":
        _copy(conn, table, names, list(zip(*columns.values(), strict=True)))
    elif appended:
        _insert_many(_driver(conn), table.name, columns)
    else:
        rows = zip(*columns.values(), strict=True)
        _driver(conn).executemany(_insertion(table.name, names, (), 1), rows)


def _insert_many(driver: Any, table: str, columns: Mapping[str, Column]) -> None:
    """A value that all rows share is bound once to a statement; the first column is the key."""
    (key, keys), *more = columns.items()
    same = {name: it[0] for name, it in more if it.count(it[0]) == len(it)}
    others = {key: keys, **{name: it for name, it in more if name not in same}}
    count = len(keys)
    for start in range(0, count, _MANY):
        rows = zip(*(it[start : start + _MANY] for it in others.values()), strict=True)
        values = [*same.values(), *chain.from_iterable(rows)]
        size = min(_MANY, count - start)
        driver.execute(_insertion(table, tuple(others), tuple(same), size), values)


@lru_cache(maxsize=256)
def _insertion(table: str, names: tuple[str, ...], same: tuple[str, ...], rows: int) -> str:
    """The statement that inserts so many rows. Its parameters: those of `same`, then the rows'."""
    shared = "".join(f", ?{i}" for i in range(1, len(same) + 1))
    each = len(names)
    firsts = range(len(same) + 1, len(same) + 1 + rows * each, each)
    marks = [", ".join(f"?{i}" for i in range(first, first + each)) for first in firsts]
    values = ", ".join(f"({mark}{shared})" for mark in marks)
    return f"INSERT INTO {table} ({', '.join(names + same)}) VALUES {values}"  # noqa: S608


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
