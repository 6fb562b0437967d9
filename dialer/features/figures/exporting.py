"""A report as a file: typed columns under the reader's own headings, and what it is a report of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

from msgspec import Struct

from dialer.features.figures.records import CellShown, LineShown, PeriodShown, ReportShown
from dialer.features.figures.schemas import ExportReport
from dialer.kit.sheets import Cell, Heading, Kind, Sheet
from dialer.words import FigureUnit
from figures.catalogue import FIGURES
from figures.dimensions import DIMENSIONS
from figures.figure import Figure, Words
from figures.measures import Measure

PORTION = 1000
_KINDS: dict[FigureUnit, Kind] = {
    FigureUnit.COUNT: "whole",
    FigureUnit.RATE: "share",
    FigureUnit.SECONDS: "seconds",
}
_SAYS = {
    "days": Words("Days", "日期"),
    "zone": Words("Time zone", "时区"),
    "compared": Words("Compared with", "对比日期"),
    "filter": Words("Filter", "筛选"),
    "all": Words("everything in reach", "权限范围内全部数据"),
    "numerator": Words("numerator", "分子"),
    "denominator": Words("denominator", "分母"),
    "then": Words("compared", "对比值"),
    "about": Words("About", "说明"),
    "report": Words("Report", "报表"),
    "to": Words("to", "至"),
}


class _Column(Struct, frozen=True):
    """A heading, and what of a line stands below it."""

    heading: Heading
    read: Callable[[LineShown], Cell]


def sheet_and_rows(
    report: ReportShown, asked: ExportReport
) -> tuple[Sheet, AsyncIterator[Sequence[Sequence[Cell]]]]:
    """The groups of all dimensions; the whole where it is told apart by none."""
    said = _Said(asked)
    columns = [*_dimensions(report, said), *_figures(report, said)]
    lines = [it for it in report.lines if len(it.keys) == len(report.by)]
    sheet = Sheet(
        title=asked.title or said("report"),
        columns=tuple(it.heading for it in columns),
        zone=report.zone,
        about=tuple(_about(report, said)),
        about_title=said("about"),
    )
    return sheet, _portions(lines, columns)


async def _portions(
    lines: Sequence[LineShown], columns: Sequence[_Column]
) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    for start in range(0, len(lines), PORTION):
        yield [[it.read(line) for it in columns] for line in lines[start : start + PORTION]]


class _Said:
    """In the reader's language."""

    def __init__(self, asked: ExportReport) -> None:
        self.asked = asked
        self._language = "zh" if asked.language.startswith("zh") else "en"

    def __call__(self, word: str) -> str:
        return self.words(_SAYS[word])

    def words(self, words: Words) -> str:
        return words.zh if self._language == "zh" else words.en

    def key(self, dimension: str, value: Cell) -> Cell:
        """Numbers stay numbers where nobody has a word for them."""
        if value is None or value == "":
            return self.words(DIMENSIONS[dimension].missing)
        return self.asked.words.get(dimension, {}).get(str(value), value)

    def days(self, period: PeriodShown) -> str:
        return f"{period.first} {self('to')} {period.last}"


def _dimensions(report: ReportShown, said: _Said) -> list[_Column]:
    def column(at: int, name: str) -> _Column:
        title = said.words(DIMENSIONS[name].name)
        return _Column(Heading(title), lambda line: said.key(name, line.keys[at]))

    return [column(at, name) for at, name in enumerate(report.by)]


def _figures(report: ReportShown, said: _Said) -> list[_Column]:
    return [
        column
        for at, name in enumerate(report.figures)
        for column in _of_figure(report, FIGURES[name], at, said)
    ]


def _of_figure(report: ReportShown, figure: Figure, at: int, said: _Said) -> list[_Column]:
    title, kind = said.words(figure.name), _KINDS.get(figure.unit, "number")
    found = [_Column(Heading(title, kind), lambda line: line.cells[at].value)]
    if report.compared is not None:
        heading = Heading(f"{title} ({said('then')})", kind)
        found.append(_Column(heading, lambda line: line.then[at].value if line.then else None))
    if said.asked.parts:
        found += _parts(figure, title, at, said)
    return found


def _parts(figure: Figure, title: str, at: int, said: _Said) -> list[_Column]:
    """Times in seconds, as everywhere outside the facts."""
    of: list[tuple[str, Measure, Callable[[CellShown], int | None]]] = [
        ("numerator", figure.numerator, lambda cell: cell.numerator)
    ]
    if figure.denominator is not None:
        of.append(("denominator", figure.denominator, lambda cell: cell.denominator))

    def column(word: str, measure: Measure, part: Callable[[CellShown], int | None]) -> _Column:
        is_time = measure.unit is FigureUnit.SECONDS
        heading = Heading(f"{title} ({said(word)})", "seconds" if is_time else "whole")

        def read(line: LineShown) -> Cell:
            value = part(line.cells[at])
            return value / 1000 if is_time and value is not None else value

        return _Column(heading, read)

    return [column(*it) for it in of]


def _about(report: ReportShown, said: _Said) -> list[tuple[str, str]]:
    """Days, zone, filter, and how each figure is made."""
    found = [(said("days"), said.days(report.period)), (said("zone"), report.zone)]
    if report.compared_period is not None:
        found.append((said("compared"), said.days(report.compared_period)))
    kept = [
        f"{said.words(DIMENSIONS[name].name)} = "
        + ", ".join(str(said.key(name, value)) for value in values)
        for name, values in said.asked.where.items()
    ]
    found.append((said("filter"), "; ".join(kept) or said("all")))
    for name in report.figures:
        figure = FIGURES[name]
        found.append((said.words(figure.name), said.words(figure.meaning)))
    return found
