"""Campaigns and every version of their settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from dialer.ids import new_id
from dialer.ports.journal import CampaignCreated, CampaignMoved, Happened
from dialer.ports.scope import Reach, whole
from dialer.ports.store import (
    AlreadyExistsError,
    AuditEntry,
    Campaign,
    NotFoundError,
)
from dialer.store.audit import note
from dialer.store.columns import to_json
from dialer.store.database import Database
from dialer.store.journal import append
from dialer.store.scope import visible
from dialer.store.tables import campaigns
from dialer.words import CampaignState

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

    async def known(self, name: str, scope: Reach) -> Campaign | None:
        return await self._db.read(_known, name, scope)

    async def list(self, scope: Reach) -> Sequence[Campaign]:
        return await self._db.read(_all, scope)

    async def set_state(
        self, campaign_id: str, state: CampaignState, *, now: float, who: str
    ) -> Campaign:
        return await self._db.write(_set_state, campaign_id, state, now, who)

    async def set_settings(
        self, campaign_id: str, settings: Mapping[str, Any], *, now: float, who: str
    ) -> Campaign:
        return await self._db.write(_set_settings, campaign_id, settings, now, who)


def _record(row: Any) -> Campaign:
    fields = dict(row._mapping)
    fields["state"] = CampaignState(fields["state"])
    return Campaign(**fields)


@whole("the engine works with all")
def _one(conn: Connection, column: Any, value: str) -> Campaign | None:
    row = conn.execute(select(*_FIELDS).where(column == value)).first()
    return _record(row) if row else None


def _known(conn: Connection, name: str, scope: Reach) -> Campaign | None:
    query = select(*_FIELDS).where(campaigns.c.name == name, visible(campaigns, scope))
    row = conn.execute(query).first()
    return _record(row) if row else None


def _all(conn: Connection, scope: Reach) -> list[Campaign]:
    query = select(*_FIELDS).where(visible(campaigns, scope)).order_by(campaigns.c.id)
    return [_record(row) for row in conn.execute(query)]


@whole("the engine works with all")
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
    entry = AuditEntry(
        at=campaign.created_at,
        who=who,
        what="campaign.create",
        subject=campaign.id,
        after=campaign.settings,
    )
    note(conn, entry)
    append(conn, [Happened(campaign.created_at, campaign.id, CampaignCreated())])
    return campaign


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
    moved = CampaignMoved(state=state.value, audit=note(conn, entry))
    append(conn, [Happened(now, campaign_id, moved)])
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
