"""Reps, and which of them are logged in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from dialer.ports.scope import Reach, whole
from dialer.ports.store import Agent, AgentSession, AlreadyExistsError, NotFoundError
from dialer.store.database import Database
from dialer.store.scope import visible
from dialer.store.tables import agent_sessions, agents
from dialer.store.upsert import upsert

_AGENT = [agents.c[name] for name in Agent.__struct_fields__]
_SESSION = [agent_sessions.c[name] for name in AgentSession.__struct_fields__]


class SqlAgents:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, agent: Agent) -> None:
        await self._db.write(_add, agent)

    async def update(self, agent: Agent) -> None:
        await self._db.write(_update, agent)

    async def get(self, agent_id: str) -> Agent | None:
        return await self._db.read(_one, agents.c.id, agent_id)

    async def by_name(self, name: str) -> Agent | None:
        return await self._db.read(_one, agents.c.name, name)

    async def known(self, word: str, scope: Reach) -> Agent | None:
        return await self._db.read(_known, word, scope)

    async def list(self, scope: Reach, *, pool: str | None = None) -> Sequence[Agent]:
        return await self._db.read(_all, scope, pool)

    async def save_session(self, session: AgentSession) -> None:
        await self._db.write(_save_session, session)

    async def end_session(self, agent_id: str) -> bool:
        return await self._db.write(_end_session, agent_id)

    async def sessions(self, *, pool: str | None = None) -> Sequence[AgentSession]:
        return await self._db.read(_sessions, pool)


@whole("the engine works with all")
def _one(conn: Connection, column: Any, value: str) -> Agent | None:
    row = conn.execute(select(*_AGENT).where(column == value)).first()
    return Agent(**row._mapping) if row else None


def _known(conn: Connection, word: str, scope: Reach) -> Agent | None:
    query = select(*_AGENT).where(visible(agents, scope))
    for column in (agents.c.id, agents.c.name):
        if (row := conn.execute(query.where(column == word)).first()) is not None:
            return Agent(**row._mapping)
    return None


def _all(conn: Connection, scope: Reach, pool: str | None) -> list[Agent]:
    query = select(*_AGENT).where(visible(agents, scope)).order_by(agents.c.name)
    if pool is not None:
        query = query.where(agents.c.pool == pool)
    return [Agent(**row._mapping) for row in conn.execute(query)]


def _refuse_taken_name(conn: Connection, agent: Agent) -> None:
    holder = _one(conn, agents.c.name, agent.name)
    if holder is not None and holder.id != agent.id:
        raise AlreadyExistsError(f"a rep {agent.name!r} exists already")


def _add(conn: Connection, agent: Agent) -> None:
    if _one(conn, agents.c.id, agent.id) is not None:
        raise AlreadyExistsError(f"a rep with the id {agent.id} exists already")
    _refuse_taken_name(conn, agent)
    conn.execute(insert(agents).values(msgspec.structs.asdict(agent)))


def _update(conn: Connection, agent: Agent) -> None:
    _refuse_taken_name(conn, agent)
    fields = msgspec.structs.asdict(agent)
    done = conn.execute(update(agents).where(agents.c.id == agent.id).values(fields))
    if done.rowcount == 0:
        raise NotFoundError(f"no rep {agent.id}")


_KNOWN = select(agents.c.id).where(agents.c.id == bindparam("agent"))


@whole("the engine works with all")
def _save_session(conn: Connection, session: AgentSession) -> None:
    known = conn.execute(_KNOWN, {"agent": session.agent_id}).first()
    if known is None:
        raise NotFoundError(f"no rep {session.agent_id}")
    upsert(conn, agent_sessions, [msgspec.structs.asdict(session)])


def _end_session(conn: Connection, agent_id: str) -> bool:
    done = conn.execute(delete(agent_sessions).where(agent_sessions.c.agent_id == agent_id))
    return done.rowcount > 0


def _sessions(conn: Connection, pool: str | None) -> list[AgentSession]:
    query = select(*_SESSION).order_by(agent_sessions.c.agent_id)
    if pool is not None:
        query = query.where(agent_sessions.c.pool == pool)
    return [AgentSession(**row._mapping) for row in conn.execute(query)]
