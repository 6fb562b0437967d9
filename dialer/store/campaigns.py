"""Campaigns and every version of their settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from dialer.ids import new_id
from dialer.ports.store import (
    AlreadyExistsError,
    AuditEntry,
    Campaign,
    CampaignState,
    NotFoundError,
    SettingsVersion,
)
from dialer.store.audit import note
from dialer.store.columns import to_json
from dialer.store.database import Database
from dialer.store.tables import campaign_settings, campaigns

_FIELDS = [campaigns.c[name] for name in Campaign.__struct_fields__]


class SqlCampaigns:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def create(
        self, name: str, *, pool: str, settings: Mapping[str, Any], now: float, who: str
    ) -> Campaign:
        campaign = Campaign(
            id=new_id(),
            name=name,
            pool=pool,
            state=CampaignState.STOPPED,
            settings=settings,
            settings_version=1,
            created_at=now,
        )
        return await self._db.write(_create, campaign, who)

    async def get(self, campaign_id: str) -> Campaign | None:
        return await self._db.read(_one, campaigns.c.id, campaign_id)

    async def by_name(self, name: str) -> Campaign | None:
        return await self._db.read(_one, campaigns.c.name, name)

    async def list(self) -> Sequence[Campaign]:
        return await self._db.read(_all)

    async def set_state(
        self, campaign_id: str, state: CampaignState, *, now: float, who: str
    ) -> Campaign:
        return await self._db.write(_set_state, campaign_id, state, now, who)

    async def set_settings(
        self, campaign_id: str, settings: Mapping[str, Any], *, now: float, who: str
    ) -> Campaign:
        return await self._db.write(_set_settings, campaign_id, settings, now, who)

    async def versions(self, campaign_id: str) -> Sequence[SettingsVersion]:
        return await self._db.read(_versions, campaign_id)


def _record(row: Any) -> Campaign:
    fields = dict(row._mapping)
    fields["state"] = CampaignState(fields["state"])
    return Campaign(**fields)


def _one(conn: Connection, column: Any, value: str) -> Campaign | None:
    row = conn.execute(select(*_FIELDS).where(column == value)).first()
    return _record(row) if row else None


def _all(conn: Connection) -> list[Campaign]:
    return [_record(row) for row in conn.execute(select(*_FIELDS).order_by(campaigns.c.id))]


def _locked(conn: Connection, campaign_id: str) -> Campaign:
    row = conn.execute(
        select(*_FIELDS).where(campaigns.c.id == campaign_id).with_for_update()
    ).first()
    if row is None:
        raise NotFoundError(f"no campaign {campaign_id}")
    return _record(row)


def _create(conn: Connection, campaign: Campaign, who: str) -> Campaign:
    if _one(conn, campaigns.c.name, campaign.name):
        raise AlreadyExistsError(f"a campaign {campaign.name!r} exists already")
    conn.execute(insert(campaigns).values(msgspec.structs.asdict(campaign)))
    _save_version(conn, campaign, campaign.created_at, who)
    entry = AuditEntry(
        at=campaign.created_at,
        who=who,
        what="campaign.create",
        subject=campaign.id,
        after=campaign.settings,
    )
    note(conn, entry)
    return campaign


def _save_version(conn: Connection, campaign: Campaign, now: float, who: str) -> None:
    conn.execute(
        insert(campaign_settings).values(
            campaign_id=campaign.id,
            version=campaign.settings_version,
            settings=campaign.settings,
            changed_at=now,
            changed_by=who,
        )
    )


def _set_state(
    conn: Connection, campaign_id: str, state: CampaignState, now: float, who: str
) -> Campaign:
    before = _locked(conn, campaign_id)
    if before.state == state:
        return before
    conn.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(state=state))
    entry = AuditEntry(
        at=now,
        who=who,
        what="campaign.state",
        subject=campaign_id,
        before=before.state,
        after=state,
    )
    note(conn, entry)
    return _locked(conn, campaign_id)


def _set_settings(
    conn: Connection, campaign_id: str, settings: Mapping[str, Any], now: float, who: str
) -> Campaign:
    before = _locked(conn, campaign_id)
    if to_json(before.settings) == to_json(settings):
        return before
    conn.execute(
        update(campaigns)
        .where(campaigns.c.id == campaign_id)
        .values(settings=settings, settings_version=before.settings_version + 1)
    )
    after = _locked(conn, campaign_id)
    _save_version(conn, after, now, who)
    entry = AuditEntry(
        at=now,
        who=who,
        what="campaign.settings",
        subject=campaign_id,
        before=before.settings,
        after=settings,
    )
    note(conn, entry)
    return after


def _versions(conn: Connection, campaign_id: str) -> list[SettingsVersion]:
    table = campaign_settings.c
    rows = conn.execute(
        select(table.version, table.settings, table.changed_at, table.changed_by)
        .where(table.campaign_id == campaign_id)
        .order_by(table.version)
    )
    return [
        SettingsVersion(version=row[0], settings=row[1], changed_at=row[2], changed_by=row[3])
        for row in rows
    ]
