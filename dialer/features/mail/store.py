"""The outbox: mails that wait, in the database and only there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol, cast

from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select, update

from dialer.features.mail.records import MAIL, OutboxMail
from dialer.features.mail.tables import mail_texts, mails
from dialer.kit.records.keeping import KeptRecords
from dialer.memory.records import InMemoryRecords, Log
from dialer.ports.records import Records
from dialer.ports.store import Store
from dialer.store.database import Database
from dialer.store.record_tables import reader_of
from dialer.store.records import SqlRecords, row_of


class Waiting(Struct, frozen=True):
    """How many mails wait, and since when the oldest; None: none waits."""

    count: int
    since: float | None


class Outbox(Records[OutboxMail], Protocol):
    async def put_down(self, mail: OutboxMail, text: str) -> bool:
        """To be sent. False where there is one with this id already: it stays as it is."""

    async def due(self, now: float, limit: int) -> Sequence[OutboxMail]:
        """Those that wait and whose time has come, the longest due first."""

    async def text(self, mail_id: str) -> str:
        """Of one that waits; "" where it is gone."""

    async def tried(self, mail: OutboxMail) -> None:
        """In the place of the one before. What is over keeps nothing of what stood in it."""

    async def waiting(self) -> Waiting: ...

    async def sweep(self, *, before: float, limit: int) -> int:
        """Forget those that are over since before; how many."""


class SqlOutbox(SqlRecords[OutboxMail]):
    def __init__(self, database: Database) -> None:
        super().__init__(database, MAIL, mails)
        self._row_of = reader_of(OutboxMail)

    async def put_down(self, mail: OutboxMail, text: str) -> bool:
        return await self._db.write(_put_down, mail, text)

    async def due(self, now: float, limit: int) -> Sequence[OutboxMail]:
        columns = mails.c
        wanted = select(mails).where(columns.state == "waiting", columns.next_at <= now)
        return await self._db.read(self._rows, wanted.order_by(columns.next_at).limit(limit))

    async def text(self, mail_id: str) -> str:
        wanted = select(mail_texts.c.text).where(mail_texts.c.mail_id == mail_id)
        return await self._db.read(lambda conn: conn.execute(wanted).scalar() or "")

    async def tried(self, mail: OutboxMail) -> None:
        await self._db.write(_tried, mail)

    async def waiting(self) -> Waiting:
        return await self._db.read(_waiting)

    async def sweep(self, *, before: float, limit: int) -> int:
        return await self._db.write(_sweep, before, limit)

    def _rows(self, conn: Connection, wanted: Any) -> list[OutboxMail]:
        return [self._row_of(row) for row in conn.execute(wanted)]


def _put_down(conn: Connection, mail: OutboxMail, text: str) -> bool:
    if conn.execute(select(mails.c.id).where(mails.c.id == mail.id)).first() is not None:
        return False
    conn.execute(insert(mails).values(row_of(mail)))
    conn.execute(insert(mail_texts).values(mail_id=mail.id, text=text))
    return True


def _tried(conn: Connection, mail: OutboxMail) -> None:
    conn.execute(update(mails).where(mails.c.id == mail.id).values(row_of(mail)))
    if mail.state != "waiting":
        conn.execute(delete(mail_texts).where(mail_texts.c.mail_id == mail.id))


def _waiting(conn: Connection) -> Waiting:
    columns = mails.c
    wanted = select(func.count(), func.min(columns.created_at)).where(columns.state == "waiting")
    count, since = conn.execute(wanted).one()
    return Waiting(count, since)


def _sweep(conn: Connection, before: float, limit: int) -> int:
    columns = mails.c
    over = columns.state.in_(["done", "dead"])
    some = select(columns.id).where(over, columns.changed_at < before).limit(limit)
    return conn.execute(delete(mails).where(columns.id.in_(some.scalar_subquery()))).rowcount


class InMemoryOutbox(InMemoryRecords[OutboxMail]):
    def __init__(self, log: Log) -> None:
        super().__init__(MAIL, log)
        self._texts: dict[str, str] = {}

    async def put_down(self, mail: OutboxMail, text: str) -> bool:
        if mail.id in self._rows:
            return False
        self._rows[mail.id], self._texts[mail.id] = mail, text
        return True

    async def due(self, now: float, limit: int) -> Sequence[OutboxMail]:
        due = [it for it in self._waiting_now() if it.next_at <= now]
        return sorted(due, key=lambda it: it.next_at)[:limit]

    async def text(self, mail_id: str) -> str:
        return self._texts.get(mail_id, "")

    async def tried(self, mail: OutboxMail) -> None:
        self._rows[mail.id] = mail
        if mail.state != "waiting":
            self._texts.pop(mail.id, None)

    async def waiting(self) -> Waiting:
        found = [it.created_at for it in self._waiting_now()]
        return Waiting(len(found), min(found, default=None))

    async def sweep(self, *, before: float, limit: int) -> int:
        over = [
            it.id for it in self._rows.values() if it.state != "waiting" and it.changed_at < before
        ][:limit]
        for mail_id in over:
            del self._rows[mail_id]
        return len(over)

    def _waiting_now(self) -> list[OutboxMail]:
        return [it for it in self._rows.values() if it.state == "waiting"]


MAILS: Final = KeptRecords(MAIL, mails, over=SqlOutbox, in_memory=InMemoryOutbox)


def outbox_of(store: Store) -> Outbox:
    return cast(Outbox, store.kept(MAILS))
