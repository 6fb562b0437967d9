"""Attempts: committed before they are dialed, closed once, and the call detail records they are."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from dialer.ports.dnc import unwanted
from dialer.ports.happenings import closed as has_ended
from dialer.ports.happenings import opened, wrapped
from dialer.ports.journal import CallWithdrawn, CallWrapped, Happened
from dialer.ports.reasons import written
from dialer.ports.scope import Reach, everything, whole
from dialer.ports.store import (
    Burned,
    CallTo,
    Cdr,
    ClosedAttempt,
    DncEntry,
    LeadNext,
    NewAttempt,
    OpenAttempt,
    Pardoned,
    Said,
    Tally,
)
from dialer.store import cdr
from dialer.store.bulk import conflicts, run_each, select_where_in
from dialer.store.columns import to_datetime, to_unix
from dialer.store.database import ConflictError, Database
from dialer.store.dnc import add_dnc
from dialer.store.journal import append
from dialer.store.leads import set_next
from dialer.store.pardons import COUNT_NUMBER, LAST_CALL, UNCOUNT_LEAD, burned, count_burned, pardon
from dialer.store.said_results import keep_result
from dialer.store.tables import attempts, lead_numbers, leads, members
from dialer.store.teams import of_rep
from dialer.words import DispositionGroup, LeadState, Pardon


class SqlAttempts:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def open(self, new: Sequence[NewAttempt]) -> frozenset[str]:
        for left in reversed(range(_OPEN_TRIES)):
            try:
                return await self._db.write(_open, new) if new else frozenset()
            except ConflictError:  # another process has just called one of these numbers
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    async def withdraw(self, attempt_ids: Sequence[str]) -> int:
        return await self._db.write(_withdraw, sorted(set(attempt_ids))) if attempt_ids else 0

    async def close(self, closed: Sequence[ClosedAttempt]) -> frozenset[str]:
        return await self._db.write(_close, closed) if closed else frozenset()

    async def pardon(self, attempt_ids: Sequence[str], *, why: Pardon, now: float) -> Pardoned:
        if not attempt_ids:
            return Pardoned()
        return await self._db.write(pardon, sorted(set(attempt_ids)), why, now)

    async def burned(self, wanted: Burned, *, limit: int) -> Sequence[str]:
        return await self._db.read(burned, wanted, limit)

    async def count_burned(self, wanted: Burned) -> Pardoned:
        return await self._db.read(count_burned, wanted)

    async def wrapup(
        self,
        attempt_id: str,
        *,
        wrapup_seconds: float | None,
        disposition: str | None,
        lead: LeadNext | None = None,
        dnc_from: float | None = None,
        group: DispositionGroup | None = None,
        said: Said = Said(),  # noqa: B008  (frozen)
    ) -> bool:
        values = {"wrapup_seconds": wrapup_seconds, "disposition": disposition}
        if disposition is not None:
            values["result_group"] = (lead.result_group if lead else None) or group
        return await self._db.write(partial(_wrapup, by=said), attempt_id, values, lead, dnc_from)

    async def wrapup_seconds(self, seconds: Mapping[str, float]) -> int:
        return await self._db.write(_wrapup_seconds, seconds) if seconds else 0

    async def set_recording(self, attempt_id: str, recording: str | None) -> bool:
        return await self._db.write(_set, attempt_id, {"recording": recording})

    async def still_open(self, *, node: str | None = None) -> list[OpenAttempt]:
        return await self._db.read(_still_open, node)

    async def get(self, attempt_id: str) -> Cdr | None:
        return await self._db.read(cdr.one, attempt_id, everything("the engine's own call"))

    async def known(self, attempt_id: str, scope: Reach) -> Cdr | None:
        return await self._db.read(cdr.one, attempt_id, scope)

    async def export(
        self,
        scope: Reach,
        campaign_id: str | None = None,
        *,
        since: float | None = None,
        until: float | None = None,
        ended_only: bool = False,
    ) -> AsyncIterator[Cdr]:
        wanted = cdr.Wanted(campaign_id, since, until, ended_only)
        after = ""
        # In pages, each read on its own: an export of a day holds up no writer and no memory.
        while page := await self._db.read(cdr.page, wanted, scope, after):
            for record in page:
                yield record
            after = page[-1].attempt_id

    async def calls_to(
        self, numbers: Sequence[str], *, since: float
    ) -> Mapping[str, Sequence[CallTo]]:
        return await self._db.read(_calls_to, numbers, since) if numbers else {}

    async def tally(
        self, campaign_id: str, *, since: float, until: float, paced: bool = False
    ) -> Tally:
        return await self._db.read(_tally, campaign_id, since, until, paced)


_TAKE_LEADS = (
    "UPDATE leads SET state = 'calling', attempts = attempts + 1, last_call_at = :at "
    "WHERE state = 'queued' AND id IN (SELECT v.value FROM {values}) RETURNING id"
)
_INSERT = insert(attempts)
_OPEN_TRIES = 3


def _open(conn: Connection, new: Sequence[NewAttempt]) -> frozenset[str]:
    busy = {row[0] for row in select_where_in(conn, _OPEN_TO, [it.number for it in new])}
    # One call per number and one per lead; of two in a batch the first.
    free = {it.number: it for it in reversed(new) if it.number not in busy}
    one_each = {it.lead_id: it for it in reversed(new) if free.get(it.number) is it}
    ready = _take_leads(conn, one_each.values())
    rows = [_attempt_row(one_each[lead_id]) for lead_id in sorted(ready)]
    if rows:
        with conflicts("a number that is called already"):
            run_each(conn, _INSERT, rows)
        counted = [{"of_lead": row["lead_id"], "dialed": row["number"], "by": 1} for row in rows]
        run_each(conn, COUNT_NUMBER, counted)
        append(conn, [opened(one_each[row["lead_id"]]) for row in rows])
    return frozenset(row["id"] for row in rows)


def _take_leads(conn: Connection, new: Iterable[NewAttempt]) -> set[str]:
    """Mark the leads that are still claimed as being called; returns their ids."""
    ready: set[str] = set()
    by_time = sorted(new, key=lambda attempt: (attempt.placed_at, attempt.lead_id))
    for at, group in groupby(by_time, key=lambda attempt: attempt.placed_at):
        ids = [attempt.lead_id for attempt in group]
        taken = select_where_in(conn, _TAKE_LEADS, ids, at=_time(conn, at))
        ready.update(row[0] for row in taken)
    return ready


def _attempt_row(attempt: NewAttempt) -> dict[str, Any]:
    return {
        "id": attempt.attempt_id,
        "campaign_id": attempt.campaign_id,
        "lead_id": attempt.lead_id,
        "number": attempt.number,
        "caller_id": attempt.caller_id,
        "trunk": attempt.trunk,
        "node": attempt.node,
        "placed_at": attempt.placed_at,
        "mode": attempt.mode,
        "for_agent": attempt.for_agent,
        "reasons": written(attempt.reasons),
    }


def _unless_none(parameter: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The parameter's value, or where that is None what the column holds."""
    return func.coalesce(bindparam(parameter, type_=column.type), column)


