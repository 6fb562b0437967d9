"""Every result that was said of a call, by whom and why: rows are added, never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index, Table, Text, insert, select

from dialer.ids import new_id
from dialer.ports.past_calls import SaidResult
from dialer.ports.people import MARK
from dialer.ports.rows import Said
from dialer.ports.scope import whole
from dialer.store.columns import UnixTime
from dialer.store.tables import Key, metadata

said_results = Table(
    "said_results",
    metadata,
    Column("id", Key, primary_key=True),
    Column("attempt_id", Key, nullable=False),
    Column("at", UnixTime, nullable=False),
    # A rep's id, or an account.
    Column("who", Text, nullable=False),
    Column("disposition", Text, nullable=False),
    Column("before", Text),
    Column("why", Text, nullable=False),
)
# A call's story.
Index("ix_said_results_attempt", said_results.c.attempt_id, said_results.c.id)


@whole("in the transaction of the change, of one call")
def keep_result(
    conn: Connection, attempt_id: str, said: str, call: Any, *, by: Said, now: float
) -> None:
    """`call`: the attempt's row as it was before."""
    row = {
        "id": new_id(),
        "attempt_id": attempt_id,
        "at": now,
        "who": by.who or call.agent or "",
        "disposition": said,
        "before": call.disposition,
        # Of a person who was erased: words could tell of them.
        "why": "" if call.number.startswith(MARK) else by.why,
    }
    conn.execute(insert(said_results).values(row))


@whole("of one call, which was let see")
def results_of(conn: Connection, attempt_id: str) -> list[SaidResult]:
    """In the order in which they were said."""
    columns = [said_results.c[name] for name in SaidResult.__struct_fields__]
    query = select(*columns).where(said_results.c.attempt_id == attempt_id)
    rows = conn.execute(query.order_by(said_results.c.id))
    return [SaidResult(**row._mapping) for row in rows]
