"""Leads as rows and as records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from dialer.ports.store import Lead, LeadNumber, LeadState, NewLead
from dialer.store.columns import to_json
from dialer.store.tables import lead_numbers, leads

LEAD_FIELDS = [leads.c[name] for name in Lead.__struct_fields__ if name != "numbers"]
_NUMBERS = (
    select(
        lead_numbers.c.lead_id,
        lead_numbers.c.number,
        lead_numbers.c.kind,
        lead_numbers.c.attempts,
        lead_numbers.c.dead,
        lead_numbers.c.declined,
        lead_numbers.c.extension,
    )
    .where(lead_numbers.c.lead_id.in_(bindparam("ids", expanding=True)))
    .order_by(lead_numbers.c.lead_id, lead_numbers.c.position)
)

LEAD_COLUMNS = (
    "id",
    "campaign_id",
    "list_name",
    "state",
    "priority",
    "name",
    "timezone",
    "language",
    "owner",
    "custom",
    "next_call_at",
    "attempts",
    "import_id",
    "import_row",
)
NUMBER_COLUMNS = (
    *("lead_id", "position", "campaign_id", "number", "kind", "attempts", "dead", "extension"),
)


def lead_row(lead_id: str, campaign_id: str, lead: NewLead) -> tuple[Any, ...]:
    """The fields of LEAD_COLUMNS."""
    return (
        lead_id,
        campaign_id,
        lead.list_name,
        "new",
        lead.priority,
        lead.name,
        lead.timezone,
        lead.language,
        lead.owner,
        to_json(lead.custom) if lead.custom else "{}",
        lead.next_call_at,
        0,
        lead.import_id,
        lead.import_row,
    )


def number_rows(lead_id: str, campaign_id: str, lead: NewLead) -> list[tuple[Any, ...]]:
    """The fields of NUMBER_COLUMNS, one row per number."""
    return [
        (lead_id, position, campaign_id, n.number, n.kind, n.attempts, n.dead, n.extension)
        for position, n in enumerate(lead.numbers)
    ]


def records(conn: Connection, rows: Sequence[Any], *, state: LeadState | None = None) -> list[Lead]:
    """`rows` of LEAD_FIELDS with their numbers; `state` if it has changed since they were read."""
    numbers = _numbers_of(conn, [row[0] for row in rows])
    return [_record(row, state, numbers.get(row[0], [])) for row in rows]


def _record(row: Any, state: LeadState | None, numbers: Iterable[LeadNumber]) -> Lead:
    fields = dict(row._mapping)
    fields["state"] = state or LeadState(fields["state"])
    return Lead(numbers=tuple(numbers), **fields)


def _numbers_of(conn: Connection, lead_ids: list[str]) -> dict[str, list[LeadNumber]]:
    found: dict[str, list[LeadNumber]] = {}
    if lead_ids:
        for lead_id, *fields in conn.execute(_NUMBERS, {"ids": lead_ids}):
            found.setdefault(lead_id, []).append(LeadNumber(*fields))
    return found
