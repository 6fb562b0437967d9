"""Leads that are due, taken by the hopper: those of running lists, as their lists share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from dialer.ports.lists import LeadList, is_mixed, mixed
from dialer.ports.scope import whole
from dialer.ports.store import LeadToCall
from dialer.store.lead_rows import LEAD_FIELDS, records
from dialer.store.list_tables import lead_lists
from dialer.store.tables import leads
from dialer.words import LeadState

DUE_STATES = (LeadState.NEW, LeadState.RETRY)
LIST_FIELDS = [lead_lists.c[name] for name in LeadList.__struct_fields__]
_ABOVE_ALL = 100
_LISTS = (
    select(*LIST_FIELDS)
    .where(lead_lists.c.campaign_id == bindparam("campaign"), lead_lists.c.state == "running")
    .order_by(lead_lists.c.name)
)
_AT = LEAD_FIELDS.index(leads.c.next_call_at)
_OF_LIST = (
    leads.c.campaign_id == bindparam("campaign"),
    leads.c.list_name == bindparam("list"),
)


@whole("the engine works with all")
def _next_priority(state: LeadState) -> Any:
    return (
        select(func.max(leads.c.priority))
        .where(*_OF_LIST, leads.c.state == state.value, leads.c.priority < bindparam("below"))
        .scalar_subquery()
    )


_NEXT_PRIORITY = select(*[_next_priority(state) for state in DUE_STATES])
# The list, state, priority and range of the index `ix_leads_due`, read in its order: no sort, and
# nothing is looked at that is not due, however many leads wait for later or lie in stopped lists.
_DUE = (
    select(*LEAD_FIELDS)
    .where(
        *_OF_LIST,
        leads.c.state == bindparam("state"),
        leads.c.priority == bindparam("priority"),
        leads.c.next_call_at <= bindparam("now"),
    )
    .order_by(leads.c.next_call_at, leads.c.id)
    .limit(bindparam("count"))
    .with_for_update(skip_locked=True)
)
CLAIM = (
    update(leads)
    .where(leads.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=LeadState.QUEUED.value,
        claim_id=bindparam("claim"),
        claimed_at=bindparam("now"),
        was=None,
    )
)
_PASSED = (
    update(lead_lists)
    .where(
        lead_lists.c.campaign_id == bindparam("campaign"),
        lead_lists.c.name == bindparam("list"),
    )
    .values(passed=bindparam("had"))
)


@whole("the engine works with all")
def claim(
    conn: Connection, campaign_id: str, limit: int, now: float, claim_id: str
) -> list[LeadToCall]:
    lists = [LeadList(**row._mapping) for row in conn.execute(_LISTS, {"campaign": campaign_id})]
    rows = _shared(conn, lists, limit, now) if is_mixed(lists) else _due(conn, lists, limit, now)
    if not rows:
        return []
    conn.execute(CLAIM, {"ids": [row[0] for row in rows], "claim": claim_id, "now": now})
    return records(conn, rows, state=LeadState.QUEUED)


def _shared(conn: Connection, lists: Sequence[LeadList], limit: int, now: float) -> list[Any]:
    due = {it.name: _due(conn, [it], limit, now) for it in lists}
    taken, changed = mixed(lists, due, limit)
    for it in changed:
        conn.execute(_PASSED, {"campaign": it.campaign_id, "list": it.name, "had": it.passed})
    return taken


def _due(conn: Connection, lists: Sequence[LeadList], limit: int, now: float) -> list[Any]:
    """Highest priority, then longest due, then import order, whichever list it is."""
    rows: list[Any] = []
    tops = {it.name: it for it in lists}
    next_ = {it.name: _top(conn, it, _ABOVE_ALL) for it in lists}
    while len(rows) < limit:
        priority = max(next_.values(), default=-1)
        if priority < 0:
            break
        here = [tops[name] for name, top in next_.items() if top == priority]
        rows += _of_priority(conn, here, priority, limit - len(rows), now)
        next_.update({it.name: _top(conn, it, priority) for it in here})
    return rows


def _top(conn: Connection, of: LeadList, below: int) -> int:
    """The highest priority below `below` in the list; -1: there is none."""
    params = {"campaign": of.campaign_id, "list": of.name, "below": below}
    found = conn.execute(_NEXT_PRIORITY, params).one()
    return max((int(it) for it in found if it is not None), default=-1)


@whole("the engine works with all")
def _of_priority(
    conn: Connection, lists: Sequence[LeadList], priority: int, count: int, now: float
) -> list[Any]:
    found: list[Any] = []
    for it in lists:
        for state in DUE_STATES:
            params = {"campaign": it.campaign_id, "list": it.name, "state": state.value}
            more = {"priority": priority, "now": now, "count": count}
            found += conn.execute(_DUE, {**params, **more})
    return sorted(found, key=lambda row: (row[_AT], row[0]))[:count]
