"""Leads as rows and as records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from dialer.ports.new_leads import NewLeads
from dialer.ports.scope import whole
from dialer.ports.store import Lead, LeadNumber
from dialer.store.tables import lead_numbers, leads
from dialer.words import LeadState

LEAD_FIELDS = [leads.c[name] for name in Lead.__struct_fields__ if name != "numbers"]
# What a lead goes back to when nobody called it after all.
BACK = func.coalesce(
    leads.c.was, case((leads.c.attempts == 0, LeadState.NEW.value), else_=LeadState.RETRY.value)
)
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


def lead_columns(
    campaign_id: str, ids: Sequence[str], leads: NewLeads, added: Sequence[int]
) -> dict[str, Sequence[Any]]:
    """The columns of `leads` for those that go in: `ids` of all, `added` by their places."""
    count = len(added)
    given = (
        *("name", "timezone", "language", "owner", "priority", "next_call_at", "custom"),
        *("list_name", "import_id", "import_row"),
    )
    return {
        "id": _picked(ids, added),
        "campaign_id": [campaign_id] * count,
        "state": [LeadState.NEW.value] * count,
        "attempts": [0] * count,
        **{name: _picked(getattr(leads, name), added) for name in given},
    }


def number_columns(
    campaign_id: str, ids: Sequence[str], leads: NewLeads, added: Sequence[int]
) -> dict[str, Sequence[Any]]:
    """The columns of `lead_numbers` for those that go in."""
    spans, how_many = list(leads.spans()), _picked(leads.how_many, added)
    places = [at for i in added for at in range(*spans[i])]
    return {
        "lead_id": list(chain.from_iterable(map(repeat, _picked(ids, added), how_many))),
        "position": list(chain.from_iterable(map(range, how_many))),
        "campaign_id": [campaign_id] * len(places),
        **{
            name: _picked(getattr(leads, name), places)
            for name in ("number", "kind", "attempts", "dead", "extension")
        },
    }


def _picked(values: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    return values if len(places) == len(values) else [values[i] for i in places]


def records(conn: Connection, rows: Sequence[Any], *, state: LeadState | None = None) -> list[Lead]:
    """`rows` of LEAD_FIELDS with their numbers; `state` if it has changed since they were read."""
    numbers = _numbers_of(conn, [row[0] for row in rows])
    return [_record(row, state, numbers.get(row[0], [])) for row in rows]


def _record(row: Any, state: LeadState | None, numbers: Iterable[LeadNumber]) -> Lead:
    fields = dict(row._mapping)
    fields["state"] = state or LeadState(fields["state"])
    return Lead(numbers=tuple(numbers), **fields)


@whole("of leads that were read")
def _numbers_of(conn: Connection, lead_ids: list[str]) -> dict[str, list[LeadNumber]]:
    found: dict[str, list[LeadNumber]] = {}
    if lead_ids:
        for lead_id, *fields in conn.execute(_NUMBERS, {"ids": lead_ids}):
            found.setdefault(lead_id, []).append(LeadNumber(*fields))
    return found