_OPEN_AMONG = (
    "SELECT a.id, a.lead_id, a.number, a.campaign_id FROM {values} CROSS JOIN attempts a "
    "WHERE a.id = v.value AND a.ended_at IS NULL ORDER BY a.id"
)
_SET_BY_CLOSING = (
    "ringing_at", "answered_at", "connected_at", "ended_at", "outcome", "answered_by", "agent",
    "talk_seconds", "hangup_cause", "hangup_by", "pardon", "sip_code",
)  # fmt: skip
_KEPT_IF_NONE = ("placed_at", "trunk", "node", "recording")
_CLOSE = (
    update(attempts)
    .where(attempts.c.id == bindparam("attempt_id"))
    .values({name: bindparam(name) for name in _SET_BY_CLOSING})
    .values(
        {
            name: func.coalesce(bindparam(name, type_=attempts.c[name].type), attempts.c[name])
            for name in _KEPT_IF_NONE
        }
    )
)
_CLOSE = _CLOSE.values(
    list_name=select(leads.c.list_name).where(leads.c.id == attempts.c.lead_id).scalar_subquery(),
    team=of_rep(members.c.team_id, bindparam("agent")),
    squad=of_rep(members.c.squad_id, bindparam("agent")),
)
_WRAPUP_TOOK = (
    update(attempts)
    .where(attempts.c.id == bindparam("attempt_id"))
    .values(wrapup_seconds=bindparam("took"))
)
_LEAD_GOES_ON = (
    update(leads)
    .where(leads.c.id == bindparam("of_lead"), leads.c.state == LeadState.CALLING.value)
    .values(
        state=bindparam("next_state"),
        next_call_at=bindparam("next_at"),
        priority=func.coalesce(
            bindparam("new_priority", type_=leads.c.priority.type), leads.c.priority
        ),
        owner=_unless_none("new_owner", leads.c.owner),
        claim_id=None,
        was=None,
    )
)
_THIS_NUMBER = update(lead_numbers).where(
    lead_numbers.c.lead_id == bindparam("of_lead"),
    lead_numbers.c.number == bindparam("dialed"),
)
_NUMBER_IS_DEAD = _THIS_NUMBER.values(dead=True)
_NUMBER_DECLINED = _THIS_NUMBER.values(declined=True)


