"""Rows of facts out of the tables, as `figures.facts` has them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from dialer.ports.scope import whole
from dialer.store.columns import to_datetime
from figures.facts import CALLS, DAY_MS, TIMES, Fact, Value, cut

DAY_S = DAY_MS // 1000
# More than a time may be rounded by.
_EDGE_S = 0.001

_CALLS = """
SELECT c.name, a.list_name, a.lead_id, a.trunk, a.node, a.caller_id, a.mode, a.agent, a.team,
  a.squad, {placed_at}, {ringing_at}, {answered_at}, {connected_at}, {ended_at}, {talk}, {wrapup},
  a.outcome, a.answered_by, a.disposition, a.result_group, a.hangup_cause, a.sip_code, a.hangup_by,
  CASE WHEN a.for_agent IS NULL THEN 1 ELSE 0 END, a.id
FROM attempts a JOIN campaigns c ON c.id = a.campaign_id
WHERE a.placed_at >= :begin AND a.placed_at < :end AND a.ended_at IS NOT NULL
"""
_TIMES = """
SELECT agent_id, team, squad, pool, state, reason, {began_at}, {ended_at}, id
FROM work_times WHERE ended_at > :begin AND began_at < :end
"""
# The nearest millisecond, of two as near the later.
_TIME = {
    "sqlite": "CAST({0} * 1000 + 0.5 AS INTEGER)",
    "postgresql": "CAST(floor(extract(epoch FROM {0}) * 1000 + 0.5) AS bigint)",
}
_LENGTH = {
    "sqlite": "CAST({0} * 1000 + 0.5 AS INTEGER)",
    "postgresql": "CAST(floor({0} * 1000 + 0.5) AS bigint)",
}


def time_ms(dialect: str, column: str) -> str:
    """A moment as whole milliseconds since 1970, in SQL."""
    return _TIME[dialect].format(column)


def length_ms(dialect: str, column: str) -> str:
    """Seconds as whole milliseconds, in SQL."""
    return _LENGTH[dialect].format(column)


@whole("facts, whose answers are kept in scope")
def rows_of_day(conn: Connection, fact: Fact, day: int) -> list[Sequence[Value]]:
    """All rows of a fact of one day, in UTC."""
    begin, end = day * DAY_MS, (day + 1) * DAY_MS
    # What was just before midnight may be rounded into the day.
    bounds = {"begin": _time(conn, day * DAY_S - _EDGE_S), "end": _time(conn, (day + 1) * DAY_S)}
    found: list[Sequence[Value]] = [*map(tuple, conn.execute(_query(conn, fact), bounds))]
    if fact is TIMES:
        return [piece for row in found for piece in _pieces(row, begin, end)]
    place = list(CALLS.columns).index(CALLS.moment)
    return [row for row in found if begin <= row[place] < end]  # type: ignore[operator]


def _pieces(row: Sequence[Value], begin: int, end: int) -> list[Sequence[Value]]:
    *of, began, ended, stretch = row
    assert isinstance(began, int)
    assert isinstance(ended, int)
    pieces = cut(max(began, begin), min(ended, end))
    return [(*of, a, b, stretch, b - a) for a, b in pieces]


def _query(conn: Connection, fact: Fact) -> Any:
    dialect = conn.dialect.name
    time, length = partial(time_ms, dialect), partial(length_ms, dialect)
    if fact is TIMES:
        return text(_TIMES.format(began_at=time("began_at"), ended_at=time("ended_at")))
    moments = ("placed_at", "ringing_at", "answered_at", "connected_at", "ended_at")
    return text(
        _CALLS.format(
            **{name: time(f"a.{name}") for name in moments},
            talk=length("a.talk_seconds"),
            wrapup=length("a.wrapup_seconds"),
        )
    )


def _time(conn: Connection, second: float) -> Any:
    """As the driver takes it."""
    return to_datetime(second) if conn.dialect.name == "postgresql" else second


@whole("from which day on there is anything")
def first_day(conn: Connection, fact: Fact) -> int | None:
    """The day of the first row of a fact; None: there is none."""
    query = {
        CALLS: "SELECT {0} FROM attempts WHERE placed_at = (SELECT min(placed_at) FROM attempts)",
        TIMES: "SELECT {0} FROM work_times WHERE ended_at = (SELECT min(ended_at) FROM work_times)",
    }[fact]
    column = "placed_at" if fact is CALLS else "began_at"
    time = time_ms(conn.dialect.name, column)
    found: int | None = conn.execute(text(query.format(time))).scalar()
    return None if found is None else found // DAY_MS
