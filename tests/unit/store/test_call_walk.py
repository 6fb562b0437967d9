"""By which index SQLite looks for calls: without statistics the plan is that of every store."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from dialer.ports.past_calls import CallFilter
from dialer.ports.scope import EVERYTHING, Reach
from dialer.store import open_store
from dialer.store.database import Database, open_database
from dialer.store.past_calls import SqlPastCalls

ANNA = Reach(agents=frozenset({"anna"}))
PLACED, AGENT, NUMBER = "ix_attempts_placed", "ix_attempts_agent", "ix_attempts_number"
WEEK = {"since": 1e9, "until": 1.1e9}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path}/dialer.db"
    await (await open_store(url)).close()
    opened = open_database(url)
    yield opened
    await opened.close()


async def plan_of(database: Database, wanted: CallFilter, scope: Reach, **how: Any) -> list[str]:
    """What the statement that reads the calls does with their table, and what it sorts."""
    said: list[tuple[str, Any]] = []

    def listen(conn: Connection) -> None:
        event.listen(conn, "before_cursor_execute", lambda _c, _k, *it: said.append((it[0], it[1])))

    await database.read(listen)
    await SqlPastCalls(database).look(wanted, scope, **how)
    sql, values = next(it for it in reversed(said) if "agent_name" in it[0])
    rows = await database.read(
        lambda conn: conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
    )
    steps = [str(row[3]) for row in rows]
    return [it for it in steps if " attempts " in it or "ORDER BY" in it]


@pytest.mark.parametrize("scope", [EVERYTHING, ANNA])
@pytest.mark.parametrize(
    "wanted",
    [
        {}, {"campaigns": ("spring",)}, {"digits": "1234"}, {"text": "later"}, {"recorded": True},
        {"outcomes": ("busy",)}, {"campaigns": ("spring",), **WEEK},
    ],
)  # fmt: skip
async def test_calls_are_read_in_the_order_of_the_list_and_not_sorted(
    database: Database, wanted: dict[str, Any], scope: Reach
) -> None:
    first, *rest = await plan_of(database, CallFilter(**wanted), scope)

    assert PLACED in first
    assert not [it for it in rest if "ORDER BY" in it]


async def test_the_calls_of_reps_with_many_are_read_in_that_order_too(database: Database) -> None:
    _put_calls(database, 5)
    plan = await plan_of(database, CallFilter(agents=("anna",)), EVERYTHING, at_most=4)

    assert len(plan) == 1
    assert PLACED in plan[0]


async def test_a_page_begins_and_ends_where_its_calls_are(database: Database) -> None:
    """Both ends of the walk are ends of the range in the index."""
    _put_calls(database, 30)
    wanted = CallFilter(digits="999", **WEEK)
    plan = await plan_of(database, wanted, EVERYTHING, below="A20", at_most=4)

    assert plan == [
        f"SEARCH attempts USING INDEX {PLACED} ((placed_at,id)>(?,?) AND (placed_at,id)<(?,?))"
    ]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [(CallFilter(number="+4930123"), NUMBER), (CallFilter(agents=("anna",)), AGENT)],
)
async def test_few_calls_are_found_by_their_own_index(
    database: Database, wanted: CallFilter, index: str
) -> None:
    first, *_ = await plan_of(database, wanted, EVERYTHING)

    assert index in first


def _put_calls(database: Database, count: int) -> None:
    """Calls of nobody's leads: without the pragma SQLite does not look."""
    rows = [(f"A{at:02}", f"+4930{at}", WEEK["since"] + at) for at in range(count)]
    with sqlite3.connect(database.url.database or "") as base:
        base.executemany(
            "INSERT INTO attempts (id, campaign_id, lead_id, number, caller_id, trunk, node, "
            "agent, placed_at, ended_at) VALUES (?1, 'c', 'l', ?2, '', '', '', 'anna', ?3, ?3)",
            rows,
        )