@whole("the engine works with all")
def _close(conn: Connection, closed: Sequence[ClosedAttempt]) -> frozenset[str]:
    by_id = {attempt.attempt_id: attempt for attempt in reversed(closed)}
    found = _open_among(conn, sorted(by_id))
    if not found:
        return frozenset()
    run_each(conn, _CLOSE, [_closing_row(by_id[row[0]]) for row in found])
    spared = [
        {"of_lead": lead_id, "dialed": number, "by": -1}
        for an_id, lead_id, number, _ in found
        if by_id[an_id].pardon is not None
    ]
    run_each(conn, UNCOUNT_LEAD, [{"of_lead": it["of_lead"], "by": 1} for it in spared])
    run_each(conn, COUNT_NUMBER, spared)
    run_each(conn, LAST_CALL, [{"of_lead": it["of_lead"]} for it in spared])
    going_on = [_going_on(lead_id, by_id[an_id].lead) for an_id, lead_id, *_ in found]
    run_each(conn, _LEAD_GOES_ON, going_on)
    _judge_numbers(conn, [(lead_id, number, by_id[an_id]) for an_id, lead_id, number, _ in found])
    append(conn, [has_ended(by_id[an_id], lead, campaign) for an_id, lead, _, campaign in found])
    return frozenset(row[0] for row in found)


def _judge_numbers(conn: Connection, ended: Sequence[tuple[str, str, ClosedAttempt]]) -> None:
    """What the far ends' answers say of the numbers themselves."""
    dead = [_dialed(lead, number) for lead, number, at in ended if at.lead.number_dead]
    run_each(conn, _NUMBER_IS_DEAD, dead)
    declined = [_dialed(lead, number) for lead, number, at in ended if at.lead.number_declined]
    run_each(conn, _NUMBER_DECLINED, declined)
    never = [unwanted(number, at.ended_at) for _, number, at in ended if at.lead.number_unwanted]
    if never:
        add_dnc(conn, never)


def _dialed(lead_id: str, number: str) -> dict[str, str]:
    return {"of_lead": lead_id, "dialed": number}


