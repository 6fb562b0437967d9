"""The engine that works with this database, in one row of it."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, delete, select, update

from dialer.ports.holders import Held, Holder
from dialer.store.database import Database
from dialer.store.tables import holders
from dialer.store.upsert import insert_new

ENGINE = "engine"
_THIS = holders.c.name == ENGINE


class SqlHolders:
    """Implements `dialer.ports.holders.Holders`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def read(self) -> Held | None:
        return await self._db.read(_read)

    async def take(self, holder: Holder, over: Held | None) -> bool:
        return await self._db.write(_take, holder, over)

    async def beat(self, holder: Holder) -> bool:
        return await self._db.write(_beat, holder)

    async def give_up(self, holder: Holder) -> None:
        await self._db.write(_give_up, holder)


def _read(conn: Connection) -> Held | None:
    row = conn.execute(select(holders.c.holder, holders.c.beat).where(_THIS)).first()
    return None if row is None else Held(_decoded(row.holder), row.beat)


def _take(conn: Connection, holder: Holder, over: Held | None) -> bool:
    row = {"name": ENGINE, "token": holder.token, "holder": _encoded(holder), "beat": 0}
    if over is None:
        insert_new(conn, holders, row)
        return conn.execute(select(holders.c.token).where(_THIS)).scalar() == holder.token
    of_before = holders.c.token == over.holder.token, holders.c.beat == over.beat
    return conn.execute(update(holders).where(_THIS, *of_before).values(row)).rowcount == 1


def _beat(conn: Connection, holder: Holder) -> bool:
    mine = _THIS, holders.c.token == holder.token
    return conn.execute(update(holders).where(*mine).values(beat=holders.c.beat + 1)).rowcount == 1


def _give_up(conn: Connection, holder: Holder) -> None:
    conn.execute(delete(holders).where(_THIS, holders.c.token == holder.token))


def _encoded(holder: Holder) -> str:
    return msgspec.json.encode(holder).decode()


def _decoded(text: str) -> Holder:
    return msgspec.json.decode(text, type=Holder)
