"""From a number down to what it is made of, shown as its reader may see it."""

from __future__ import annotations

from collections.abc import Sequence

from dialer.features.cdr.public import CallRow, looking
from dialer.features.figures.reports import Reports
from dialer.features.figures.row_records import RowsShown, TimeRow
from dialer.features.figures.schemas import AskRows
from dialer.features.figures.service import answered, asked, question_of, sound
from dialer.kit.auth import Caller
from dialer.kit.scope import Reach
from figures.behind import Behind, Place, Rows
from figures.facts import CALLS, FACTS, Row


async def rows_behind(reports: Reports, caller: Caller, body: AskRows) -> RowsShown:
    """Raises Refused for a question without an answer, and where none can be given now."""
    scope = await caller.scope()
    behind = Behind(
        question=await question_of(caller.context.store, asked(body), scope),
        figure=body.figure,
        keys=tuple(body.keys),
        below=_place(body.below),
        limit=body.limit,
    )
    sound(behind.checked)
    found = await answered(reports.behind(behind))
    rows = [dict(zip(FACTS[found.fact].columns, row, strict=True)) for row in found.rows]
    is_calls = found.fact == CALLS.name
    return RowsShown(
        count=found.count,
        numerator=found.total,
        calls=await _calls(caller, rows, scope) if is_calls else [],
        times=[] if is_calls else await _times(caller, rows, scope),
        next=_next(found),
    )


def _place(below: str) -> Place | None:
    at, _, key = below.partition(".")
    return Place(int(at), key) if below else None


def _next(found: Rows) -> str | None:
    return None if found.next is None else f"{found.next.at_ms}.{found.next.key}"


async def _calls(caller: Caller, rows: Sequence[Row], reach: Reach) -> list[CallRow]:
    """As the list of calls shows them, in the order of the rows."""
    ids = [str(row["attempt"]) for row in rows]
    found = await caller.context.store.past_calls.some(ids, reach)
    shown = {it.id: it for it in looking.rows(caller, found)}
    return [shown[an_id] for an_id in ids if an_id in shown]


async def _times(caller: Caller, rows: Sequence[Row], reach: Reach) -> list[TimeRow]:
    names = {it.id: it.name for it in await caller.context.store.agents.list(reach)}
    return [
        TimeRow(
            agent=str(row["agent"]),
            agent_name=names.get(str(row["agent"]), ""),
            team=_text(row, "team"),
            squad=_text(row, "squad"),
            pool=str(row["pool"]),
            state=str(row["state"]),
            reason=str(row["reason"]),
            began_at=int(row["began_ms"] or 0) / 1000,
            ended_at=int(row["ended_ms"] or 0) / 1000,
        )
        for row in rows
    ]


def _text(row: Row, column: str) -> str | None:
    return None if row[column] is None else str(row[column])
