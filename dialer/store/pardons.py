"""Attempts that turn out to be nobody's try: taken off the counts of leads and numbers again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, func, or_, select, update

from dialer.ports.journal import CallPardoned, Happened
from dialer.ports.scope import whole
from dialer.ports.store import Burned, Pardoned
from dialer.store.bulk import run_each
from dialer.store.journal import append
from dialer.store.tables import attempts, lead_numbers, leads
from dialer.words import LeadState, Pardon

#: Parameters of a statement that names ids.
_CHUNK = 500

COUNT_NUMBER = (
    update(lead_numbers)
    .where(
        lead_numbers.c.lead_id == bindparam("of_lead"),
        lead_numbers.c.number == bindparam("dialed"),
    )
    .values(attempts=lead_numbers.c.attempts + bindparam("by", type_=lead_numbers.c.attempts.type))
)
_BY = bindparam("by", type_=leads.c.attempts.type)
UNCOUNT_LEAD = (
    update(leads)
    .where(leads.c.id == bindparam("of_lead"))
    .values(attempts=case((leads.c.attempts > _BY, leads.c.attempts - _BY), else_=0))
)
#: A lead was called last by what came as far as its number: callbacks are kept by that.
LAST_CALL = (
    update(leads)
    .where(leads.c.id == bindparam("of_lead"))
    .values(
        last_call_at=select(func.max(attempts.c.placed_at))
        .where(
            attempts.c.lead_id == leads.c.id,
            or_(attempts.c.pardon.is_(None), attempts.c.pardon == "reset"),
        )
        .scalar_subquery()
    )
)
_REVIVE_NUMBER = (
    update(lead_numbers)
    .where(
        lead_numbers.c.lead_id == bindparam("of_lead"),
        lead_numbers.c.number == bindparam("dialed"),
    )
    .values(dead=False, declined=False)
)
_DIALABLE_AGAIN = (
    update(leads)
    .where(leads.c.id == bindparam("of_lead"))
    .values(state=bindparam("next_state"), next_call_at=bindparam("next_at"))
)


def burned(conn: Connection, wanted: Burned, limit: int) -> list[str]:
    return [row[0] for row in conn.execute(_burned(wanted).order_by(attempts.c.id).limit(limit))]


def count_burned(conn: Connection, wanted: Burned) -> Pardoned:
    found = _burned(wanted).subquery()
    calls, of = conn.execute(
        select(func.count(), func.count(func.distinct(found.c.lead_id))).select_from(found)
    ).one()
    return Pardoned(calls, of)


@whole("of a campaign that was let see")
def _burned(wanted: Burned) -> Select[Any]:
    table = attempts.c
    query = select(table.id, table.lead_id).where(
        table.campaign_id == wanted.campaign_id,
        table.outcome.in_(wanted.outcomes),
        table.pardon.is_(None),
        table.placed_at >= wanted.since,
    )
    if wanted.causes:
        query = query.where(table.hangup_cause.in_(wanted.causes))
    if wanted.rang is not None:
        is_rung = table.ringing_at.is_not(None)
        query = query.where(is_rung if wanted.rang else table.ringing_at.is_(None))
    if wanted.list_name is None:
        return query
    of_list = select(leads.c.id).where(
        leads.c.campaign_id == wanted.campaign_id, leads.c.list_name == wanted.list_name
    )
    return query.where(table.lead_id.in_(of_list))


def pardon(conn: Connection, attempt_ids: Sequence[str], why: Pardon, now: float) -> Pardoned:
    taken, of = 0, set[str]()
    for start in range(0, len(attempt_ids), _CHUNK):
        found = _counting(conn, attempt_ids[start : start + _CHUNK])
        if found:
            _take_back(conn, found, why, now)
        taken += len(found)
        of.update(lead for _, lead, _ in found)
    return Pardoned(taken, len(of))


@whole("of a campaign that was let see")
def _counting(conn: Connection, ids: Sequence[str]) -> list[tuple[str, str, str]]:
    """(attempt, lead, number) of those that have ended unanswered and count."""
    table = attempts.c
    query = select(table.id, table.lead_id, table.number).where(
        table.id.in_(ids),
        table.ended_at.is_not(None),
        table.answered_at.is_(None),
        table.pardon.is_(None),
    )
    return [(row[0], row[1], row[2]) for row in conn.execute(query)]


@whole("of a campaign that was let see")
def _take_back(
    conn: Connection, found: list[tuple[str, str, str]], why: Pardon, now: float
) -> None:
    ids = [attempt for attempt, _, _ in found]
    conn.execute(update(attempts).where(attempts.c.id.in_(ids)).values(pardon=why))
    of_leads = Counter(lead for _, lead, _ in found)
    of_numbers = Counter((lead, number) for _, lead, number in found)
    run_each(conn, UNCOUNT_LEAD, [{"of_lead": k, "by": n} for k, n in of_leads.items()])
    dialed = [{"of_lead": lead, "dialed": number} for lead, number in of_numbers]
    run_each(
        conn,
        COUNT_NUMBER,
        [row | {"by": -n} for row, n in zip(dialed, of_numbers.values(), strict=True)],
    )
    run_each(conn, _REVIVE_NUMBER, dialed)
    run_each(conn, LAST_CALL, [{"of_lead": lead} for lead in of_leads])
    _let_be_called(conn, of_leads, set(ids), now)
    append(conn, [Happened(now, it, CallPardoned(lead=lead, why=why)) for it, lead, _ in found])


@whole("of a campaign that was let see")
def _let_be_called(conn: Connection, of: Iterable[str], taken: set[str], now: float) -> None:
    """Leads that wait for, or ended by, what has just been taken back."""
    latest = _latest(conn, sorted(of))
    states = {LeadState.RETRY.value, LeadState.DEAD.value}
    query = select(leads.c.id, leads.c.state, leads.c.attempts).where(
        leads.c.id.in_(sorted(of)), leads.c.state.in_(states)
    )
    rows = []
    for lead, state, count in conn.execute(query).all():
        attempt, is_worn_out = latest.get(lead, ("", False))
        if attempt in taken or (state == LeadState.DEAD.value and is_worn_out):
            fresh = LeadState.RETRY if count else LeadState.NEW
            rows.append({"of_lead": lead, "next_state": fresh.value, "next_at": now})
    run_each(conn, _DIALABLE_AGAIN, rows)


@whole("of a campaign that was let see")
def _latest(conn: Connection, of: Sequence[str]) -> dict[str, tuple[str, bool]]:
    """Of each lead its last attempt, and whether nobody answered that and nobody worded it."""
    table = attempts.c
    last = (
        select(func.max(table.id).label("id"))
        .where(table.lead_id.in_(of))
        .group_by(table.lead_id)
        .subquery()
    )
    query = select(table.lead_id, table.id, table.answered_at, table.disposition).join(
        last, last.c.id == table.id
    )
    return {row[0]: (row[1], row[2] is None and row[3] is None) for row in conn.execute(query)}
