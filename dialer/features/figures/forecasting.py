"""How figures will probably go on: asked of the days before today, whatever the report shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from dialer.features.figures.records import AheadShown, ForecastShown
from dialer.features.figures.reports import Reports
from dialer.features.figures.service import Asked, answered, question_of
from dialer.kit.errors import bad_request
from dialer.kit.scope import Reach
from dialer.ports.store import Store
from dialer.zonedata import zone_named
from figures.answer import Cell
from figures.calendar import bucket
from figures.dimensions import Part
from figures.facts import DAY_MS
from figures.figure import Figure
from figures.periods import days_named
from figures.trend import Ahead, ahead


class _Pace(Struct, frozen=True):
    """How far is looked back and ahead, and after how many there is a like one."""

    back_days: int
    count: int
    season: int


_PACES: Mapping[str, _Pace] = {
    Part.DAY: _Pace(84, 14, 7),
    Part.WEEK: _Pace(26 * 7, 8, 1),
    Part.MONTH: _Pace(730, 6, 1),
}


async def forecast(
    reports: Reports, store: Store, asked: Asked, reach: Reach, now: float
) -> ForecastShown:
    """Raises Refused where nothing is told apart by days, weeks or months alone."""
    pace = _PACES.get(asked.by[0]) if len(asked.by) == 1 else None
    if pace is None:
        raise bad_request("forecast-by", "a forecast is by day, week or month alone")
    part = Part(asked.by[0])
    today = datetime.fromtimestamp(now, zone_named(asked.zone)).date()
    end = _begin_of(part, min(today, asked.last + timedelta(days=1)))
    begin = _begin_of(part, end - timedelta(days=pace.back_days))
    past = replace(asked, first=begin, last=end - timedelta(days=1), compare="")
    question = await question_of(store, past, reach)
    found = await answered(reports.ask(question))
    cells = {line.keys[0]: line.cells for line in found.lines if line.keys}
    names = list(_names(part, begin, end))
    names = names[next((n for n, it in enumerate(names) if it in cells), len(names)) :]
    bands = [
        ahead([_value(figure, cells.get(it), n) for it in names], pace.count, pace.season)
        for n, figure in enumerate(question.wanted())
    ]
    return ForecastShown(
        figures=[*asked.figures],
        by=part.value,
        steps=[
            AheadShown(name, [_shown(band[n]) for band in bands])
            for n, name in enumerate(_following(part, end, pace.count))
        ],
    )


def _value(figure: Figure, cells: Sequence[Cell] | None, place: int) -> float | None:
    """A day without rows counts nought; of nothing there is no rate."""
    if cells is None:
        return 0.0 if figure.denominator is None else None
    return cells[place].value


def _shown(it: Ahead | None) -> list[float] | None:
    return None if it is None else [it.low, it.middle, it.high]


def _names(part: Part, begin: date, end: date) -> Iterator[str]:
    """The buckets of these days, each once."""
    last = None
    for n in range((end - begin).days):
        name = str(bucket(part, (begin + timedelta(days=n) - date(1970, 1, 1)).days * DAY_MS))
        if name != last:
            yield (last := name)


def _following(part: Part, end: date, count: int) -> list[str]:
    found: list[str] = []
    for name in _names(part, end, end + timedelta(days=32 * count)):
        found.append(name)
        if len(found) == count:
            break
    return found


def _begin_of(part: Part, day: date) -> date:
    """Of the day's bucket: one that is not over yet says nothing."""
    name = bucket(part, (day - date(1970, 1, 1)).days * DAY_MS)
    named = days_named(part, name)
    assert named is not None
    return named.begin
