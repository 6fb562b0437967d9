"""Records of features in a database. See `dialer.ports.records`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, insert, or_, select, true, update
from sqlalchemy.exc import IntegrityError

from dialer.ports.audit import AuditEntry
from dialer.ports.records import R, Record, RecordQuery, RecordType, StaleError, TakenError
from dialer.ports.scope import Reach
from dialer.store.audit import note
from dialer.store.database import Database
from dialer.store.record_tables import reader_of
from dialer.store.scope import visible


class SqlRecords(Generic[R]):
    def __init__(self, database: Database, of: RecordType[R], table: Table) -> None:
        self._db, self._of, self._table = database, of, table
        self._read = reader_of(of.shape)

    async def page(self, query: RecordQuery, scope: Reach) -> Sequence[R]:
        return await self._db.read(self._page, query, scope)

    async def get(self, record_id: str, scope: Reach) -> R | None:
        return await self._db.read(self._get, record_id, scope)

    async def add(self, record: R, entry: AuditEntry) -> None:
        await self._db.write(self._add, record, entry)

    async def put(self, record: R, entry: AuditEntry) -> None:
        await self._db.write(self._put, record, entry)

    def _page(self, conn: Connection, query: RecordQuery, scope: Reach) -> list[R]:
        columns = self._table.c
        by = columns[query.sort]
        order = (by.desc(), columns.id.desc()) if query.desc else (by, columns.id)
        found = select(self._table).where(self._seen(scope), *self._asked(query))
        return [self._read(row) for row in conn.execute(found.order_by(*order).limit(query.limit))]

    def _seen(self, scope: Reach) -> ColumnElement[bool]:
        return true() if self._of.scope is None else visible(self._table, scope)

    def _asked(self, query: RecordQuery) -> list[ColumnElement[bool]]:
        columns = self._table.c
        found = [columns.archived_at.is_not(None) if query.archived else _is_there(self._table)]
        found += [columns[name] == value for name, value in query.equal.items()]
        if query.text:
            found.append(
                or_(*(columns[it].icontains(query.text, autoescape=True) for it in self._of.search))
            )
        if query.after is not None:
            found.append(_after(columns[query.sort], columns.id, query))
        return found

    def _get(self, conn: Connection, record_id: str, scope: Reach) -> R | None:
        found = select(self._table).where(self._table.c.id == record_id, self._seen(scope))
        row = conn.execute(found).first()
        return None if row is None else self._read(row)

    def _add(self, conn: Connection, record: R, entry: AuditEntry) -> None:
        with self._alone(conn, record):
            conn.execute(insert(self._table).values(row_of(record)))
        note(conn, entry)

    def _put(self, conn: Connection, record: R, entry: AuditEntry) -> None:
        columns = self._table.c
        before = and_(columns.id == record.id, columns.version == record.version - 1)
        change = update(self._table).where(before).values(row_of(record))
        with self._alone(conn, record):
            is_done = conn.execute(change).rowcount == 1
        if not is_done:
            raise StaleError(f"{self._of.name} {record.id} is no more at {record.version - 1}")
        note(conn, entry)

    @contextmanager
    def _alone(self, conn: Connection, record: R) -> Iterator[None]:
        """Raises TakenError, also when somebody else writes the same in the same moment."""
        self._refuse_taken(conn, record)
        try:
            yield
        except IntegrityError as error:
            raise TakenError(self._of.unique[0] if self._of.unique else "id") from error

    def _refuse_taken(self, conn: Connection, record: R) -> None:
        columns = self._table.c
        for name in self._of.unique if record.archived_at is None else ():
            same = and_(columns[name] == getattr(record, name), columns.id != record.id)
            found = select(columns.id).where(same, _is_there(self._table)).limit(1)
            if conn.execute(found).first() is not None:
                raise TakenError(name)


def _is_there(table: Table) -> ColumnElement[bool]:
    return table.c.archived_at.is_(None)


def _after(
    by: ColumnElement[Any], an_id: ColumnElement[Any], query: RecordQuery
) -> ColumnElement[bool]:
    assert query.after is not None
    value, last = query.after
    if query.desc:
        return or_(by < value, and_(by == value, an_id < last))
    return or_(by > value, and_(by == value, an_id > last))


def row_of(record: Record) -> dict[str, Any]:
    """Its columns as the table takes them."""
    return {
        name: msgspec.to_builtins(value) for name, value in msgspec.structs.asdict(record).items()
    }
