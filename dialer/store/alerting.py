"""Alerts that fired, and what is on its way to webhooks."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, Select, delete, select

from dialer.ports.steering import AlertRow, Delivery, DeliveryState
from dialer.store.database import Database
from dialer.store.steering_tables import alerts, deliveries
from dialer.store.upsert import upsert

_ALERT = [alerts.c[name] for name in AlertRow.__struct_fields__]
_DELIVERY = [deliveries.c[name] for name in Delivery.__struct_fields__]


class SqlAlerts:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def put(self, row: AlertRow) -> None:
        await self._db.write(upsert, alerts, [msgspec.structs.asdict(row)])

    async def get(self, alert_id: str) -> AlertRow | None:
        found = await self._db.read(_alerts, select(*_ALERT).where(alerts.c.id == alert_id))
        return found[0] if found else None

    async def firing(self) -> Sequence[AlertRow]:
        query = select(*_ALERT).where(alerts.c.ended_at.is_(None)).order_by(alerts.c.id)
        return await self._db.read(_alerts, query)

    async def recent(self, *, below: str | None = None, limit: int = 100) -> Sequence[AlertRow]:
        query = select(*_ALERT).order_by(alerts.c.id.desc()).limit(limit)
        if below is not None:
            query = query.where(alerts.c.id < below)
        return await self._db.read(_alerts, query)


def _alerts(conn: Connection, query: Select[tuple[object, ...]]) -> list[AlertRow]:
    return [AlertRow(**row._mapping) for row in conn.execute(query)]


class SqlDeliveries:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, deliveries: Sequence[Delivery]) -> None:
        await self._db.write(_put, deliveries)

    async def put(self, delivery: Delivery) -> None:
        await self._db.write(_put, [delivery])

    async def get(self, delivery_id: str) -> Delivery | None:
        query = select(*_DELIVERY).where(deliveries.c.id == delivery_id)
        found = await self._db.read(_deliveries, query)
        return found[0] if found else None

    async def waiting(self, *, limit: int = 1000) -> Sequence[Delivery]:
        query = select(*_DELIVERY).where(deliveries.c.state == "waiting")
        return await self._db.read(_deliveries, query.order_by(deliveries.c.id).limit(limit))

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

    async def sweep(self, *, before: float) -> int:
        return await self._db.write(_sweep, before)


def _put(conn: Connection, given: Sequence[Delivery]) -> None:
    upsert(conn, deliveries, [msgspec.structs.asdict(it) for it in given])


def _deliveries(conn: Connection, query: Select[tuple[object, ...]]) -> list[Delivery]:
    return [Delivery(**row._mapping) for row in conn.execute(query)]


def _sweep(conn: Connection, before: float) -> int:
    gone = delete(deliveries).where(
        deliveries.c.state != "waiting", deliveries.c.created_at < before
    )
    return conn.execute(gone).rowcount
