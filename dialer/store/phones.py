"""Which browser phones have a password now, and with which session it ends."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from dialer.ports.phones import IssuedPhone
from dialer.store.database import Database
from dialer.store.tables import account_sessions, issued_phones

_FIELDS = [issued_phones.c[name] for name in IssuedPhone.__struct_fields__]


class SqlIssuedPhones:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def put(self, issued: IssuedPhone) -> None:
        await self._db.write(_put, issued)

    async def get(self, endpoint: str) -> IssuedPhone | None:
        return await self._db.read(_get, endpoint)

    async def list(self) -> Sequence[IssuedPhone]:
        return await self._db.read(_all)

    async def over(self, *, now: float, idle_since: float) -> Sequence[IssuedPhone]:
        return await self._db.read(_over, now, idle_since)

    async def remove(self, issued: IssuedPhone) -> bool:
        return await self._db.write(_remove, issued)

    async def move(self, session: str, to: str) -> None:
        await self._db.write(_move, session, to)


def _put(conn: Connection, issued: IssuedPhone) -> None:
    conn.execute(delete(issued_phones).where(issued_phones.c.endpoint == issued.endpoint))
    values = {name: getattr(issued, name) for name in IssuedPhone.__struct_fields__}
    conn.execute(insert(issued_phones).values(**values))


def _get(conn: Connection, endpoint: str) -> IssuedPhone | None:
    query = select(*_FIELDS).where(issued_phones.c.endpoint == endpoint)
    row = conn.execute(query).first()
    return IssuedPhone(**row._mapping) if row is not None else None


def _all(conn: Connection) -> list[IssuedPhone]:
    rows = conn.execute(select(*_FIELDS).order_by(issued_phones.c.endpoint))
    return [IssuedPhone(**row._mapping) for row in rows]


def _over(conn: Connection, now: float, idle_since: float) -> list[IssuedPhone]:
    joined = issued_phones.outerjoin(
        account_sessions, account_sessions.c.id == issued_phones.c.session
    )
    is_ended = issued_phones.c.session.is_not(None) & account_sessions.c.id.is_(None)
    is_stale = (account_sessions.c.expires_at <= now) | (account_sessions.c.seen_at < idle_since)
    query = (
        select(*_FIELDS)
        .select_from(joined)
        .where((issued_phones.c.expires_at <= now) | is_ended | is_stale)
        .order_by(issued_phones.c.endpoint)
    )
    return [IssuedPhone(**row._mapping) for row in conn.execute(query)]


def _remove(conn: Connection, issued: IssuedPhone) -> bool:
    same = (issued_phones.c.endpoint == issued.endpoint) & (
        issued_phones.c.issued_at == issued.issued_at
    )
    return conn.execute(delete(issued_phones).where(same)).rowcount > 0


def _move(conn: Connection, session: str, to: str) -> None:
    conn.execute(update(issued_phones).where(issued_phones.c.session == session).values(session=to))
