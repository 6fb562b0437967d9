"""Sums over the day's calls and times, read once at a start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    case,
    func,
    literal_column,
    select,
    text,
)

from dialer.ports.figures import UNWANTED_LIMIT, CallerFigures, CallSum, Unwanted, WaitSum
from dialer.ports.scope import whole
from dialer.store.columns import to_datetime
from dialer.store.database import Database
from dialer.store.fact_rows import length_ms, time_ms
from dialer.store.tables import attempts, campaigns

_A = attempts.c


class SqlFigures:
    """Implements `dialer.ports.figures.Figures`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def calls(self, campaign_ids: Sequence[str], *, since: float) -> Sequence[CallSum]:
        return await self._db.read(_calls, list(campaign_ids), since)

    async def callers(self, *, since: float) -> Sequence[CallerFigures]:
        return await self._db.read(_callers, since)

    async def unwanted(self, campaign_id: str, *, since: float) -> Sequence[Unwanted]:
        return await self._db.read(_unwanted, campaign_id, since)

    async def waits(self, *, since: float) -> Sequence[WaitSum]:
        return await self._db.read(_waits, since)


_BLOCKED = (_A.sip_code == 608) | ((_A.sip_code == 603) & (_A.hangup_by == "network"))
_DECLINED = (_A.sip_code == 603) & (_A.hangup_by != "network")
_UNWANTED = _A.sip_code == 607


@whole("counts, of caller numbers")
def _callers(conn: Connection, since: float) -> list[CallerFigures]:
    query = (
        select(
            _A.caller_id,
            func.count().label("calls"),
            func.count(_A.answered_at).label("answered"),
            _how_many(_BLOCKED).label("blocked"),
            _how_many(_DECLINED).label("declined"),
            _how_many(_UNWANTED).label("unwanted"),
            func.max(case((_BLOCKED, _A.ended_at))).label("last_blocked_at"),
        )
        # By campaign, because the index is.
        .where(_A.campaign_id.in_(select(campaigns.c.id)), _A.ended_at >= since)
        .group_by(_A.caller_id)
        .order_by(_how_many(_BLOCKED).desc(), _A.caller_id)
    )
    return [CallerFigures(**row._mapping) for row in conn.execute(query)]


def _how_many(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


@whole("of a campaign that was let see")
def _unwanted(conn: Connection, campaign_id: str, since: float) -> list[Unwanted]:
    query = (
        select(
            _A.id.label("attempt_id"),
            campaigns.c.name.label("campaign"),
            _A.number,
            _A.caller_id,
            _A.ended_at.label("at"),
        )
        .join_from(attempts, campaigns, campaigns.c.id == _A.campaign_id)
        .where(_A.campaign_id == campaign_id, _A.sip_code == 607, _A.ended_at >= since)
        .order_by(_A.ended_at.desc(), _A.id.desc())
        .limit(UNWANTED_LIMIT)
    )
    return [Unwanted(**row._mapping) for row in conn.execute(query)]


@whole("counts, for the engine")
def _calls(conn: Connection, campaign_ids: list[str], since: float) -> list[CallSum]:
    alike = (_A.campaign_id, _A.outcome, _A.answered_by, _A.agent)
    talk = literal_column(length_ms(conn.dialect.name, "attempts.talk_seconds"), BigInteger)
    rows = conn.execute(
        select(
            *alike,
            func.count().label("ended"),
            _how_many(_A.connected_at.is_not(None)).label("contacts"),
            func.coalesce(func.sum(case((_A.connected_at.is_not(None), talk))), 0).label("talk_ms"),
        )
        # What was placed since then has ended since then: the index is by that.
        .where(_A.campaign_id.in_(campaign_ids), _A.ended_at >= since, _A.placed_at >= since)
        .group_by(*alike)
    )
    return [_call_sum(row) for row in rows]


def _call_sum(row: Row[Any]) -> CallSum:
    told = dict(row._mapping)
    return CallSum(**{**told, "talk_ms": int(told["talk_ms"])})


_WAITS = """
SELECT pool, agent_id, SUM({ended} - {began}) FROM work_times
WHERE state = 'ready' AND ended_at >= :since GROUP BY pool, agent_id
"""
_LATER = {"sqlite": "MAX(began_at, :since)", "postgresql": "GREATEST(began_at, :since)"}


def _waits(conn: Connection, since: float) -> list[WaitSum]:
    dialect = conn.dialect.name
    at = to_datetime(since) if dialect == "postgresql" else since
    query = _WAITS.format(
        ended=time_ms(dialect, "ended_at"), began=time_ms(dialect, _LATER[dialect])
    )
    rows = conn.execute(text(query), {"since": at})
    return [WaitSum(pool, agent, int(ms)) for pool, agent, ms in rows]
