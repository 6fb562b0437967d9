"""Versions of settings, who works for which campaigns, how far schedules are, and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from dialer.ports.happenings import settings_changed
from dialer.ports.scope import whole
from dialer.ports.steering import (
    AgentResult,
    Assignment,
    KeyChange,
    ScheduleMark,
    SettingsChange,
)
from dialer.ports.store import StoreError
from dialer.store.database import Database
from dialer.store.journal import append
from dialer.store.steering_tables import assignments, schedule_marks, settings_versions
from dialer.store.tables import attempts, campaigns
from dialer.store.upsert import upsert

_VERSION = [settings_versions.c[name] for name in SettingsChange.__struct_fields__]


class SqlSettingsVersions:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, change: SettingsChange) -> bool:
        try:
            await self._db.write(_add_version, change)
        except StoreError as error:
            if isinstance(error.__cause__, IntegrityError):
                return False
            raise
        return True

    async def latest(self, subject: str) -> SettingsChange | None:
        found = await self._db.read(_versions, subject, None, 1)
        return found[0] if found else None

    async def page(
        self, subject: str, *, below: int | None = None, limit: int = 50
    ) -> Sequence[SettingsChange]:
        return await self._db.read(_versions, subject, below, limit)


def _add_version(conn: Connection, change: SettingsChange) -> None:
    row = msgspec.structs.asdict(change)
    row["changes"] = [[it.key, it.before, it.after] for it in change.changes]
    conn.execute(insert(settings_versions).values(row))
    append(conn, [settings_changed(change)])


def _versions(
    conn: Connection, subject: str, below: int | None, limit: int
) -> list[SettingsChange]:
    query = select(*_VERSION).where(settings_versions.c.subject == subject)
    if below is not None:
        query = query.where(settings_versions.c.version < below)
    rows = conn.execute(query.order_by(settings_versions.c.version.desc()).limit(limit))
    return [_version(row) for row in rows]


def _version(row: Any) -> SettingsChange:
    fields = dict(row._mapping)
    fields["changes"] = tuple(KeyChange(*it) for it in fields["changes"])
    return SettingsChange(**fields)


class SqlAssignments:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def put(self, assignment: Assignment) -> None:
        chosen = None if assignment.campaigns is None else list(assignment.campaigns)
        row = {"agent": assignment.agent, "campaigns": chosen}
        await self._db.write(upsert, assignments, [row])

    async def all(self) -> Mapping[str, Assignment]:
        return await self._db.read(_assignments)


def _assignments(conn: Connection) -> dict[str, Assignment]:
    rows = conn.execute(select(assignments.c.agent, assignments.c.campaigns))
    return {
        agent: Assignment(agent, None if chosen is None else tuple(chosen))
        for agent, chosen in rows
    }


class SqlScheduleMarks:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def put(self, mark: ScheduleMark) -> None:
        await self._db.write(upsert, schedule_marks, [msgspec.structs.asdict(mark)])

    async def all(self) -> Mapping[str, ScheduleMark]:
        return await self._db.read(_marks)


def _marks(conn: Connection) -> dict[str, ScheduleMark]:
    table = schedule_marks.c
    rows = conn.execute(select(table.campaign_id, table.boundary, table.form))
    return {row.campaign_id: ScheduleMark(*row) for row in rows}


class SqlResults:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def by_agent(
        self, campaigns: Sequence[str], *, since: float, until: float
    ) -> Sequence[AgentResult]:
        return await self._db.read(_by_agent, list(campaigns), since, until)

    async def said_of(self, campaign: str, codes: Sequence[str]) -> frozenset[str]:
        return await self._db.read(_said_of, campaign, list(codes))


@whole("whether there is one, of a campaign that was let see")
def _said_of(conn: Connection, campaign: str, codes: Sequence[str]) -> frozenset[str]:
    own = (
        select(attempts.c.id)
        .join(campaigns, campaigns.c.id == attempts.c.campaign_id)
        .where(campaigns.c.name == campaign)
        .limit(1)
    )
    found = {
        code: conn.execute(own.where(attempts.c.disposition == code)).first() for code in codes
    }
    return frozenset(code for code, row in found.items() if row)


@whole("a rank is among all")
def _by_agent(conn: Connection, names: list[str], since: float, until: float) -> list[AgentResult]:
    table = attempts.c
    query = (
        select(
            table.agent,
            campaigns.c.name,
            table.disposition,
            func.count(),
            func.coalesce(func.sum(table.talk_seconds), 0.0),
        )
        .join(campaigns, campaigns.c.id == table.campaign_id)
        .where(
            campaigns.c.name.in_(names),
            # What was placed since then has ended since then: the index is by that.
            table.ended_at >= since,
            table.placed_at >= since,
            table.placed_at < until,
            table.agent.is_not(None),
            table.connected_at.is_not(None),
        )
        .group_by(table.agent, campaigns.c.name, table.disposition)
        .order_by(table.agent, campaigns.c.name)
    )
    return [AgentResult(*row) for row in conn.execute(query)]
