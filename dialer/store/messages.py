"""Messages to reps, and who has read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from dialer.ports.audit import AuditEntry
from dialer.ports.steering import Message, Receipt
from dialer.store.audit import note
from dialer.store.database import Database
from dialer.store.steering_tables import message_receipts, messages

_MESSAGE = [messages.c[name] for name in Message.__struct_fields__]
_RECEIPT = [message_receipts.c[name] for name in Receipt.__struct_fields__]


class SqlMessages:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, message: Message, agents: Sequence[str], entry: AuditEntry) -> None:
        await self._db.write(_add, message, list(agents), entry)

    async def of_agent(
        self, agent: str, *, since: float = 0.0, below: str | None = None, limit: int = 50
    ) -> Sequence[tuple[Message, Receipt]]:
        return await self._db.read(_of_agent, agent, since, below, limit)

    async def sent_by(
        self, who: str, *, below: str | None = None, limit: int = 50
    ) -> Sequence[tuple[Message, Sequence[Receipt]]]:
        return await self._db.read(_sent_by, who, below, limit)

    async def mark_read(self, message_id: str, agent: str, at: float) -> bool:
        return await self._db.write(_mark_read, message_id, agent, at)


def _add(conn: Connection, message: Message, agents: list[str], entry: AuditEntry) -> None:
    conn.execute(insert(messages).values(msgspec.structs.asdict(message)))
    rows = [{"message": message.id, "agent": agent, "read_at": None} for agent in agents]
    if rows:
        conn.execute(insert(message_receipts), rows)
    note(conn, entry)


def _of_agent(
    conn: Connection, agent: str, since: float, below: str | None, limit: int
) -> list[tuple[Message, Receipt]]:
    query = (
        select(*_MESSAGE, message_receipts.c.read_at)
        .join(message_receipts, message_receipts.c.message == messages.c.id)
        .where(message_receipts.c.agent == agent, messages.c.at >= since)
        .order_by(messages.c.id.desc())
        .limit(limit)
    )
    if below is not None:
        query = query.where(messages.c.id < below)
    return [(_message(row), Receipt(row.id, agent, row.read_at)) for row in conn.execute(query)]


def _message(row: Any) -> Message:
    return Message(id=row.id, at=row.at, who=row.who, addressed=row.addressed, text=row.text)


def _sent_by(
    conn: Connection, who: str, below: str | None, limit: int
) -> list[tuple[Message, Sequence[Receipt]]]:
    query = select(*_MESSAGE).where(messages.c.who == who)
    if below is not None:
        query = query.where(messages.c.id < below)
    sent = [
        _message(row) for row in conn.execute(query.order_by(messages.c.id.desc()).limit(limit))
    ]
    wanted = select(*_RECEIPT).where(message_receipts.c.message.in_([it.id for it in sent]))
    receipts: dict[str, list[Receipt]] = defaultdict(list)
    for row in conn.execute(wanted.order_by(message_receipts.c.agent)):
        receipts[row.message].append(Receipt(*row))
    return [(it, tuple(receipts[it.id])) for it in sent]


def _mark_read(conn: Connection, message_id: str, agent: str, at: float) -> bool:
    table = message_receipts.c
    its = (table.message == message_id) & (table.agent == agent)
    if conn.execute(select(table.agent).where(its)).first() is None:
        return False
    conn.execute(update(message_receipts).where(its, table.read_at.is_(None)).values(read_at=at))
    return True
