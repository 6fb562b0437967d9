"""A made-up year straight into a SQLite with the product's tables, indexes and triggers."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import make_url

from dialer.demo.year.calls import YearOfCalls
from dialer.demo.year.plan import CAMPAIGNS, YearPlan, calls_by_day
from dialer.store import open_store

#: Of the rows of all columns that a call of the product has.
_SAME = {"node": "bench", "mode": "auto", "team": "team-1"}


async def fill(url: str, *, calls: int, reps: int, last: date) -> list[dict[str, object]]:
    """Rows of a table of times and sizes. Indexes are made at the end, as that is faster."""
    store = await open_store(url)
    ids = [
        (await store.campaigns.create(name, pool="p", settings={}, now=0.0, who="bench")).id
        for name in CAMPAIGNS
    ]
    await store.close()
    path = Path(make_url(url).database or "")
    plan = YearPlan(reps=[f"rep{n:02}" for n in range(1, reps + 1)], last=last, calls=calls)
    base = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
        base.execute(f"PRAGMA {pragma}")
    later = _taken_away(base)
    began = time.perf_counter()
    count = _insert(base, plan, ids)
    inserted = time.perf_counter()
    for statement in later:
        base.execute(statement)
    indexed = time.perf_counter()
    base.execute("PRAGMA journal_mode=WAL")
    base.close()
    return [
        {
            "calls": count,
            "made and inserted, s": round(inserted - began, 1),
            "indexes, s": round(indexed - inserted, 1),
            "MB": _megabytes(path),
        }
    ]


def _megabytes(path: Path) -> int:
    return round(path.stat().st_size / 1e6)


def _taken_away(base: sqlite3.Connection) -> list[str]:
    """Drop indexes and triggers of the calls; the statements that make them again."""
    found = base.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'attempts' "
        "AND type IN ('index', 'trigger') AND sql IS NOT NULL"
    ).fetchall()
    for kind, name, _ in found:
        base.execute(f"DROP {kind} {name}")
    return [sql for _, _, sql in found]


def _insert(base: sqlite3.Connection, plan: YearPlan, ids: list[str]) -> int:
    year, count = YearOfCalls(plan, ids), 0
    for rows, statement in _days(year, plan):
        base.execute("BEGIN")
        base.executemany(statement, rows)
        base.execute("COMMIT")
        count += len(rows)
    return count


def _days(year: YearOfCalls, plan: YearPlan) -> Iterator[tuple[list[tuple[object, ...]], str]]:
    for day, count in calls_by_day(plan).items():
        if count:
            columns = year.of(day, count)
            marks = ", ".join(["?"] * len(columns) + [f"'{it}'" for it in _SAME.values()])
            names = ", ".join([*columns, *_SAME])
            statement = f"INSERT INTO attempts ({names}) VALUES ({marks})"
            yield list(zip(*columns.values(), strict=True)), statement
