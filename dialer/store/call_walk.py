"""A walk through calls, newest first, that ends after so many, however few of them fit.

A search by what no index has (a part of a number, a result, words in a note) reads call after call.
Of ten million that took seconds, on the connection that serves the engine's own reads. So it looks
at some thousands in one go, on the index of the times of placing, and says how far it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Text, func, literal_column, select, tuple_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal

from dialer.ports.past_calls import CallFilter
from dialer.ports.scope import whole
from dialer.store.columns import UnixTime
from dialer.store.tables import attempts

_CALL = attempts.c
#: Where a call stands in the list.
PLACE: ColumnElement[Any] = tuple_(_CALL.placed_at, _CALL.id)
#: How a number ends, as its index has it: written out, since planners compare the text.
last_four: ColumnElement[str] = literal_column(
    "substr(attempts.number, length(attempts.number) - 3)", Text
)
_TYPES = [UnixTime(), _CALL.id.type]


class Place(Struct, frozen=True):
    """What `PLACE` is of a call. `at`: unix seconds."""

    at: float
    attempt_id: str

    def sql(self) -> ColumnElement[Any]:
        return tuple_(self.at, self.attempt_id, types=_TYPES)


def stretch(
    wanted: CallFilter, start: Place | None, floor: Place | None = None
) -> Iterator[ColumnElement[bool]]:
    """The days asked for, below `start` and down to `floor`: a bound at each end and no more, as
    SQLite goes by the first that it reads and would begin each page at the newest call.
    """
    if start is not None and (wanted.until is None or start.at < wanted.until):
        yield start.sql() > PLACE
    elif wanted.until is not None:
        yield _CALL.placed_at < wanted.until
    if floor is not None:
        yield floor.sql() <= PLACE
    elif wanted.since is not None:
        yield _CALL.placed_at >= wanted.since


@whole("how far a walk goes, whoever's the calls are")
def floor_of(
    conn: Connection, wanted: CallFilter, start: Place | None, at_most: int
) -> Place | None:
    """The last call that is looked at, read from the index alone; None: all are."""
    newest = (_CALL.placed_at.desc(), _CALL.id.desc())
    query = select(_CALL.placed_at, _CALL.id).where(*stretch(wanted, start)).order_by(*newest)
    row = conn.execute(query.offset(at_most - 1).limit(1)).first()
    return None if row is None else Place(float(row[0]), row[1])


@whole("a number of calls that decides how they are looked for")
def are_few(conn: Connection, wanted: CallFilter, at_most: int) -> bool:
    """Whether an index leads to all that can fit: to a number's calls, or to those of these reps or
    of numbers that end so if they have no more than so many.
    """
    if wanted.number:
        return True
    if wanted.ending:
        these = last_four == wanted.ending
    elif wanted.agents is not None:
        these = _CALL.agent.in_(wanted.agents)
    else:
        return False
    some = select(_CALL.id).where(these).limit(at_most + 1).subquery()
    count = conn.execute(select(func.count()).select_from(some)).scalar_one()
    return int(count) <= at_most


class unindexed(ColumnElement[Any]):  # noqa: N801  (a function of SQL)
    """A column that SQLite finds no rows by. It has no statistics, and takes any index on which
    something must be equal for better than the one that has the order: it then sorts a year.
    """

    inherit_cache = True
    _traverse_internals = [("column", InternalTraversal.dp_clauseelement)]  # noqa: RUF012

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column, self.type = column, column.type


@compiles(unindexed)
def _plain(element: unindexed, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.column, **options))


@compiles(unindexed, "sqlite")
def _signed(element: unindexed, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.column, **options)}"
