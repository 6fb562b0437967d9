"""Sums of all kinds of facts, put together to figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from figures.facts import Row, Value
from figures.figure import Figure
from figures.measures import Measure, Sum
from figures.question import Question

Key = tuple[Value, ...]
Sums = Mapping[Measure, int | None]


class Cell(Struct, frozen=True, array_like=True):
    """One figure of one group. `denominator` is None where the figure has none."""

    value: float | int | None
    numerator: int | None
    denominator: int | None


class Line(Struct, frozen=True):
    """One group: its values of the first dimensions of the question, the whole when it has none."""

    keys: Key
    cells: list[Cell]  # in the order of the question's figures


class Answer(Struct, frozen=True):
    """Groups by all dimensions, and each group of fewer before those it is made of."""

    question: Question
    lines: list[Line]


def answer(question: Question, groups: Mapping[Key, Sums]) -> Answer:
    """`groups` of every depth, those of all facts together; the whole is always there."""
    wanted = question.wanted()
    ordered = sorted({(), *groups}, key=_order)
    return Answer(question, [_line(key, wanted, groups.get(key, {})) for key in ordered])


def _line(key: Key, wanted: Sequence[Figure], sums: Sums) -> Line:
    return Line(key, [cell(figure, sums) for figure in wanted])


def cell(figure: Figure, sums: Sums) -> Cell:
    """A figure of the sums of its measures; what is not among them is nothing."""
    above, below = (_of(sums, m) for m in (figure.numerator, figure.denominator))
    return Cell(figure.value(above, below), above, below)


def _of(sums: Sums, measure: Measure | None) -> int | None:
    if measure is None:
        return None
    return sums[measure] if measure in sums else Sum(measure, {}).total


def _order(key: Key) -> list[tuple[int, int, str]]:
    """By the parts of the key, a group before its own parts, what is unknown behind the rest."""
    return [_place(value) for value in key]


def _place(value: Value) -> tuple[int, int, str]:
    if value is None:
        return 2, 0, ""
    return (0, value, "") if isinstance(value, int) else (1, 0, value)


class Tally:
    """Figures of rows as they come, without a database: for what is live."""

    def __init__(self, figures: Iterable[Figure], terms: Mapping[str, int]) -> None:
        measures = {m for figure in figures for m in figure.measures()}
        self._sums = {measure: Sum(measure, terms) for measure in measures}

    def add(self, fact: str, row: Row) -> None:
        """Count a row of the fact of this name."""
        for measure, total in self._sums.items():
            if measure.fact.name == fact:
                total.add(row)

    def sums(self) -> Sums:
        """What it has come to."""
        return {measure: total.total for measure, total in self._sums.items()}

    def cell(self, figure: Figure) -> Cell:
        """A figure of what has been counted."""
        return cell(figure, self.sums())
