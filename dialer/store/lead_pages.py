"""Leads as people look at them: a page of a list, and a change by hand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, update

from dialer.ports.desk import LeadEdit, LeadPage
from dialer.ports.store import Lead
from dialer.store.lead_rows import LEAD_FIELDS, records
from dialer.store.tables import lead_numbers, leads

#: In a pattern of LIKE.
_ESCAPE = "!"


def page(conn: Connection, wanted: LeadPage) -> list[Lead]:
    query = select(*LEAD_FIELDS).where(leads.c.campaign_id == wanted.campaign_id)
    if wanted.states:
        query = query.where(leads.c.state.in_([state.value for state in wanted.states]))
    if wanted.below is not None:
        query = query.where(leads.c.id < wanted.below)
    if wanted.owners is not None:
        query = query.where(_owned(wanted))
    if wanted.search:
        pattern = f"%{_escaped(wanted.search.lower())}%"
        query = query.where(func.lower(leads.c.name).like(pattern, escape=_ESCAPE))
    if wanted.digits or wanted.number:
        query = query.where(leads.c.id.in_(_with_number(wanted)))
    rows = conn.execute(query.order_by(leads.c.id.desc()).limit(wanted.limit)).all()
    return records(conn, rows)


def _owned(wanted: LeadPage) -> ColumnElement[bool]:
    theirs: ColumnElement[bool] = leads.c.owner.in_(list(wanted.owners or ()))
    return or_(theirs, leads.c.owner.is_(None)) if wanted.unowned else theirs


def _with_number(wanted: LeadPage) -> Select[tuple[str]]:
    table = lead_numbers.c
    query = select(table.lead_id).where(table.campaign_id == wanted.campaign_id)
    if wanted.number:
        query = query.where(table.number == wanted.number)
    if wanted.digits:
        query = query.where(table.number.like(f"%{_escaped(wanted.digits)}%", escape=_ESCAPE))
    return query


def _escaped(text: str) -> str:
    for sign in (_ESCAPE, "%", "_"):
        text = text.replace(sign, _ESCAPE + sign)
    return text


def edit(conn: Connection, lead_id: str, change: LeadEdit) -> Lead | None:
    this = leads.c.id == lead_id
    row = conn.execute(select(*LEAD_FIELDS).where(this).with_for_update()).first()
    if row is None:
        return None
    values: dict[str, Any] = {
        name: value
        for name in ("name", "language", "timezone")
        if (value := getattr(change, name)) is not None
    }
    if change.custom:
        values["custom"] = merged(row._mapping["custom"], change.custom)
    if values:
        conn.execute(update(leads).where(this).values(values))
        row = conn.execute(select(*LEAD_FIELDS).where(this)).one()
    return records(conn, [row])[0]


def merged(before: dict[str, str], change: Any) -> dict[str, str]:
    """Custom fields after a change; an empty value takes a field away."""
    return {key: value for key, value in {**before, **change}.items() if value != ""}
