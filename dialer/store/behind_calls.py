"""What stands behind one call and is no column of its record."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select

from dialer.ports.desk import Callback, Mishap
from dialer.ports.past_calls import Behind
from dialer.ports.reasons import read
from dialer.ports.scope import Reach, whole
from dialer.store.said_results import results_of
from dialer.store.scope import visible
from dialer.store.tables import attempts, callbacks, mishaps


def behind(conn: Connection, attempt_id: str, scope: Reach) -> Behind | None:
    call = attempts.c
    kept = (call.list_name, call.for_agent, call.pardon, call.reasons, call.agent, call.lead_id)
    query = select(*kept).where(call.id == attempt_id, visible(attempts, scope))
    row = conn.execute(query).first()
    if row is None:
        return None
    reasons = read(row.reasons)
    found = _callbacks(conn, row.lead_id, attempt_id, scope)
    return Behind(
        list_name=row.list_name or (reasons.list_name if reasons else ""),
        for_agent=row.for_agent,
        pardon=row.pardon,
        reasons=reasons,
        results=results_of(conn, attempt_id),
        agreed=next((it for it in found if it.attempt_id == attempt_id), None),
        keeps=next((it for it in found if it.dialed_as == attempt_id), None),
        mishaps=_mishaps(conn, attempt_id, {row.agent, row.for_agent} - {None}),
    )


def _callbacks(conn: Connection, lead_id: str, attempt_id: str, scope: Reach) -> list[Callback]:
    of_call = or_(callbacks.c.attempt_id == attempt_id, callbacks.c.dialed_as == attempt_id)
    query = select(*[callbacks.c[name] for name in Callback.__struct_fields__]).where(
        callbacks.c.lead_id == lead_id, of_call, visible(callbacks, scope)
    )
    return [Callback(**row._mapping) for row in conn.execute(query)]


@whole("of one call, which was let see")
def _mishaps(conn: Connection, attempt_id: str, reps: set[str]) -> list[Mishap]:
    """By the reps of the call: of them mishaps are found at once."""
    query = select(*[mishaps.c[name] for name in Mishap.__struct_fields__]).where(
        mishaps.c.agent_id.in_(sorted(reps)), mishaps.c.attempt_id == attempt_id
    )
    return [Mishap(**row._mapping) for row in conn.execute(query.order_by(mishaps.c.id))]
