"""What goes out: the catalogue, and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from dialer.words import FigureBetter, FigureUnit
from figures.measures import How

Shown = str | int | None
KeyOf = Annotated[
    list[Shown], Meta(description="Its values of the first dimensions; null: unknown.")
]


class DimensionShown(Struct, frozen=True):
    """By what figures can be told apart. `missing`: what a row without a value of it is called."""

    id: str
    en: str
    zh: str
    is_time: bool
    missing_en: str
    missing_zh: str


class FigureShown(Struct, frozen=True):
    """A figure, with what explains it. `dimensions`: the ids of what it can be told apart by."""

    id: str
    en: str
    zh: str
    meaning_en: str
    meaning_zh: str
    unit: FigureUnit
    better: FigureBetter
    is_ratio: bool
    numerator_how: Annotated[How, Meta(description="How rows become the numerator.")]
    numerator_in: Annotated[FigureUnit, Meta(description="count, or seconds (sent as ms).")]
    denominator_in: FigureUnit | None
    dimensions: list[str]


class Catalogue(Struct, frozen=True):
    """All that may be asked."""

    figures: list[FigureShown]
    dimensions: list[DimensionShown]


class CellShown(Struct, frozen=True):
    """One figure of one group. A `value` of null: nothing to divide by."""

    value: float | int | None
    numerator: int | None
    denominator: int | None


class LineShown(Struct, frozen=True):
    """A group. One with fewer keys than dimensions is the sum of groups; the whole has none."""

    keys: KeyOf
    cells: list[CellShown]
    then: Annotated[
        list[CellShown] | None,
        Meta(description="Of the period it is compared with, the cells of the like group."),
    ]


class PeriodShown(Struct, frozen=True):
    """Both days belong to it."""

    first: date
    last: date


class ReportShown(Struct, frozen=True):
    """An answer, and that of the period it is compared with."""

    figures: list[str]
    by: list[str]
    zone: str
    period: PeriodShown
    lines: list[LineShown]
    compared_period: PeriodShown | None
    compared: list[LineShown] | None


class AheadShown(Struct, frozen=True):
    """A day, week or month that is not over, and by figure what it will probably come to."""

    key: str
    bands: Annotated[
        list[list[float] | None],
        Meta(description="Low, middle and high; null: the past says nothing for it."),
    ]


class ForecastShown(Struct, frozen=True):
    """How figures will probably go on."""

    figures: list[str]
    by: str
    steps: list[AheadShown]


class RebuiltShown(Struct, frozen=True):
    """Files of facts: how many were written, and how many of before were removed."""

    written: int
    removed: int
