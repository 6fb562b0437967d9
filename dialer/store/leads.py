"""The list: putting leads in, claiming those that are due, giving them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select, update

from dialer.ids import new_ids
from dialer.ports.desk import LeadEdit, LeadPage
from dialer.ports.happenings import leads_added
from dialer.ports.new_leads import LeadsToAdd, NewLeads
from dialer.ports.scope import Reach, whole
from dialer.ports.store import (
    Added,
    Duplicate,
    Lead,
    LeadNext,
    LeadsAhead,
    LeadToCall,
    NotFoundError,
)
from dialer.store.bulk import insert_columns, select_where_in
from dialer.store.claiming import CLAIM, DUE_STATES, claim
from dialer.store.database import ConflictError, Database
from dialer.store.journal import append
from dialer.store.lead_lists import note_list
from dialer.store.lead_pages import edit, page
from dialer.store.lead_rows import (
    BACK,
    LEAD_FIELDS,
    lead_columns,
    number_columns,
    records,
)
from dialer.store.leads_ahead import ahead
from dialer.store.list_tables import lead_lists
from dialer.store.tables import campaigns, lead_numbers, leads
from dialer.words import LeadState

_ADD_TRIES = 5
_OVER_STATES = (LeadState.DONE, LeadState.DEAD)
_HOLDERS = (
    "SELECT n.number, n.extension, n.lead_id, l.import_id, l.import_row FROM {values} "
    "CROSS JOIN lead_numbers n CROSS JOIN leads l "
    "WHERE n.campaign_id = :campaign AND n.number = v.value AND l.id = n.lead_id"
)


class SqlLeads:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, campaign_id: str, new: LeadsToAdd, *, now: float) -> Added:
        for left in reversed(range(_ADD_TRIES)):
            try:
                return await self._db.write(_add, campaign_id, new, now)
            except ConflictError:  # two imports met on one number: look again who has it
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    async def get(self, lead_id: str) -> Lead | None:
        return await self._db.read(_get, lead_id)

    async def find(self, campaign_id: str, number: str) -> Lead | None:
        return await self._db.read(_find, campaign_id, number)

    async def claim(
        self, campaign_id: str, limit: int, *, now: float, claim_id: str
    ) -> list[LeadToCall]:
        return await self._db.write(claim, campaign_id, limit, now, claim_id)

    async def claim_one(
        self, lead_id: str, *, now: float, claim_id: str, also_over: bool = False
    ) -> LeadToCall | None:
        return await self._db.write(_claim_one, lead_id, now, claim_id, also_over)

    async def release(
        self, lead_ids: Iterable[str], *, next_call_at: float | None = None, claim_id: str
    ) -> int:
        ids = sorted(set(lead_ids))
        return await self._db.write(_release, ids, next_call_at, claim_id) if ids else 0

    async def postpone(self, until: Mapping[str, float], *, claim_id: str) -> int:
        return await self._db.write(_postpone, until, claim_id)

    async def release_claims(
        self,
        *,
        campaign_id: str | None = None,
        claim_id: str | None = None,
        claimed_before: float | None = None,
    ) -> int:
        return await self._db.write(_release_claims, campaign_id, claim_id, claimed_before)

    async def set_next(self, lead_id: str, next_: LeadNext) -> bool:
        return await self._db.write(set_next, lead_id, next_)

    async def page(self, wanted: LeadPage, scope: Reach) -> Sequence[Lead]:
        return await self._db.read(page, wanted, scope)

    async def edit(self, lead_id: str, change: LeadEdit) -> Lead | None:
        return await self._db.write(edit, lead_id, change)

    async def counts(self, campaign_id: str) -> Mapping[LeadState, int]:
        return await self._db.read(_counts, campaign_id)

    async def ahead(self, campaign_id: str, *, now: float, limit: int) -> LeadsAhead:
        return await self._db.read(ahead, campaign_id, now, limit)


@whole("an import looks for who is there")
def _add(conn: Connection, campaign_id: str, given: LeadsToAdd, now: float) -> Added:
    if conn.execute(select(campaigns.c.id).where(campaigns.c.id == campaign_id)).first() is None:
        raise NotFoundError(f"no campaign {campaign_id}")
    new = given if isinstance(given, NewLeads) else NewLeads.of(given)
    ids = new_ids(len(new))
    taken = {
        (number, extension): (lead_id, import_id, import_row)
        for number, extension, lead_id, import_id, import_row in select_where_in(
            conn, _HOLDERS, new.number, campaign=campaign_id
        )
    }
    added, duplicates = _sift(new, ids, taken)
    if added:
        for name in sorted({new.list_name[i] for i in added}):
            note_list(conn, campaign_id, name, now)
        insert_columns(conn, leads, lead_columns(campaign_id, ids, new, added), appended=True)
        insert_columns(conn, lead_numbers, number_columns(campaign_id, ids, new, added))
        append(conn, leads_added(campaign_id, ids, new, added, now=now))
    return Added([ids[i] for i in added], duplicates)


_Key = tuple[str, str]  # a number and its extension
_Holder = tuple[str, str | None, int | None]  # a lead, its import and row


def _sift(
    new: NewLeads, ids: Sequence[str], taken: Mapping[_Key, _Holder]
) -> tuple[list[int], list[Duplicate]]:
    """Which of `new` go in; `taken` says who has a number before them."""
    keys = list(zip(new.number, new.extension, strict=True))
    holders: dict[_Key, _Holder | int] = dict(taken)  # those of the batch by their places
    added, duplicates = [], []
    for i, (start, end) in enumerate(new.spans()):
        mine = keys[start:end]
        if holders.keys().isdisjoint(mine):
            added.append(i)
            holders.update(dict.fromkeys(mine, i))
            continue
        key = next(key for key in mine if key in holders)
        holder = holders[key]
        if isinstance(holder, int):
            holder = (ids[holder], new.import_id[holder], new.import_row[holder])
        duplicates.append(Duplicate(i, key[0], *holder))
    return added, duplicates


@whole("the engine works with all")
def _get(conn: Connection, lead_id: str) -> Lead | None:
    rows = conn.execute(select(*LEAD_FIELDS).where(leads.c.id == lead_id)).all()
    return records(conn, rows)[0] if rows else None


@whole("whoever has the number: a call to it counts for all")
def _find(conn: Connection, campaign_id: str, number: str) -> Lead | None:
    row = conn.execute(
        select(lead_numbers.c.lead_id)
        .where(lead_numbers.c.campaign_id == campaign_id, lead_numbers.c.number == number)
        .order_by(lead_numbers.c.lead_id)
        .limit(1)
    ).first()
    return _get(conn, row[0]) if row else None


@whole("the engine works with all")
def _claim_one(
    conn: Connection, lead_id: str, now: float, claim_id: str, also_over: bool
) -> LeadToCall | None:
    states = DUE_STATES + (_OVER_STATES if also_over else ())
    rows = conn.execute(
        select(*LEAD_FIELDS)
        .where(leads.c.id == lead_id, leads.c.state.in_([state.value for state in states]))
        .with_for_update()
    ).all()
    if not rows:
        return None
    conn.execute(CLAIM, {"ids": [lead_id], "claim": claim_id, "now": now})
    was = rows[0][LEAD_FIELDS.index(leads.c.state)]
    if was in _OVER_STATES:
        conn.execute(update(leads).where(leads.c.id == lead_id).values(was=was))
    return records(conn, rows, state=LeadState.QUEUED)[0]


def _release(
    conn: Connection, lead_ids: list[str], next_call_at: float | None, claim_id: str
) -> int:
    values: dict[Any, Any] = {leads.c.state: BACK, leads.c.claim_id: None, leads.c.was: None}
    if next_call_at is not None:
        values[leads.c.next_call_at] = next_call_at
    mine = (leads.c.id.in_(lead_ids), leads.c.claim_id == claim_id)
    done = conn.execute(
        update(leads).where(*mine, leads.c.state == LeadState.QUEUED.value).values(values)
    )
    return done.rowcount


def _postpone(conn: Connection, until: Mapping[str, float], claim_id: str) -> int:
    by_time: dict[float, list[str]] = {}
    for lead_id in sorted(until):
        by_time.setdefault(until[lead_id], []).append(lead_id)
    # Most are refused for one reason, a closed calling window: few times, many leads.
    return sum(_release(conn, ids, at, claim_id) for at, ids in by_time.items())


@whole("the engine works with all")
def _release_claims(
    conn: Connection,
    campaign_id: str | None,
    claim_id: str | None,
    claimed_before: float | None,
) -> int:
    which = [leads.c.state == LeadState.QUEUED.value]
    # Without a campaign and its lists the index does not help: name them all.
    ids = select(campaigns.c.id)
    which.append(leads.c.campaign_id.in_([campaign_id] if campaign_id else ids))
    which.append(leads.c.list_name.in_(select(lead_lists.c.name)))
    if claim_id is not None:
        which.append(leads.c.claim_id == claim_id)
    if claimed_before is not None:
        which.append(leads.c.claimed_at < claimed_before)
    done = conn.execute(
        update(leads)
        .where(*which)
        .values({leads.c.state: BACK, leads.c.claim_id: None, leads.c.was: None})
    )
    return done.rowcount


def next_values(next_: LeadNext) -> dict[str, Any]:
    """The columns that `next_` sets."""
    values: dict[str, Any] = {"state": next_.state.value, "next_call_at": next_.next_call_at}
    if next_.priority is not None:
        values["priority"] = next_.priority
    if next_.owner is not None:
        values["owner"] = next_.owner
    return values


def set_next(conn: Connection, lead_id: str, next_: LeadNext) -> bool:
    """Change what comes next for a lead that is not in a call."""
    done = conn.execute(
        update(leads)
        .where(leads.c.id == lead_id, leads.c.state != LeadState.CALLING.value)
        .values(claim_id=None, was=None, **next_values(next_))
    )
    return done.rowcount > 0


@whole("counts, of a campaign that was let see")
def _counts(conn: Connection, campaign_id: str) -> dict[LeadState, int]:
    rows = conn.execute(
        select(leads.c.state, func.count())
        .where(leads.c.campaign_id == campaign_id)
        .group_by(leads.c.state)
    )
    return {LeadState(state): count for state, count in rows}
