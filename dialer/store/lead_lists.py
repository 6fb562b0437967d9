"""Lists of leads as a whole: how they stand, and many leads moved or taken out at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, case, delete, exists, func, select, update

from dialer.ports.lists import (
    CountedList,
    Deleted,
    LeadChoice,
    LeadList,
    ListChange,
    Moved,
)
from dialer.ports.scope import Reach, whole
from dialer.store.claiming import LIST_FIELDS
from dialer.store.database import Database
from dialer.store.lead_rows import BACK
from dialer.store.list_tables import lead_lists
from dialer.store.scope import visible
from dialer.store.tables import callbacks, campaigns, lead_numbers, leads, notes
from dialer.store.upsert import insert_new
from dialer.words import LeadState

_FREE = {leads.c.state: BACK, leads.c.claim_id: None, leads.c.was: None}
#: As `_FREE` for who is claimed; whoever is not stays what they are.
_FREE_IF_QUEUED = {
    **_FREE,
    leads.c.state: case((leads.c.state == LeadState.QUEUED.value, BACK), else_=leads.c.state),
}


class SqlLeadLists:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def all(self, scope: Reach, *, campaign_id: str | None = None) -> Sequence[CountedList]:
        return await self._db.read(_all, scope, campaign_id)

    async def get(self, campaign_id: str, name: str) -> LeadList | None:
        return await self._db.read(_get, campaign_id, name)

    async def change(self, campaign_id: str, name: str, change: ListChange) -> LeadList | None:
        return await self._db.write(_change, campaign_id, name, change)

    async def chosen(
        self, choice: LeadChoice, scope: Reach, *, limit: int, after: str = ""
    ) -> Sequence[str]:
        return await self._db.read(_chosen, choice, scope, limit, after)

    async def count(self, choice: LeadChoice, scope: Reach) -> Mapping[LeadState, int]:
        return await self._db.read(_count, choice, scope)

    async def move(
        self, lead_ids: Sequence[str], campaign_id: str, list_name: str, *, now: float
    ) -> Moved:
        return await self._db.write(_move, lead_ids, campaign_id, list_name, now)

    async def delete(self, lead_ids: Sequence[str]) -> Deleted:
        return await self._db.write(_delete, lead_ids)

    async def drop(self, campaign_id: str, name: str) -> bool:
        return await self._db.write(_drop, campaign_id, name)


def note_list(conn: Connection, campaign_id: str, name: str, now: float) -> None:
    """There is such a list from now on: only leads of a list that is noted are claimed."""
    row = LeadList(campaign_id=campaign_id, name=name, created_at=now)
    insert_new(conn, lead_lists, {key: getattr(row, key) for key in row.__struct_fields__})


def _all(conn: Connection, scope: Reach, campaign_id: str | None) -> list[CountedList]:
    seen = visible(campaigns, scope)
    if campaign_id is not None:
        seen = seen & (campaigns.c.id == campaign_id)
    query = (
        select(campaigns.c.name.label("of"), *LIST_FIELDS)
        .join(campaigns, campaigns.c.id == lead_lists.c.campaign_id)
        .where(seen)
        .order_by(campaigns.c.name, lead_lists.c.name)
    )
    found = [dict(row._mapping) for row in conn.execute(query)]
    counts = _counts(conn, {row["campaign_id"] for row in found})
    return [
        CountedList(it, of, counts.get((it.campaign_id, it.name), {}))
        for row in found
        for of, it in [(row.pop("of"), LeadList(**row))]
    ]


@whole("counts, of campaigns that were let see")
def _counts(
    conn: Connection, campaign_ids: set[str]
) -> dict[tuple[str, str], dict[LeadState, int]]:
    found: dict[tuple[str, str], dict[LeadState, int]] = {}
    by = (leads.c.campaign_id, leads.c.list_name, leads.c.state)
    query = select(*by, func.count()).where(leads.c.campaign_id.in_(campaign_ids)).group_by(*by)
    for campaign, name, state, count in conn.execute(query):
        found.setdefault((campaign, name), {})[LeadState(state)] = count
    return found


def _get(conn: Connection, campaign_id: str, name: str) -> LeadList | None:
    row = conn.execute(select(*LIST_FIELDS).where(*_this(campaign_id, name))).first()
    return None if row is None else LeadList(**row._mapping)


def _this(campaign_id: str, name: str) -> tuple[Any, Any]:
    return lead_lists.c.campaign_id == campaign_id, lead_lists.c.name == name


def _change(conn: Connection, campaign_id: str, name: str, change: ListChange) -> LeadList | None:
    values = {
        key: it for key in change.__struct_fields__ if (it := getattr(change, key)) is not None
    }
    if values:
        conn.execute(update(lead_lists).where(*_this(campaign_id, name)).values(values))
    if change.state == "stopped":
        of_list = (leads.c.campaign_id == campaign_id, leads.c.list_name == name)
        queued = leads.c.state == LeadState.QUEUED.value
        conn.execute(update(leads).where(*of_list, queued).values(_FREE))
    if change.priority is not None or change.weight is not None:
        # A new mix begins for all of them at once.
        of_campaign = lead_lists.c.campaign_id == campaign_id
        conn.execute(update(lead_lists).where(of_campaign).values(passed=0.0))
    return _get(conn, campaign_id, name)


def _chosen(
    conn: Connection, choice: LeadChoice, scope: Reach, limit: int, after: str
) -> list[str]:
    query = select(leads.c.id).where(leads.c.id > after, *_matching(choice, scope))
    return [row[0] for row in conn.execute(query.order_by(leads.c.id).limit(limit))]


def _count(conn: Connection, choice: LeadChoice, scope: Reach) -> dict[LeadState, int]:
    query = select(leads.c.state, func.count()).where(*_matching(choice, scope))
    return {LeadState(state): n for state, n in conn.execute(query.group_by(leads.c.state))}


def _matching(choice: LeadChoice, scope: Reach) -> list[Any]:
    found: list[Any] = [leads.c.campaign_id == choice.campaign_id, visible(leads, scope)]
    if choice.list_name is not None:
        found.append(leads.c.list_name == choice.list_name)
    if choice.states:
        found.append(leads.c.state.in_([state.value for state in choice.states]))
    if choice.ids:
        found.append(leads.c.id.in_(choice.ids))
    if choice.import_id is not None:
        found.append(leads.c.import_id == choice.import_id)
    if choice.uncalled:
        found.append(leads.c.attempts == 0)
    return found


@whole("of leads that were chosen within a scope")
def _free(conn: Connection, lead_ids: Sequence[str]) -> tuple[list[str], int]:
    """Those that are in no call, held until this is written; and how many are in one."""
    query = select(leads.c.id, leads.c.state).where(leads.c.id.in_(lead_ids)).with_for_update()
    found = conn.execute(query).all()
    free = [row[0] for row in found if row[1] != LeadState.CALLING.value]
    return free, len(found) - len(free)


def _move(
    conn: Connection, lead_ids: Sequence[str], campaign_id: str, list_name: str, now: float
) -> Moved:
    free, busy = _free(conn, lead_ids)
    held = {str(row[0]) for row in conn.execute(_holding_back(free, campaign_id))}
    ids = [it for it in free if it not in held]
    if ids:
        note_list(conn, campaign_id, list_name, now)
        to = {leads.c.campaign_id: campaign_id, leads.c.list_name: list_name}
        conn.execute(update(leads).where(leads.c.id.in_(ids)).values({**to, **_FREE_IF_QUEUED}))
        mine = lead_numbers.c.lead_id.in_(ids)
        conn.execute(update(lead_numbers).where(mine).values(campaign_id=campaign_id))
        to_come = (callbacks.c.lead_id.in_(ids), callbacks.c.result.is_(None))
        conn.execute(update(callbacks).where(*to_come).values(campaign_id=campaign_id))
    return Moved(len(ids), busy, len(held))


@whole("whoever has the number there")
def _holding_back(lead_ids: Sequence[str], campaign_id: str) -> Select[tuple[str]]:
    """Leads of which another lead of that campaign has a number."""
    mine, theirs = lead_numbers.alias("mine"), lead_numbers.alias("theirs")
    taken = exists().where(
        theirs.c.campaign_id == campaign_id,
        theirs.c.number == mine.c.number,
        theirs.c.extension == mine.c.extension,
        theirs.c.lead_id != mine.c.lead_id,
    )
    return select(mine.c.lead_id).where(mine.c.lead_id.in_(lead_ids), taken).distinct()


def _delete(conn: Connection, lead_ids: Sequence[str]) -> Deleted:
    free, busy = _free(conn, lead_ids)
    if free:
        conn.execute(delete(callbacks).where(callbacks.c.lead_id.in_(free)))
        conn.execute(delete(notes).where(notes.c.lead_id.in_(free)))
        conn.execute(delete(leads).where(leads.c.id.in_(free)))
    return Deleted(len(free), busy)


@whole("whether anybody is left")
def _drop(conn: Connection, campaign_id: str, name: str) -> bool:
    left = exists().where(leads.c.campaign_id == campaign_id, leads.c.list_name == name)
    done = conn.execute(delete(lead_lists).where(*_this(campaign_id, name), ~left))
    return done.rowcount > 0
