"""A report: a question as people ask it, kept to what they may see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from dialer.features.figures.keeping import FactsError
from dialer.features.figures.records import (
    Catalogue,
    CellShown,
    DimensionShown,
    FigureShown,
    LineShown,
    PeriodShown,
    RebuiltShown,
    ReportShown,
)
from dialer.features.figures.reports import Reports
from dialer.features.figures.schemas import AskReport
from dialer.kit.errors import Kind, Refused
from dialer.kit.scope import Reach
from dialer.ports.store import Store
from dialer.words import FigureCompare
from dialer.zonedata import local_zone
from figures.answer import Line
from figures.catalogue import FIGURES
from figures.dimensions import DIMENSIONS, common
from figures.facts import Value
from figures.figure import Figure, facts_of
from figures.periods import Period, before, last_year, like
from figures.question import Question, QuestionError, Within

_T = TypeVar("_T")


class Asked(Struct, frozen=True, kw_only=True):
    """As it comes from people: both days belong to the period."""

    figures: Sequence[str]
    by: Sequence[str]
    first: date
    last: date
    zone: str
    where: Mapping[str, Sequence[Value]]
    compare: FigureCompare = ""


def asked(body: AskReport) -> Asked:
    """What a request asks; without a zone in that of the machine."""
    return Asked(
        figures=body.figures,
        by=body.by,
        first=body.first,
        last=body.last,
        zone=body.zone or local_zone(),
        where=body.where,
        compare=body.compare,
    )


def catalogue(terms: Mapping[str, int]) -> Catalogue:
    """Every figure and dimension. `terms`: what the site goes by."""
    return Catalogue(
        [_shown(figure, terms) for figure in FIGURES.values()],
        [
            DimensionShown(
                one.id,
                one.name.en,
                one.name.zh,
                one.part is not None,
                one.missing.en,
                one.missing.zh,
            )
            for one in DIMENSIONS.values()
        ],
    )


def _shown(figure: Figure, terms: Mapping[str, int]) -> FigureShown:
    meaning = figure.explained(terms)
    return FigureShown(
        id=figure.id,
        en=figure.name.en,
        zh=figure.name.zh,
        meaning_en=meaning.en,
        meaning_zh=meaning.zh,
        unit=figure.unit,
        better=figure.better,
        is_ratio=figure.denominator is not None,
        numerator_how=figure.numerator.how,
        numerator_in=figure.numerator.unit,
        denominator_in=None if figure.denominator is None else figure.denominator.unit,
        dimensions=common(facts_of([figure])),
    )


async def report(reports: Reports, store: Store, asked: Asked, reach: Reach) -> ReportShown:
    """Raises Refused for a question without an answer, and where none can be given now."""
    question = await question_of(store, asked, reach)
    period = Period(question.begin, question.end)
    lines = await _lines(reports, question)
    other = _compared(asked.compare, period)
    compared = None
    if other is not None:
        compared = await _lines(reports, replace(question, begin=other.begin, end=other.end))
        lines = _beside(lines, compared, asked.by, period, other)
    return ReportShown(
        figures=[*asked.figures],
        by=[*asked.by],
        zone=asked.zone,
        period=_days(period),
        lines=lines,
        compared_period=None if other is None else _days(other),
        compared=compared,
    )


async def question_of(store: Store, asked: Asked, reach: Reach) -> Question:
    """What is asked, of what the reach holds. Raises Refused where it has no answer."""
    question = Question(
        figures=tuple(asked.figures),
        by=tuple(asked.by),
        begin=asked.first,
        end=asked.last + timedelta(days=1),
        zone=asked.zone,
        where={name: tuple(values) for name, values in asked.where.items()},
        within=await within(store, reach),
    )
    return sound(question.checked)


def sound(check: Callable[[], _T]) -> _T:
    """What it checks. Raises Refused where that has no answer."""
    try:
        return check()
    except QuestionError as error:
        raise Refused(Kind.INVALID, error.slug, str(error), facts=error.facts) from error


async def answered(answer: Awaitable[_T]) -> _T:
    """Raises Refused where it cannot be given now."""
    try:
        return await answer
    except FactsError as error:
        raise Refused(Kind.NOT_NOW, error.slug, str(error), again_in_s=30) from error


async def within(store: Store, reach: Reach) -> Within | None:
    """What of all facts a reach holds; None: everything."""
    if reach.everything:
        return None
    campaigns = await store.campaigns.list(reach) if reach.waiting_calls else []
    return Within(tuple(sorted(reach.agents)), tuple(sorted(it.name for it in campaigns)))


def _compared(how: FigureCompare, period: Period) -> Period | None:
    return {"": None, "before": before(period), "last_year": last_year(period)}[how]


async def _lines(reports: Reports, question: Question) -> list[LineShown]:
    found = await answered(reports.ask(question))
    return [_line(line) for line in found.lines]


async def rebuilt(reports: Reports) -> RebuiltShown:
    """Forget all files and write them anew. Raises Refused where they cannot be written now."""
    built = await answered(reports.rebuild())
    return RebuiltShown(built.written, built.removed)


def _beside(
    lines: Sequence[LineShown],
    compared: Sequence[LineShown],
    by: Sequence[str],
    one: Period,
    other: Period,
) -> list[LineShown]:
    """Each with the cells of its like in the other period, where that has one."""
    cells = {tuple(line.keys): line.cells for line in compared}
    parts = [DIMENSIONS[name].part for name in by]
    found = []
    for line in lines:
        pairs = zip(parts, line.keys, strict=False)
        key = tuple(like(part, value, one, other) for part, value in pairs)
        found.append(replace(line, then=cells.get(key)))
    return found


def _line(line: Line) -> LineShown:
    cells = [CellShown(it.value, it.numerator, it.denominator) for it in line.cells]
    return LineShown([*line.keys], cells, None)


def _days(period: Period) -> PeriodShown:
    return PeriodShown(period.begin, period.end - timedelta(days=1))
