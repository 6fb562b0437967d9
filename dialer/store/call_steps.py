"""What was done with conversations."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, insert, select

from dialer.ports.calls import CallStep
from dialer.ports.scope import whole
from dialer.store.database import Database
from dialer.store.tables import call_steps

_FIELDS = [call_steps.c[name] for name in CallStep.__struct_fields__]


class SqlCallSteps:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, step: CallStep) -> None:
        await self._db.write(_add, step)

    async def of_attempt(self, attempt_id: str) -> Sequence[CallStep]:
        return await self._db.read(_of_attempt, attempt_id)


@whole("the engine works with all")
def _add(conn: Connection, step: CallStep) -> None:
    known = select(call_steps.c.id).where(call_steps.c.id == step.id)
    if conn.execute(known).first() is None:
        conn.execute(insert(call_steps).values(msgspec.structs.asdict(step)))


@whole("of one call, which was let see")
def _of_attempt(conn: Connection, attempt_id: str) -> list[CallStep]:
    query = select(*_FIELDS).where(call_steps.c.attempt_id == attempt_id)
    rows = conn.execute(query.order_by(call_steps.c.id))
    return [CallStep(**row._mapping) for row in rows]
