"""The rows behind one number: those its measure is made of, and no others."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from figures.calendar import offsets, starts_ms
from figures.catalogue import FIGURES
from figures.dimensions import DIMENSIONS
from figures.facts import Value
from figures.measures import Measure
from figures.periods import Period, days_named, overlap
from figures.question import Question, QuestionError, fits
from figures.sql import filters


class Place(Struct, frozen=True):
    """Where a row stands among those of its fact: by its moment, and of two at once by its key."""

    at_ms: int
    key: str


class Behind(Struct, frozen=True, kw_only=True):
    """Of which number: the numerator of `figure` in the group `keys` of the question's answer.

    Newest first, at most `limit`, those after the place `below` where there is one.
    """

    question: Question
    figure: str
    keys: tuple[Value, ...] = ()
    below: Place | None = None
    limit: int = 50

    def checked(self) -> Behind:
        """Itself, of no more days than its keys leave. Raises QuestionError."""
        question = self.question.checked()
        if self.figure not in question.figures:
            message = f"{self.figure!r} is none of the question's figures"
            raise QuestionError("unknown-figure", message, name=self.figure)
        if len(self.keys) > len(question.by):
            most = len(question.by)
            raise QuestionError("keys-number", f"a group has at most {most} keys", most=most)
        period = Period(question.begin, question.end)
        for name, key in zip(question.by, self.keys, strict=False):
            fits(DIMENSIONS[name], (key,))
            named = days_named(DIMENSIONS[name].part, key)
            period = period if named is None else overlap(period, named)
        return replace(self, question=replace(question, begin=period.begin, end=period.end))

    @property
    def measure(self) -> Measure:
        """What the number is."""
        return FIGURES[self.figure].numerator


class Rows(Struct, frozen=True):
    """A page of them (columns as the fact has them), how many there are, and their number."""

    fact: str
    rows: Sequence[Sequence[Value]]
    count: int
    total: int | None
    next: Place | None


class BehindSql(Struct, frozen=True):
    """Two SELECTs over a table of the fact's name: count and number of all, and the page.

    The page has one row more than asked for where another page follows. Of both `parameters` are
    bound, of the page those of `place` behind them.
    """

    whole: str
    page: str
    parameters: Sequence[Value]
    place: Sequence[Value]


def statement(behind: Behind) -> BehindSql:
    """What to run for one that has been checked."""
    measure, question = behind.measure, behind.question
    fact, zone = measure.fact, question.place()
    bounds = starts_ms(question.begin, zone), starts_ms(question.end, zone)
    ahead = offsets(zone, *bounds)
    keys = [(name, (key,)) for name, key in zip(question.by, behind.keys, strict=False)]
    clauses, bound = filters(question, fact, ahead, [*question.where.items(), *keys])
    clauses.append(measure.where.sql(question.terms))
    if measure.column:
        clauses.append(f"{measure.column} IS NOT NULL")
    rows = f"FROM {fact.name} WHERE {' AND '.join(clauses)}"
    columns, order = ", ".join(fact.columns), f"{fact.moment} DESC, {fact.key} DESC"
    n, at = len(bound) + 3, behind.below
    after = f" AND ({fact.moment}, {fact.key}) < (${n}, ${n + 1})" if at else ""
    return BehindSql(
        whole=f"SELECT count(*), {measure.sql(question.terms)} {rows}",
        page=f"SELECT {columns} {rows}{after} ORDER BY {order} LIMIT {behind.limit + 1}",
        parameters=[*bounds, *bound],
        place=[at.at_ms, at.key] if at else [],
    )


def page(behind: Behind, found: Sequence[Sequence[Value]], whole: tuple[int, int | None]) -> Rows:
    """What the two statements said, as an answer."""
    fact, rows = behind.measure.fact, found[: behind.limit]
    places = [list(fact.columns).index(name) for name in (fact.moment, fact.key)]
    following = None
    if len(found) > behind.limit:
        at, key = (rows[-1][place] for place in places)
        following = Place(int(at or 0), str(key))
    return Rows(fact.name, [tuple(row) for row in rows], *whole, following)
