"""Times agreed with callees."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from dialer.ports.desk import Callback, CallbackRow
from dialer.ports.happenings import moved, planned, settled
from dialer.ports.scope import Reach, whole
from dialer.ports.store import LeadNext
from dialer.store.database import Database
from dialer.store.erasing import is_of_erased
from dialer.store.journal import append
from dialer.store.leads import set_next
from dialer.store.scope import visible
from dialer.store.tables import callbacks, campaigns, lead_numbers, leads
from dialer.words import CallbackResult

_C = callbacks.c
_FIELDS = [_C[name] for name in Callback.__struct_fields__]
_TO_COME = _C.result.is_(None)


class SqlCallbacks:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def plan(self, callback: Callback, lead: LeadNext | None = None) -> None:
        await self._db.write(_plan, callback, lead)

    async def get(self, callback_id: str) -> Callback | None:
        return await self._db.read(_get, callback_id)

    async def of_agent(self, agent_id: str, *, limit: int = 200) -> Sequence[CallbackRow]:
        return await self._db.read(_of_agent, agent_id, limit)

    async def of_lead(self, lead_id: str) -> Callback | None:
        return await self._db.read(to_come_of, lead_id)

    async def between(
        self, scope: Reach, *, since: float, until: float, agent: str | None, limit: int
    ) -> Sequence[CallbackRow]:
        which = [_C.due_at >= since, _C.due_at < until, visible(callbacks, scope)]
        which += [] if agent is None else [_is_of(agent)]
        return await self._db.read(_rows, and_(*which), limit)

    async def due(
        self, now: float, *, campaign_ids: Sequence[str], limit: int
    ) -> Sequence[Callback]:
        return await self._db.read(_due, now, list(campaign_ids), limit)

    async def postpone(self, callback_id: str, try_at: float, why: str) -> bool:
        return await self._db.write(_postpone, callback_id, try_at, why)

    async def settle(
        self,
        callback_id: str,
        result: CallbackResult,
        *,
        now: float,
        outcome: str | None = None,
        dialed_as: str | None = None,
    ) -> Callback | None:
        said = {"result": result, "done_at": now, "outcome": outcome, "dialed_as": dialed_as}
        return await self._db.write(_settle, callback_id, said)


@whole("of one callback and its lead")
def _plan(conn: Connection, callback: Callback, lead: LeadNext | None) -> None:
    if is_of_erased(conn, callback.attempt_id):
        return
    at = callback.created_at
    others = (_C.lead_id == callback.lead_id, _TO_COME, _C.id != callback.id)
    for row in conn.execute(select(*_FIELDS).where(*others).with_for_update()).all():
        append(conn, [settled(Callback(**row._mapping), "dropped", at)])
    conn.execute(update(callbacks).where(*others).values(result="dropped", done_at=at))
    fields = msgspec.structs.asdict(callback)
    changed = conn.execute(update(callbacks).where(_C.id == callback.id).values(fields)).rowcount
    if not changed:
        conn.execute(insert(callbacks).values(fields))
    append(conn, [moved(callback, time.time()) if changed else planned(callback)])
    if lead is not None:
        set_next(conn, callback.lead_id, lead)


@whole("its lead is looked at next")
def _get(conn: Connection, callback_id: str) -> Callback | None:
    row = conn.execute(select(*_FIELDS).where(_C.id == callback_id)).first()
    return Callback(**row._mapping) if row else None


@whole("of one lead, which was let see")
def to_come_of(conn: Connection, lead_id: str) -> Callback | None:
    row = conn.execute(select(*_FIELDS).where(_C.lead_id == lead_id, _TO_COME)).first()
    return Callback(**row._mapping) if row else None


_FIRST_NUMBER = (
    select(lead_numbers.c.number)
    .where(lead_numbers.c.lead_id == _C.lead_id, lead_numbers.c.dead.is_(False))
    .order_by(lead_numbers.c.position)
    .limit(1)
    .scalar_subquery()
)


def _is_of(agent_id: str) -> Any:
    return or_(_C.owner == agent_id, and_(_C.owner.is_(None), _C.made_by == agent_id))


def _of_agent(conn: Connection, agent_id: str, limit: int) -> list[CallbackRow]:
    return _rows(conn, _is_of(agent_id), limit)


@whole("the condition holds the scope, or one rep whom the caller was let see")
def _rows(conn: Connection, which: Any, limit: int) -> list[CallbackRow]:
    query = (
        select(
            *_FIELDS,
            campaigns.c.name,
            func.coalesce(leads.c.name, ""),
            leads.c.timezone,
            func.coalesce(_FIRST_NUMBER, ""),
        )
        .join_from(callbacks, campaigns, campaigns.c.id == _C.campaign_id)
        .join(leads, leads.c.id == _C.lead_id, isouter=True)
        .where(_TO_COME, which)
        .order_by(_C.due_at, _C.id)
        .limit(limit)
    )
    return [_row(row) for row in conn.execute(query)]


def _row(row: Any) -> CallbackRow:
    *fields, campaign, name, timezone, number = row
    names = Callback.__struct_fields__
    callback = Callback(**dict(zip(names, fields, strict=True)))
    return CallbackRow(callback, campaign, name, timezone, number)


# Asked every second, all day.
_DUE = (
    select(*_FIELDS)
    .where(
        _TO_COME,
        _C.try_at <= bindparam("now"),
        _C.campaign_id.in_(bindparam("campaigns", expanding=True)),
    )
    .order_by(_C.try_at, _C.id)
    .limit(bindparam("most"))
)


@whole("the engine works with all")
def _due(conn: Connection, now: float, campaign_ids: list[str], limit: int) -> list[Callback]:
    rows = conn.execute(_DUE, {"now": now, "campaigns": campaign_ids, "most": limit})
    return [Callback(**row._mapping) for row in rows]


def _postpone(conn: Connection, callback_id: str, try_at: float, why: str) -> bool:
    this = (_C.id == callback_id, _TO_COME)
    if not conn.execute(update(callbacks).where(*this).values(try_at=try_at, why=why)).rowcount:
        return False
    callback = _get(conn, callback_id)
    assert callback is not None
    append(conn, [moved(callback, time.time())])
    return True


def _settle(conn: Connection, callback_id: str, said: dict[str, Any]) -> Callback | None:
    done = conn.execute(update(callbacks).where(_C.id == callback_id, _TO_COME).values(said))
    callback = _get(conn, callback_id) if done.rowcount else None
    if callback is not None:
        append(conn, [settled(callback, said["result"], said["done_at"])])
    return callback
