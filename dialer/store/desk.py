"""What a rep's desk reads and writes: cards, notes, own calls, times at work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, or_, select

from dialer.ids import new_ids
from dialer.ports.desk import (
    NO_DISPOSITION,
    DayCalls,
    LeadCard,
    Mishap,
    Note,
    PastCall,
    WorkTime,
)
from dialer.ports.happenings import work_ended
from dialer.ports.scope import Reach, whole
from dialer.store.bulk import run_each
from dialer.store.callbacks import to_come_of
from dialer.store.database import Database
from dialer.store.erasing import is_of_erased
from dialer.store.journal import append
from dialer.store.lead_rows import LEAD_FIELDS, records
from dialer.store.scope import visible
from dialer.store.tables import (
    agents,
    attempts,
    campaigns,
    leads,
    members,
    mishaps,
    notes,
    work_times,
)
from dialer.store.teams import of_rep
from dialer.store.upsert import upsert

_A = attempts.c
_PAST = (
    select(
        _A.id.label("attempt_id"),
        campaigns.c.name.label("campaign"),
        _A.lead_id,
        func.coalesce(leads.c.name, "").label("lead_name"),
        _A.number,
        _A.mode,
        _A.placed_at,
        _A.answered_at,
        _A.connected_at,
        _A.ended_at,
        _A.outcome,
        _A.answered_by,
        _A.disposition,
        _A.agent,
        agents.c.name.label("agent_name"),
        _A.for_agent,
        _A.talk_seconds,
        _A.wrapup_seconds,
        _A.hangup_by,
    )
    .join_from(attempts, campaigns, campaigns.c.id == _A.campaign_id)
    .join(leads, leads.c.id == _A.lead_id, isouter=True)
    .join(agents, agents.c.id == _A.agent, isouter=True)
)


class SqlNotes:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, note: Note) -> None:
        await self._db.write(_add_note, note)

    async def of_lead(self, lead_id: str, *, limit: int = 100) -> Sequence[Note]:
        return await self._db.read(_notes_of, lead_id, limit)


class SqlDesk:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def card(
        self, lead_id: str, attempt_id: str | None = None, *, scope: Reach, limit: int = 30
    ) -> LeadCard | None:
        return await self._db.read(_card, lead_id, attempt_id, scope, limit)

    async def calls_of(self, agent_id: str, *, limit: int) -> Sequence[PastCall]:
        return await self._db.read(_calls_of, agent_id, limit)

    async def calls(self, attempt_ids: Sequence[str]) -> Sequence[PastCall]:
        return await self._db.read(_calls, attempt_ids) if attempt_ids else []

    async def last_ended(self, campaign_ids: Sequence[str], *, limit: int) -> Sequence[PastCall]:
        return await self._db.read(_last_ended, campaign_ids, limit)

    async def unsaid(
        self,
        *,
        campaign_ids: Sequence[str],
        since: float,
        limit: int,
        agent_id: str | None = None,
    ) -> Sequence[PastCall]:
        return await self._db.read(_unsaid, list(campaign_ids), since, limit, agent_id)

    async def day_calls(self, agent_id: str, *, since: float) -> DayCalls:
        return await self._db.read(_day_calls, agent_id, since)

    async def add_times(self, times: Sequence[WorkTime]) -> None:
        if times:
            await self._db.write(_add_times, times)

    async def times(self, agent_id: str, *, since: float) -> Sequence[WorkTime]:
        return await self._db.read(_times, agent_id, since)

    async def last_times(self) -> Mapping[str, float]:
        return await self._db.read(_last_times)

    async def add_mishap(self, mishap: Mishap) -> None:
        await self._db.write(_add_mishap, mishap)

    async def mishaps(self, agent_id: str, *, limit: int) -> Sequence[Mishap]:
        return await self._db.read(_mishaps, agent_id, limit)


# --- a lead's card --------------------------------------------------------------------------------


def _card(
    conn: Connection, lead_id: str, attempt_id: str | None, scope: Reach, limit: int
) -> LeadCard | None:
    query = select(*LEAD_FIELDS).where(leads.c.id == lead_id, visible(leads, scope))
    row = conn.execute(query).first()
    if row is None:
        return None
    lead = records(conn, [row])[0]
    campaign, owner_name = conn.execute(
        _NAMES_OF, {"campaign": lead.campaign_id, "owner": lead.owner}
    ).one()
    return LeadCard(
        lead=lead,
        campaign=campaign,
        owner_name=owner_name,
        history=_history(conn, lead_id, attempt_id, limit),
        notes=_notes_of(conn, lead_id, 100),
        callback=to_come_of(conn, lead_id),
        **_of_attempt(conn, lead_id, attempt_id),
    )


_NAMES_OF = select(
    campaigns.c.name,
    select(agents.c.name).where(agents.c.id == bindparam("owner")).scalar_subquery(),
).where(campaigns.c.id == bindparam("campaign"))


@whole("of one lead, which was let see")
def _history(conn: Connection, lead_id: str, attempt_id: str | None, limit: int) -> list[PastCall]:
    query = _PAST.where(_A.lead_id == lead_id)
    if attempt_id is not None:
        query = query.where(_A.id != attempt_id)
    rows = conn.execute(query.order_by(_A.id.desc()).limit(limit))
    return [_past(row) for row in rows]


@whole("of one lead, which was let see")
def _of_attempt(conn: Connection, lead_id: str, attempt_id: str | None) -> dict[str, Any]:
    if attempt_id is None:
        return {}
    row = conn.execute(
        select(_A.number, _A.caller_id).where(_A.id == attempt_id, _A.lead_id == lead_id)
    ).first()
    if row is None:
        return {}
    until = conn.execute(
        select(func.count()).where(_A.lead_id == lead_id, _A.id <= attempt_id)
    ).scalar_one()
    return {"number": row[0], "caller_id": row[1], "attempt_number": until}


def _past(row: Any) -> PastCall:
    return PastCall(**row._mapping)


# --- a rep's calls --------------------------------------------------------------------------------


@whole("of one rep, whom the caller was let see")
def _calls_of(conn: Connection, agent_id: str, limit: int) -> list[PastCall]:
    # Two walks of an index each, instead of one OR that no index helps.
    found: dict[str, PastCall] = {}
    for column in (_A.agent, _A.for_agent):
        query = _PAST.where(column == agent_id).order_by(_A.id.desc()).limit(limit)
        found.update({call.attempt_id: call for call in map(_past, conn.execute(query))})
    return [found[key] for key in sorted(found, reverse=True)][:limit]


@whole("of one rep, whom the caller was let see")
def _calls(conn: Connection, attempt_ids: Sequence[str]) -> list[PastCall]:
    return [_past(row) for row in conn.execute(_PAST.where(_A.id.in_(list(attempt_ids))))]


@whole("the engine works with all")
def _last_ended(conn: Connection, campaign_ids: Sequence[str], limit: int) -> list[PastCall]:
    # Campaign by campaign: each is a walk of a few rows from the end of an index.
    found: list[PastCall] = []
    for campaign_id in campaign_ids:
        query = _PAST.where(_A.campaign_id == campaign_id, _A.ended_at.is_not(None))
        found += map(_past, conn.execute(query.order_by(_A.ended_at.desc()).limit(limit)))
    return sorted(found, key=lambda call: call.ended_at or 0.0, reverse=True)[:limit]


@whole("of one rep, whom the caller was let see")
def _unsaid(
    conn: Connection, campaign_ids: list[str], since: float, limit: int, agent_id: str | None
) -> list[PastCall]:
    query = _PAST.where(
        _A.campaign_id.in_(campaign_ids),
        _A.ended_at >= since,
        _A.connected_at.is_not(None),
        _A.agent.is_not(None) if agent_id is None else _A.agent == agent_id,
        or_(_A.disposition.is_(None), _A.disposition == NO_DISPOSITION),
    )
    return [_past(row) for row in conn.execute(query.order_by(_A.id.desc()).limit(limit))]


@whole("of one rep, whom the caller was let see")
def _day_calls(conn: Connection, agent_id: str, since: float) -> DayCalls:
    rows = conn.execute(
        select(
            campaigns.c.name,
            _A.disposition,
            func.count(),
            func.coalesce(func.sum(_A.talk_seconds), 0.0),
            func.coalesce(func.sum(_A.wrapup_seconds), 0.0),
        )
        .join_from(attempts, campaigns, campaigns.c.id == _A.campaign_id)
        .where(
            _A.agent == agent_id,
            _A.ended_at >= since,
            _A.placed_at >= since,
            _A.connected_at.is_not(None),
        )
        .group_by(campaigns.c.name, _A.disposition)
    ).all()
    return DayCalls(
        calls=sum(row[2] for row in rows),
        talk_seconds=float(sum(row[3] for row in rows)),
        wrapup_seconds=float(sum(row[4] for row in rows)),
        dispositions={(row[0], row[1]): row[2] for row in rows if row[1]},
    )


# --- notes, times, mishaps ------------------------------------------------------------------------

_NOTE = [notes.c[name] for name in Note.__struct_fields__]
_TIME = [work_times.c[name] for name in WorkTime.__struct_fields__]
_MISHAP = [mishaps.c[name] for name in Mishap.__struct_fields__]


def _add_note(conn: Connection, note: Note) -> None:
    """Sent again it is one note; what was said last stands."""
    if is_of_erased(conn, note.attempt_id):
        return
    upsert(conn, notes, [msgspec.structs.asdict(note)])


@whole("of one lead, which was let see")
def _notes_of(conn: Connection, lead_id: str, limit: int) -> list[Note]:
    query = select(*_NOTE).where(notes.c.lead_id == lead_id)
    rows = conn.execute(query.order_by(notes.c.at.desc(), notes.c.id.desc()).limit(limit))
    return [Note(**row._mapping) for row in rows]


_INSERT_TIME = insert(work_times).values(
    {name: bindparam(name) for name in ("id", *WorkTime.__struct_fields__)}
    | {
        "team": of_rep(members.c.team_id, bindparam("agent_id")),
        "squad": of_rep(members.c.squad_id, bindparam("agent_id")),
    }
)


def _add_times(conn: Connection, times: Sequence[WorkTime]) -> None:
    ids = new_ids(len(times))
    rows = [
        {"id": an_id, **msgspec.structs.asdict(time)}
        for an_id, time in zip(ids, times, strict=True)
    ]
    run_each(conn, _INSERT_TIME, rows)
    append(conn, [work_ended(an_id, it) for an_id, it in zip(ids, times, strict=True)])


@whole("of one rep, whom the caller was let see")
def _times(conn: Connection, agent_id: str, since: float) -> list[WorkTime]:
    query = select(*_TIME).where(work_times.c.agent_id == agent_id, work_times.c.ended_at > since)
    rows = conn.execute(query.order_by(work_times.c.ended_at, work_times.c.id))
    return [WorkTime(**row._mapping) for row in rows]


@whole("the engine works with all")
def _last_times(conn: Connection) -> dict[str, float]:
    ended = func.max(work_times.c.ended_at, type_=work_times.c.ended_at.type)
    rows = conn.execute(select(work_times.c.agent_id, ended).group_by(work_times.c.agent_id))
    return {row[0]: row[1] for row in rows}


def _add_mishap(conn: Connection, mishap: Mishap) -> None:
    conn.execute(insert(mishaps).values(msgspec.structs.asdict(mishap)))


@whole("of one rep, whom the caller was let see")
def _mishaps(conn: Connection, agent_id: str, limit: int) -> list[Mishap]:
    query = select(*_MISHAP).where(mishaps.c.agent_id == agent_id)
    rows = conn.execute(query.order_by(mishaps.c.id.desc()).limit(limit))
    return [Mishap(**row._mapping) for row in rows]
