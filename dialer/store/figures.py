"""Sums over the day's calls and times, read once at a start."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, case, func, select, text

from dialer.ports.figures import CallSum, WaitSum
from dialer.store.columns import to_datetime
from dialer.store.database import Database
from dialer.store.tables import attempts

_A = attempts.c


class SqlFigures:
    """Implements `dialer.ports.figures.Figures`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def calls(self, campaign_ids: Sequence[str], *, since: float) -> Sequence[CallSum]:
        return await self._db.read(_calls, list(campaign_ids), since)

    async def waits(self, *, since: float) -> Sequence[WaitSum]:
        return await self._db.read(_waits, since)


def _calls(conn: Connection, campaign_ids: list[str], since: float) -> list[CallSum]:
    alike = (_A.campaign_id, _A.outcome, _A.answered_by, _A.agent)
    rows = conn.execute(
        select(
            *alike,
            func.count().label("ended"),
            func.sum(case((_A.placed_at >= since, 1), else_=0)).label("placed"),
            func.coalesce(func.sum(_A.talk_seconds), 0.0).label("talk_seconds"),
        )
        .where(_A.campaign_id.in_(campaign_ids), _A.ended_at >= since)
        .group_by(*alike)
    )
    return [CallSum(**row._mapping) for row in rows]


_WAITS = """
SELECT pool, agent_id, SUM({seconds}) FROM (
    SELECT pool, agent_id, state, began_at, ended_at,
           LEAD(state) OVER (PARTITION BY agent_id ORDER BY ended_at, id) AS following
    FROM work_times WHERE ended_at >= :since
) stretches
WHERE state = 'ready' AND following = 'talking' GROUP BY pool, agent_id
"""
_SECONDS = {
    "sqlite": "ended_at - MAX(began_at, :since)",
    "postgresql": "EXTRACT(EPOCH FROM ended_at - GREATEST(began_at, :since))",
}


def _waits(conn: Connection, since: float) -> list[WaitSum]:
    dialect = conn.dialect.name
    at = to_datetime(since) if dialect == "postgresql" else since
    rows = conn.execute(text(_WAITS.format(seconds=_SECONDS[dialect])), {"since": at})
    return [WaitSum(pool, agent, float(seconds)) for pool, agent, seconds in rows]
