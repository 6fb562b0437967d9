"""Which rows count: said once, for a row in memory, for SQL, and for the list behind a figure.

A condition is about a row alone. What is unknown (None) meets none of them but `Unknown` and `Not`
of those: as in Python, not as in SQL, so the SQL says it in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from msgspec import Struct

from figures.facts import Row, Value


class Condition(Protocol):
    """Immutable and comparable."""

    def holds(self, row: Row, terms: Mapping[str, int]) -> bool:
        """Whether `row` counts. `terms` are what a site may set, by name: see `Term`."""

    def sql(self, terms: Mapping[str, int]) -> str:
        """The same as an expression that is true or false, never NULL."""

    def columns(self) -> Iterable[str]:
        """What it looks at."""


class Is(Struct, frozen=True):
    """The column has one of these values."""

    column: str
    values: tuple[str | int, ...]

    def holds(self, row: Row, terms: Mapping[str, int]) -> bool:
        return row[self.column] in self.values

    def sql(self, terms: Mapping[str, int]) -> str:
        listed = ", ".join(literal(value) for value in self.values)
        return f"(coalesce({self.column} IN ({listed}), false))"

    def columns(self) -> Iterable[str]:
        return (self.column,)


class Known(Struct, frozen=True):
    """It has happened."""

    column: str

    def holds(self, row: Row, terms: Mapping[str, int]) -> bool:
        return row[self.column] is not None

    def sql(self, terms: Mapping[str, int]) -> str:
        return f"({self.column} IS NOT NULL)"

    def columns(self) -> Iterable[str]:
        return (self.column,)


class AtLeast(Struct, frozen=True):
    """The column is known and not below a term, such as the length of a call that counts."""

    column: str
    term: str

    def holds(self, row: Row, terms: Mapping[str, int]) -> bool:
        value = row[self.column]
        return isinstance(value, int) and value >= terms[self.term]

    def sql(self, terms: Mapping[str, int]) -> str:
        return f"(coalesce({self.column} >= {terms[self.term]:d}, false))"

    def columns(self) -> Iterable[str]:
        return (self.column,)


class Both(Struct, frozen=True):
    """All of these."""

    parts: tuple[Condition, ...]

    def holds(self, row: Row, terms: Mapping[str, int]) -> bool:
        return all(part.holds(row, terms) for part in self.parts)

    def sql(self, terms: Mapping[str, int]) -> str:
        return f"({' AND '.join(part.sql(terms) for part in self.parts)})"

    def columns(self) -> Iterable[str]:
        return (name for part in self.parts for name in part.columns())


class Not(Struct, frozen=True):
    """The other rows."""

    part: Condition

    def holds(self, row: Row, terms: Mapping[str, int]) -> bool:
        return not self.part.holds(row, terms)

    def sql(self, terms: Mapping[str, int]) -> str:
        return f"(NOT {self.part.sql(terms)})"

    def columns(self) -> Iterable[str]:
        return self.part.columns()


class Every(Struct, frozen=True):
    """Whatever there is."""

    def holds(self, row: Row, terms: Mapping[str, int]) -> bool:
        return True

    def sql(self, terms: Mapping[str, int]) -> str:
        return "true"

    def columns(self) -> Iterable[str]:
        return ()


EVERY = Every()


def literal(value: Value) -> str:
    """A constant of a declaration as SQL. What people ask for is bound, never written."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