def _open_among(conn: Connection, attempt_ids: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Attempt, lead, number and campaign of those that have not ended; they stay so until we
    commit.
    """
    lock = " FOR UPDATE OF a" if conn.dialect.name == "postgresql" else ""
    rows = select_where_in(conn, _OPEN_AMONG + lock, attempt_ids)
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _closing_row(attempt: ClosedAttempt) -> dict[str, Any]:
    row = {name: getattr(attempt, name) for name in (*_SET_BY_CLOSING, *_KEPT_IF_NONE)}
    row["attempt_id"] = attempt.attempt_id
    return row


def _going_on(lead_id: str, next_: LeadNext) -> dict[str, Any]:
    return {
        "of_lead": lead_id,
        "next_state": next_.state.value,
        "next_at": next_.next_call_at,
        "new_priority": next_.priority,
        "new_owner": next_.owner,
    }


def _withdraw(conn: Connection, attempt_ids: list[str]) -> int:
    found = _open_among(conn, attempt_ids)
    if not found:
        return 0
    ids = [an_id for an_id, *_ in found]
    conn.execute(delete(attempts).where(attempts.c.id.in_(ids)))
    counted = [{"of_lead": lead, "dialed": number, "by": -1} for _, lead, number, _ in found]
    run_each(conn, COUNT_NUMBER, counted)
    of_leads = leads.c.id.in_([lead for _, lead, *_ in found])
    for state, which in (("new", leads.c.attempts == 1), ("retry", leads.c.attempts > 1)):
        conn.execute(
            update(leads)
            .where(of_leads, leads.c.state == LeadState.CALLING.value, which)
            .values(
                state=func.coalesce(leads.c.was, state),
                attempts=leads.c.attempts - 1,
                claim_id=None,
                was=None,
            )
        )
    now = time.time()
    append(conn, [Happened(now, an_id, CallWithdrawn(lead=lead)) for an_id, lead, *_ in found])
    return len(found)


@whole("the engine works with all")
def _wrapup(
    conn: Connection,
    attempt_id: str,
    values: Mapping[str, Any],
    lead: LeadNext | None,
    dnc_from: float | None,
    *,
    by: Said,
) -> bool:
    before = conn.execute(_BEFORE_WRAPUP, {"attempt": attempt_id}).first()
    if before is None:
        return False
    given = values["disposition"] is not None
    keep = {"result_group"} if given else set()
    _set(conn, attempt_id, {k: v for k, v in values.items() if v is not None or k in keep})
    lead_id, number = before.lead_id, before.number
    if lead is not None:
        set_next(conn, lead_id, lead)
    if dnc_from is not None:
        reason = values["disposition"] or ""
        add_dnc(conn, [DncEntry(number=number, reason=reason, source="rep", added_at=dnc_from)])
    whose = {"campaign": before.campaign_id, "lead": lead_id, "agent": before.agent}
    took, said = values["wrapup_seconds"], values["disposition"]
    now = time.time()
    if said is not None and said != before.disposition:
        keep_result(conn, attempt_id, said, before, by=by, now=now)
    append(
        conn,
        wrapped(attempt_id, whose, before=before.disposition, took=took, said=said, now=now),
    )
    return True


_BEFORE_WRAPUP = (
    select(
        attempts.c.id,
        attempts.c.lead_id,
        attempts.c.number,
        attempts.c.campaign_id,
        attempts.c.agent,
        attempts.c.disposition,
    )
    .where(attempts.c.id == bindparam("attempt"))
    .with_for_update()
)


def _wrapup_seconds(conn: Connection, seconds: Mapping[str, float]) -> int:
    rows = [{"attempt_id": each, "took": took} for each, took in seconds.items()]
    known = select_where_in(conn, _KNOWN, list(seconds))
    now = time.time()
    append(conn, [Happened(now, row[0], CallWrapped()) for row in known])
    return run_each(conn, _WRAPUP_TOOK, rows)


_KNOWN = "SELECT a.id FROM {values} CROSS JOIN attempts a WHERE a.id = v.value"


@whole("the engine works with all")
def _set(conn: Connection, attempt_id: str, values: Mapping[str, Any]) -> bool:
    this = attempts.c.id == attempt_id
    if not values:
        return conn.execute(select(attempts.c.id).where(this)).first() is not None
    return conn.execute(update(attempts).where(this).values(values)).rowcount > 0


@whole("the engine works with all")
def _still_open(conn: Connection, node: str | None) -> list[OpenAttempt]:
    table = attempts.c
    query = (
        select(
            table.id.label("attempt_id"),
            table.campaign_id,
            table.lead_id,
            table.number,
            table.caller_id,
            table.trunk,
            table.node,
            table.placed_at,
            table.mode,
            table.for_agent,
            func.coalesce(leads.c.attempts, 1).label("lead_attempts"),
        )
        .join_from(attempts, leads, leads.c.id == table.lead_id, isouter=True)
        .where(table.ended_at.is_(None))
    )
    if node is not None:
        query = query.where(table.node == node)
    # Sorted here: asked for the order of ids, SQLite walks the whole table instead of the index.
    found = [OpenAttempt(**row._mapping) for row in conn.execute(query)]
    return sorted(found, key=lambda attempt: attempt.attempt_id)


_CALLS_TO = (
    "SELECT a.number, a.placed_at, a.ended_at FROM {values} "
    "CROSS JOIN attempts a WHERE a.number = v.value AND a.placed_at >= :since "
    "AND (a.pardon IS NULL OR a.pardon = 'reset') ORDER BY a.placed_at"
)
# What is open was placed a moment ago, or is what a crash left: both must be seen.
_OPEN_TO = (
    "SELECT a.number, a.placed_at FROM {values} "
    "CROSS JOIN attempts a WHERE a.number = v.value AND a.ended_at IS NULL"
)


def _calls_to(conn: Connection, numbers: Sequence[str], since: float) -> dict[str, list[CallTo]]:
    found: dict[str, list[CallTo]] = {}
    distinct, at = list(dict.fromkeys(numbers)), _time(conn, since)
    for number, placed in select_where_in(conn, _OPEN_TO, distinct):
        if _unix(placed) < since:
            found[number] = [CallTo(_unix(placed))]
    for number, placed, ended in select_where_in(conn, _CALLS_TO, distinct, since=at):
        ended_at = None if ended is None else _unix(ended)
        found.setdefault(number, []).append(CallTo(_unix(placed), ended_at))
    return found


def _time(conn: Connection, at: float) -> Any:
    """As the driver takes it."""
    return to_datetime(at) if conn.dialect.name == "postgresql" else at


def _unix(at: Any) -> float:
    return at if isinstance(at, float) else to_unix(at) or 0.0


@whole("counts, of a campaign that was let see")
def _tally(conn: Connection, campaign_id: str, since: float, until: float, paced: bool) -> Tally:
    table = attempts.c
    query = (
        select(table.outcome, table.answered_by, func.count())
        .where(table.campaign_id == campaign_id, table.ended_at >= since, table.ended_at < until)
        .group_by(table.outcome, table.answered_by)
    )
    if paced:
        query = query.where(or_(table.for_agent.is_(None), table.outcome == "abandoned"))
    rows = conn.execute(query).all()
    by_outcome: dict[str, int] = {}
    by_answerer: dict[str | None, int] = {}
    for outcome, answered_by, count in rows:
        by_outcome[outcome] = by_outcome.get(outcome, 0) + count
        by_answerer[answered_by] = by_answerer.get(answered_by, 0) + count
    return Tally(
        ended=sum(by_outcome.values()),
        answered_human=by_answerer.get("human", 0),
        answered_machine=by_answerer.get("machine", 0),
        by_outcome=by_outcome,
    )
