"""Call detail records out of the attempts table, one page after another."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from dialer.ports.cdr import Cdr, complete_cdr
from dialer.ports.scope import Reach, whole
from dialer.store.scope import visible
from dialer.store.tables import attempts, campaigns

PAGE = 1000
_NAMES = [name for name in Cdr.__struct_fields__ if not name.endswith("_seconds")]
FIELDS: list[Any] = [
    attempts.c.id.label("attempt_id"),
    campaigns.c.name.label("campaign"),
    attempts.c.talk_seconds,
    attempts.c.wrapup_seconds,
    *[attempts.c[name] for name in _NAMES if name not in {"attempt_id", "campaign"}],
]
_SELECT = select(*FIELDS).join_from(attempts, campaigns, campaigns.c.id == attempts.c.campaign_id)


@whole("of one person, for who answers for all data")
def where(conn: Connection, condition: Any) -> list[Cdr]:
    """Every record for which it holds, in the order of the attempts."""
    rows = conn.execute(_SELECT.where(condition).order_by(attempts.c.id))
    return [complete_cdr(**row._mapping) for row in rows]


class Wanted(Struct, frozen=True):
    """Which records; None: no bound."""

    campaign_id: str | None
    since: float | None
    until: float | None
    ended_only: bool


def one(conn: Connection, attempt_id: str, scope: Reach) -> Cdr | None:
    query = _SELECT.where(attempts.c.id == attempt_id, visible(attempts, scope))
    row = conn.execute(query).first()
    return complete_cdr(**row._mapping) if row else None


def page(conn: Connection, wanted: Wanted, scope: Reach, after: str) -> list[Cdr]:
    """The next records in scope after the attempt `after`, at most PAGE."""
    query = _SELECT.where(attempts.c.id > after, visible(attempts, scope))
    query = query.order_by(attempts.c.id).limit(PAGE)
    if wanted.campaign_id is not None:
        query = query.where(attempts.c.campaign_id == wanted.campaign_id)
    if wanted.since is not None:
        query = query.where(attempts.c.placed_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(attempts.c.placed_at < wanted.until)
    if wanted.ended_only:
        query = query.where(attempts.c.ended_at.is_not(None))
    return [complete_cdr(**row._mapping) for row in conn.execute(query)]
