"""Files of leads that came in, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, select

from dialer.ports.lists import ImportRow, LeadImport
from dialer.ports.scope import Reach
from dialer.store.database import Database
from dialer.store.list_tables import lead_imports
from dialer.store.scope import visible
from dialer.store.tables import campaigns
from dialer.store.upsert import upsert

_FIELDS = [lead_imports.c[name] for name in LeadImport.__struct_fields__]


class SqlLeadImports:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def save(self, it: LeadImport) -> None:
        await self._db.write(_save, it)

    async def get(self, import_id: str, scope: Reach) -> ImportRow | None:
        return await self._db.read(_get, import_id, scope)

    async def page(
        self, scope: Reach, *, campaign_id: str | None, limit: int, below: str | None
    ) -> Sequence[ImportRow]:
        return await self._db.read(_page, scope, campaign_id, limit, below)


def _save(conn: Connection, it: LeadImport) -> None:
    upsert(conn, lead_imports, [msgspec.structs.asdict(it)])


def _query(scope: Reach) -> Select[Any]:
    of_campaign = lead_imports.c.campaign_id == campaigns.c.id
    found = select(campaigns.c.name.label("of"), *_FIELDS).join(campaigns, of_campaign)
    return found.where(visible(campaigns, scope))


def _record(row: Any) -> ImportRow:
    fields = dict(row._mapping)
    campaign = fields.pop("of")
    return ImportRow(LeadImport(**fields), campaign)


def _get(conn: Connection, import_id: str, scope: Reach) -> ImportRow | None:
    row = conn.execute(_query(scope).where(lead_imports.c.id == import_id)).first()
    return None if row is None else _record(row)


def _page(
    conn: Connection, scope: Reach, campaign_id: str | None, limit: int, below: str | None
) -> list[ImportRow]:
    query = _query(scope).order_by(lead_imports.c.id.desc()).limit(limit)
    if campaign_id is not None:
        query = query.where(lead_imports.c.campaign_id == campaign_id)
    if below is not None:
        query = query.where(lead_imports.c.id < below)
    return [_record(row) for row in conn.execute(query)]
