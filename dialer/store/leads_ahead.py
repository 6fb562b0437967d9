"""Leads with calls left: how many, and some of them, to judge all by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, case, func, literal, select

from dialer.ports.scope import whole
from dialer.ports.store import Lead, LeadsAhead
from dialer.store.lead_rows import LEAD_FIELDS, records
from dialer.store.list_tables import lead_lists
from dialer.store.tables import callbacks, leads
from dialer.words import LeadState

#: Of those asleep, so many whose time comes first.
FIRST = 20
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_L = leads.c
_HAS_CALLS = _L.state.in_([LeadState.NEW.value, LeadState.RETRY.value])


@whole("a part of queries of a campaign that was let see")
def _within(campaign_id: str) -> tuple[Any, ...]:
    """With calls left, of lists that are dialed; list by list, as the index has them."""
    lists = lead_lists.c
    running = select(lists.name).where(lists.campaign_id == campaign_id, lists.state == "running")
    return _L.campaign_id == campaign_id, _HAS_CALLS, _L.list_name.in_(running)


@whole("counts, of a campaign that was let see")
def ahead(conn: Connection, campaign_id: str, now: float, limit: int) -> LeadsAhead:
    """The index of what is due holds all that is counted and chosen by here."""
    is_due = case((_L.next_call_at <= now, 1), else_=0)
    rows = conn.execute(select(is_due, func.count()).where(*_within(campaign_id)).group_by(is_due))
    counts = {int(row[0]): int(row[1]) for row in rows}
    due, asleep = counts.get(1, 0), counts.get(0, 0)
    due_some = _some(conn, campaign_id, _L.next_call_at <= now, due, limit)
    asleep_some = _some(conn, campaign_id, _L.next_call_at > now, asleep, limit)
    first = _first(conn, campaign_id, now) if len(asleep_some) < asleep else []
    ids = [lead.id for lead in (*asleep_some, *first)]
    return LeadsAhead(due, asleep, due_some, asleep_some, first, _called_back(conn, ids))


@whole("of a campaign that was let see")
def _some(conn: Connection, campaign_id: str, which: Any, count: int, limit: int) -> list[Lead]:
    """All of them, or some `limit` taken evenly: the last signs of ids are counted up."""
    query = select(_L.id).where(*_within(campaign_id), which)
    if count > limit:
        query = query.where(func.substr(_L.id, -3) < literal(_below(limit / count)))
    ids = conn.execute(query.order_by(_L.id).limit(2 * limit))
    return _read(conn, [row[0] for row in ids])


def _below(share: float) -> str:
    """The three signs below which this share of all ids ends."""
    value = max(1, round(share * 32**3))
    return "".join(_ALPHABET[value // 32**place % 32] for place in (2, 1, 0))


@whole("of a campaign that was let see")
def _first(conn: Connection, campaign_id: str, now: float) -> list[Lead]:
    query = select(_L.id).where(*_within(campaign_id), _L.next_call_at > now)
    rows = conn.execute(query.order_by(_L.next_call_at, _L.id).limit(FIRST))
    return _read(conn, [row[0] for row in rows])


@whole("of leads that were found")
def _read(conn: Connection, ids: list[str]) -> list[Lead]:
    if not ids:
        return []
    rows = conn.execute(select(*LEAD_FIELDS).where(_L.id.in_(ids))).all()
    return sorted(records(conn, rows), key=lambda lead: ids.index(lead.id))


@whole("of leads that were found")
def _called_back(conn: Connection, ids: Iterable[str]) -> frozenset[str]:
    those = list(ids)
    if not those:
        return frozenset()
    found = select(callbacks.c.lead_id).where(
        callbacks.c.result.is_(None), callbacks.c.lead_id.in_(those)
    )
    return frozenset(row[0] for row in conn.execute(found))
