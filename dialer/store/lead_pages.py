"""Leads as people look at them: a page of a list, and a change by hand."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, Text, cast, delete, func, insert, or_, select, update

from dialer.ports.desk import ChangedSinceError, LeadEdit, LeadPage, is_as_seen, with_known
from dialer.ports.journal import Happened, LeadEdited
from dialer.ports.scope import Reach, whole
from dialer.ports.store import AlreadyExistsError, Lead, LeadNumber
from dialer.store.columns import to_json
from dialer.store.journal import append
from dialer.store.lead_rows import LEAD_FIELDS, records
from dialer.store.scope import visible
from dialer.store.tables import lead_numbers, leads

#: In a pattern of LIKE.
_ESCAPE = "!"


def page(conn: Connection, wanted: LeadPage, scope: Reach) -> list[Lead]:
    query = select(*LEAD_FIELDS).where(visible(leads, scope), *_place(wanted))
    if wanted.states:
        query = query.where(leads.c.state.in_([state.value for state in wanted.states]))
    if wanted.below is not None:
        query = query.where(leads.c.id < wanted.below)
    if wanted.search:
        pattern = f"%{_escaped(wanted.search.lower())}%"
        query = query.where(func.lower(leads.c.name).like(pattern, escape=_ESCAPE))
    if wanted.anything:
        query = query.where(_says(wanted.anything))
    if wanted.digits or wanted.number:
        query = query.where(leads.c.id.in_(_with_number(wanted)))
    rows = conn.execute(query.order_by(leads.c.id.desc()).limit(wanted.limit)).all()
    return records(conn, rows)


def _place(wanted: LeadPage) -> list[Any]:
    found: list[Any] = []
    if wanted.campaign_id is not None:
        found.append(leads.c.campaign_id == wanted.campaign_id)
    if wanted.list_name is not None:
        found.append(leads.c.list_name == wanted.list_name)
    return found


def _says(text: str) -> Any:
    """In the name or in what the list says besides: that is kept as a JSON text."""
    pattern = f"%{_escaped(text.lower())}%"
    quoted = f"%{_escaped(to_json(text.lower())[1:-1])}%"
    custom = func.lower(cast(leads.c.custom, Text))
    return or_(
        func.lower(leads.c.name).like(pattern, escape=_ESCAPE),
        custom.like(quoted, escape=_ESCAPE),
    )


@whole("a part of the page, which is in scope")
def _with_number(wanted: LeadPage) -> Select[tuple[str]]:
    table = lead_numbers.c
    query = select(table.lead_id)
    if wanted.campaign_id is not None:
        query = query.where(table.campaign_id == wanted.campaign_id)
    if wanted.number:
        query = query.where(table.number == wanted.number)
    if wanted.digits:
        query = query.where(table.number.like(f"%{_escaped(wanted.digits)}%", escape=_ESCAPE))
    return query


def _escaped(text: str) -> str:
    for sign in (_ESCAPE, "%", "_"):
        text = text.replace(sign, _ESCAPE + sign)
    return text


@whole("of one lead, which was let see")
def edit(conn: Connection, lead_id: str, change: LeadEdit) -> Lead | None:
    this = leads.c.id == lead_id
    row = conn.execute(select(*LEAD_FIELDS).where(this).with_for_update()).first()
    if row is None:
        return None
    before = records(conn, [row])[0]
    if not is_as_seen(before, change.seen):
        raise ChangedSinceError("somebody else has changed this lead meanwhile")
    if change.numbers is not None:
        _renumber(conn, before, with_known(change.numbers, before))
    values: dict[str, Any] = {
        name: value
        for name in ("name", "language", "timezone", "priority")
        if (value := getattr(change, name)) is not None
    }
    if change.custom:
        values["custom"] = merged(row._mapping["custom"], change.custom)
    if values:
        conn.execute(update(leads).where(this).values(values))
    if values or change.numbers is not None:
        row = conn.execute(select(*LEAD_FIELDS).where(this)).one()
        edited = LeadEdited(campaign=row._mapping["campaign_id"])
        append(conn, [Happened(time.time(), lead_id, edited)])
    return records(conn, [row])[0]


@whole("of one lead, and of who else has its numbers")
def _renumber(conn: Connection, lead: Lead, numbers: Sequence[LeadNumber]) -> None:
    table = lead_numbers.c
    taken = select(table.number, table.extension).where(
        table.campaign_id == lead.campaign_id,
        table.number.in_([n.number for n in numbers]),
        table.lead_id != lead.id,
    )
    theirs = {(number, extension) for number, extension in conn.execute(taken)}
    for n in numbers:
        if (n.number, n.extension) in theirs:
            raise AlreadyExistsError(n.number)
    conn.execute(delete(lead_numbers).where(table.lead_id == lead.id))
    whose = {"lead_id": lead.id, "campaign_id": lead.campaign_id}
    for position, n in enumerate(numbers):
        fields = {key: getattr(n, key) for key in n.__struct_fields__}
        conn.execute(insert(lead_numbers).values(**whose, position=position, **fields))


def merged(before: dict[str, str], change: Any) -> dict[str, str]:
    """Custom fields after a change; an empty value takes a field away."""
    return {key: value for key, value in {**before, **change}.items() if value != ""}
