"""Alerts that fired, and what is on its way to webhooks."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, Select, bindparam, delete, exists, func, select, update

from dialer.ports.happenings import alert_moved
from dialer.ports.scope import Reach, whole
from dialer.ports.steering import AlertRow, Delivery
from dialer.store.bulk import run_each
from dialer.store.database import Database
from dialer.store.journal import append
from dialer.store.scope import visible
from dialer.store.steering_tables import alerts, deliveries
from dialer.store.upsert import upsert
from dialer.words import DeliveryState

_ALERT = [alerts.c[name] for name in AlertRow.__struct_fields__]
_DELIVERY = [deliveries.c[name] for name in Delivery.__struct_fields__]


class SqlAlerts:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def put(self, row: AlertRow) -> None:
        await self._db.write(_put_alert, row)

    @whole("the watch looks after all")
    async def get(self, alert_id: str) -> AlertRow | None:
        found = await self._db.read(_alerts, select(*_ALERT).where(alerts.c.id == alert_id))
        return found[0] if found else None

    async def known(self, alert_id: str, scope: Reach) -> AlertRow | None:
        query = select(*_ALERT).where(alerts.c.id == alert_id, visible(alerts, scope))
        found = await self._db.read(_alerts, query)
        return found[0] if found else None

    async def firing(self, scope: Reach) -> Sequence[AlertRow]:
        query = select(*_ALERT).where(alerts.c.ended_at.is_(None), visible(alerts, scope))
        return await self._db.read(_alerts, query.order_by(alerts.c.id))

    async def recent(
        self, scope: Reach, *, below: str | None = None, limit: int = 100
    ) -> Sequence[AlertRow]:
        query = select(*_ALERT).where(visible(alerts, scope))
        query = query.order_by(alerts.c.id.desc()).limit(limit)
        if below is not None:
            query = query.where(alerts.c.id < below)
        return await self._db.read(_alerts, query)


@whole("the watch looks after all")
def _put_alert(conn: Connection, row: AlertRow) -> None:
    before = _alerts(conn, select(*_ALERT).where(alerts.c.id == row.id).with_for_update())
    upsert(conn, alerts, [msgspec.structs.asdict(row)])
    append(conn, alert_moved(before[0] if before else None, row))


def _alerts(conn: Connection, query: Select[tuple[object, ...]]) -> list[AlertRow]:
    return [AlertRow(**row._mapping) for row in conn.execute(query)]


class SqlDeliveries:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, deliveries: Sequence[Delivery]) -> None:
        await self._db.write(_put, deliveries)

    async def tried(self, tried: Sequence[Delivery]) -> None:
        await self._db.write(_keep_tries, tried)

    async def get(self, delivery_id: str) -> Delivery | None:
        query = select(*_DELIVERY).where(deliveries.c.id == delivery_id)
        found = await self._db.read(_deliveries, query)
        return found[0] if found else None

    async def receivers(self, now: float) -> Sequence[str]:
        return await self._db.read(_receivers, now)

    async def due(self, hook: str, now: float, *, limit: int) -> Sequence[Delivery]:
        return await self._db.read(_due, hook, now, limit)

    async def give_up(self, why: str, *, hook: str, before: float | None = None, limit: int) -> int:
        return await self._db.write(_give_up, why, hook, before, limit)

    async def page(
        self,
        *,
        hook: str | None = None,
        state: DeliveryState | None = None,
        below: str | None = None,
        limit: int = 100,
    ) -> Sequence[Delivery]:
        query = select(*_DELIVERY).order_by(deliveries.c.id.desc()).limit(limit)
        if hook is not None:
            query = query.where(deliveries.c.hook == hook)
        if state is not None:
            query = query.where(deliveries.c.state == state)
        if below is not None:
            query = query.where(deliveries.c.id < below)
        return await self._db.read(_deliveries, query)

    async def sweep(self, *, before: float, limit: int) -> int:
        return await self._db.write(_sweep, before, limit)


def _put(conn: Connection, given: Sequence[Delivery]) -> None:
    upsert(conn, deliveries, [msgspec.structs.asdict(it) for it in given])


def _deliveries(conn: Connection, query: Select[tuple[object, ...]]) -> list[Delivery]:
    return [Delivery(**row._mapping) for row in conn.execute(query)]


_D = deliveries.c
_WAITS = _D.state == "waiting"
_OF_A_TRY = ("state", "tries", "next_at", "status", "error")
_KEEP_TRY = (
    update(deliveries)
    .where(_D.id == bindparam("of"))
    .values({name: bindparam(f"now_{name}", type_=_D[name].type) for name in _OF_A_TRY})
)


def _keep_tries(conn: Connection, tried: Sequence[Delivery]) -> None:
    rows = [
        {"of": it.id, **{f"now_{name}": getattr(it, name) for name in _OF_A_TRY}} for it in tried
    ]
    run_each(conn, _KEEP_TRY, rows)


def _receivers(conn: Connection, now: float) -> list[str]:
    """One step of an index for each, however much waits."""
    found: list[str] = []
    query = select(func.min(_D.hook)).where(_WAITS)
    hook = conn.execute(query).scalar()
    while hook is not None:
        is_due = select(_D.id).where(_WAITS, _D.hook == hook, _D.next_at <= now).limit(1)
        if conn.execute(is_due).first() is not None:
            found.append(hook)
        hook = conn.execute(query.where(_D.hook > hook)).scalar()
    return found


def _due(conn: Connection, hook: str, now: float, limit: int) -> list[Delivery]:
    before = deliveries.alias()
    is_first = ~exists(
        select(before.c.id).where(
            before.c.state == "waiting",
            before.c.hook == hook,
            before.c.lane == _D.lane,
            before.c.seq < _D.seq,
        )
    )
    query = select(*_DELIVERY).where(_WAITS, _D.hook == hook, _D.next_at <= now, is_first)
    return _deliveries(conn, query.order_by(_D.next_at, _D.seq, _D.id).limit(limit))


def _give_up(conn: Connection, why: str, hook: str, before: float | None, limit: int) -> int:
    some = select(_D.id).where(_WAITS, _D.hook == hook).order_by(_D.next_at).limit(limit)
    if before is not None:
        some = some.where(_D.next_at < before)
    dead = update(deliveries).where(_D.id.in_(some.scalar_subquery()), _WAITS)
    return conn.execute(dead.values(state="dead", error=why)).rowcount


def _sweep(conn: Connection, before: float, limit: int) -> int:
    """Of the oldest: ids grow with time, and nothing waits as long as it is kept."""
    oldest = select(_D.id).order_by(_D.id).limit(limit).scalar_subquery()
    gone = delete(deliveries).where(_D.id.in_(oldest), ~_WAITS, _D.created_at < before)
    return conn.execute(gone).rowcount
