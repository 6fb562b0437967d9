"""A figure: what it is called, how it is made, and how it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from dialer.words import FigureBetter, FigureUnit
from figures.facts import Fact
from figures.measures import Measure


class Words(Struct, frozen=True):
    """The same in the languages of the screens."""

    en: str
    zh: str


class Figure(Struct, frozen=True, kw_only=True):
    """A measure, or the ratio of two.

    Of groups it is the sum of numerators by the sum of denominators, never a mean of ratios.
    Where the denominator is 0 there is no value. Times are summed in milliseconds and told in
    seconds; what is told per hour has milliseconds below.
    """

    id: str
    name: Words
    meaning: Words  # what is counted of what, in a sentence; terms stand in it as {name}
    unit: FigureUnit
    better: FigureBetter = FigureBetter.NEITHER
    numerator: Measure
    denominator: Measure | None = None

    def value(self, numerator: int | None, denominator: int | None = None) -> float | int | None:
        """The value of these two sums, rounded once; None where there is none."""
        if numerator is None:
            return None
        if self.denominator is None and self.unit is FigureUnit.COUNT:
            return numerator
        above, below = _SCALE.get(self.unit, (1, 1))
        under = 1 if self.denominator is None else denominator
        return (numerator * above) / (under * below) if under else None

    def explained(self, terms: Mapping[str, int]) -> Words:
        """Its meaning with what the site has set, told in seconds."""
        seconds = {name: f"{ms / 1000:g}" for name, ms in terms.items()}
        return Words(self.meaning.en.format(**seconds), self.meaning.zh.format(**seconds))

    def measures(self) -> tuple[Measure, ...]:
        """The numerator, and the denominator if it has one."""
        return (self.numerator,) if self.denominator is None else (self.numerator, self.denominator)

    def facts(self) -> frozenset[str]:
        """The names of the kinds of facts it is made of."""
        return frozenset(measure.fact.name for measure in self.measures())


#: What whole milliseconds are multiplied and divided by.
_SCALE = {FigureUnit.SECONDS: (1, 1000), FigureUnit.PER_HOUR: (3_600_000, 1)}


def by_id(figures: Iterable[Figure]) -> Mapping[str, Figure]:
    """Raises ValueError where two have one id."""
    found: dict[str, Figure] = {}
    for figure in figures:
        if figure.id in found:
            raise ValueError(f"two figures are called {figure.id}")
        found[figure.id] = figure
    return found


def facts_of(figures: Iterable[Figure]) -> Mapping[str, Fact]:
    """The kinds of facts these are made of."""
    return {m.fact.name: m.fact for figure in figures for m in figure.measures()}
