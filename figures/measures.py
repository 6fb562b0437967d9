"""What is added up: a number of rows, a sum, how many different ones there are, or a percentile."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from dialer.words import FigureUnit
from figures.conditions import EVERY, Condition
from figures.facts import Fact, Row, Value


class How(StrEnum):
    """How rows become one number."""

    COUNT = "count"
    SUM = "sum"
    DISTINCT = "distinct"
    MEDIAN = "median"
    P90 = "p90"


#: Percentiles, as tenths. The value is that of a row: the least with so many tenths of the rows at
#: or below it. No interpolation, so it is a whole number and there is a call behind it.
_TENTHS = {How.MEDIAN: 5, How.P90: 9}


class Measure(Struct, frozen=True):
    """A whole number made of the rows that meet `where`.

    `column` is what is summed (unknown counts as nothing), told apart or ranked (unknown is none).
    """

    fact: Fact
    where: Condition = EVERY
    how: How = How.COUNT
    column: str = ""

    def columns(self) -> Iterable[str]:
        """What it looks at."""
        return (*self.where.columns(), *([self.column] if self.column else []))

    @property
    def unit(self) -> FigureUnit:
        """What the number is, but for its times, which are milliseconds."""
        is_time = self.how is not How.DISTINCT and self.column.endswith("_ms")
        return FigureUnit.SECONDS if is_time else FigureUnit.COUNT

    def sql(self, terms: Mapping[str, int]) -> str:
        """An aggregate that is a whole number: 0 of no rows, NULL where it is a percentile."""
        which = f"FILTER (WHERE {self.where.sql(terms)})"
        if self.how is How.COUNT:
            return f"count(*) {which}"
        if self.how is How.DISTINCT:
            return f"count(DISTINCT {self.column}) {which}"
        if self.how in _TENTHS:
            return f"quantile_disc({self.column}, 0.{_TENTHS[self.how]}) {which}"
        return f"coalesce(sum({self.column}) {which}, 0)::HUGEINT"


class Sum:
    """One measure over rows as they come, exactly as `Measure.sql` has it."""

    __slots__ = ("_measure", "_ranked", "_seen", "_terms", "_total")

    def __init__(self, measure: Measure, terms: Mapping[str, int]) -> None:
        self._measure = measure
        self._terms = terms
        self._total = 0
        self._seen: set[Value] = set()
        self._ranked: list[int] = []

    def add(self, row: Row) -> None:
        """Count a row of the measure's fact."""
        how = self._measure.how
        if not self._measure.where.holds(row, self._terms):
            return
        if how is How.COUNT:
            self._total += 1
        elif how is How.DISTINCT:
            self._seen.add(row[self._measure.column])
        elif isinstance(value := row[self._measure.column], int):
            self._add(value)

    def _add(self, value: int) -> None:
        if self._measure.how is How.SUM:
            self._total += value
        else:
            insort(self._ranked, value)

    @property
    def total(self) -> int | None:
        """The number; None of a percentile of nothing."""
        how = self._measure.how
        if how is How.DISTINCT:
            return len(self._seen - {None})
        if how in _TENTHS:
            place = -(-len(self._ranked) * _TENTHS[how] // 10) - 1
            return self._ranked[place] if self._ranked else None
        return self._total
