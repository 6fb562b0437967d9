"""What may be asked of figures, and why a question has no answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, tzinfo

from msgspec import Struct, field

from dialer.zonedata import UnknownZoneError, zone_named
from figures.catalogue import FIGURES, TERMS
from figures.dimensions import DIMENSIONS, Dimension, common
from figures.facts import Kind, Value
from figures.figure import Figure, facts_of

#: So many dimensions at once; a table with more is read by nobody.
MOST_DIMENSIONS = 4
MOST_FIGURES = 24


class QuestionError(ValueError):
    """A question without an answer: `slug` says why, `facts` what of it."""

    def __init__(self, slug: str, message: str, **facts: str | int) -> None:
        super().__init__(message)
        self.slug = slug
        self.facts = facts


class Within(Struct, frozen=True):
    """Whose facts count: those of these reps, and of these campaigns what no rep has."""

    agents: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()


class Question(Struct, frozen=True, kw_only=True):
    """Figures of a period, told apart by dimensions.

    The period is whole days of `zone`, from the beginning of `begin` to that of `end`. `where`
    keeps only rows with one of these values, by dimension; None is "unknown". `terms` are what a
    site has set of `catalogue.TERMS`.
    """

    figures: tuple[str, ...]
    by: tuple[str, ...] = ()
    begin: date
    end: date
    zone: str
    where: Mapping[str, tuple[Value, ...]] = {}
    within: Within | None = None  # None: everybody's
    terms: Mapping[str, int] = field(default_factory=lambda: TERMS)

    def checked(self) -> Question:
        """Itself. Raises QuestionError where it has no answer."""
        facts = facts_of(self.wanted())
        if not 0 < len(self.figures) <= MOST_FIGURES:
            raise QuestionError(
                "figures-number", f"ask for 1 to {MOST_FIGURES} figures", most=MOST_FIGURES
            )
        if len(self.by) > MOST_DIMENSIONS or len(set(self.by)) < len(self.by):
            raise QuestionError(
                "dimensions-number",
                f"tell apart by at most {MOST_DIMENSIONS} dimensions, each once",
                most=MOST_DIMENSIONS,
            )
        allowed = common(facts)
        for dimension in (*self.by, *self.where):
            known(dimension)
            if dimension not in allowed:
                self._not_by(dimension)
        for dimension, values in self.where.items():
            fits(DIMENSIONS[dimension], values)
        if not self.begin < self.end:
            raise QuestionError(
                "period-empty", f"the period ends ({self.end}) before it begins ({self.begin})"
            )
        self.place()
        return self

    def wanted(self) -> list[Figure]:
        """The figures asked for. Raises QuestionError for one that does not exist."""
        for name in self.figures:
            if name not in FIGURES:
                raise QuestionError("unknown-figure", f"no figure is called {name!r}", name=name)
        return [FIGURES[name] for name in self.figures]

    def place(self) -> tzinfo:
        """The zone. Raises QuestionError where it is none."""
        try:
            return zone_named(self.zone)
        except UnknownZoneError as error:
            message = f"no time zone is called {self.zone!r}"
            raise QuestionError("unknown-zone", message, name=self.zone) from error

    def _not_by(self, dimension: str) -> None:
        blamed = next(f for f in self.wanted() if dimension not in common(facts_of([f])))
        raise QuestionError(
            "not-by-this",
            f"{blamed.id} cannot be told apart by {dimension}",
            figure=blamed.id,
            dimension=dimension,
        )


def fits(dimension: Dimension, values: tuple[Value, ...]) -> None:
    """Raises QuestionError for what cannot be a value of it."""
    wanted = int if dimension.kind is Kind.WHOLE else str
    for value in values:
        if value is not None and not isinstance(value, wanted):
            raise QuestionError(
                "not-a-value",
                f"{dimension.id} has no value {value!r}",
                dimension=dimension.id,
                value=str(value),
            )


def known(dimension: str) -> Dimension:
    """Raises QuestionError for one that does not exist."""
    if dimension not in DIMENSIONS:
        raise QuestionError(
            "unknown-dimension", f"no dimension is called {dimension!r}", name=dimension
        )
    return DIMENSIONS[dimension]
