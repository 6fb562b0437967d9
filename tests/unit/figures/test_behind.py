"""From every number down to its rows: as many, as much and as different as the number says."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from figures.answer import Line
from figures.base import FigureBase, Source
from figures.behind import Behind, Rows
from figures.catalogue import FIGURES
from figures.dimensions import Part
from figures.facts import FACTS, Row, Value
from figures.measures import How
from figures.periods import Period, before, days_named, last_year, like
from figures.question import Question, QuestionError
from figures.rows import columns
from tests.unit.figures.worlds import FIRST, asked_for, calls, in_order, questions, times

BASE = FigureBase(Path(tempfile.gettempdir()))


def sources_of(rows: dict[str, list[Row]]) -> dict[str, Source]:
    return {
        name: Source([], columns(FACTS[name], in_order(FACTS[name], its)))
        for name, its in rows.items()
    }


def all_pages(behind: Behind, source: Source) -> tuple[Rows, list[Sequence[Value]]]:
    """The first page, and the rows of every one."""
    first = found = BASE.behind(behind.checked(), source)
    rows = [*found.rows]
    while found.next is not None:
        further = Behind(
            question=behind.question,
            figure=behind.figure,
            keys=behind.keys,
            below=found.next,
            limit=behind.limit,
        )
        found = BASE.behind(further.checked(), source)
        rows += found.rows
    return first, rows


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    question=questions(),
    some_calls=st.lists(calls(), max_size=20, unique_by=lambda row: row["attempt"]),
    some_times=st.lists(times(), max_size=4),
    limit=st.integers(1, 7),
    data=st.data(),
)
def test_the_rows_behind_any_number_make_it(
    question: Question,
    some_calls: list[Row],
    some_times: list[list[Row]],
    limit: int,
    data: st.DataObject,
) -> None:
    facts = {"calls": some_calls, "times": [piece for one in some_times for piece in one]}
    sources = sources_of(facts)
    line: Line = data.draw(st.sampled_from(BASE.ask(question.checked(), sources).lines))
    n = data.draw(st.integers(0, len(question.figures) - 1))
    behind = Behind(question=question, figure=question.figures[n], keys=line.keys, limit=limit)
    fact = behind.measure.fact
    first, rows = all_pages(behind, sources[fact.name])

    assert first.total == line.cells[n].numerator
    assert first.count == len(rows) == len({tuple(row) for row in rows})
    made = expected(behind, facts[fact.name])
    assert sorted(map(str, rows)) == sorted(map(str, map(tuple, in_order(fact, made))))
    places = [list(fact.columns).index(name) for name in (fact.moment, fact.key)]
    order = [tuple(row[place] for place in places) for row in rows]
    assert order == sorted(order, reverse=True)  # type: ignore[type-var]
    assert made_of(behind, made) == first.total


def expected(behind: Behind, rows: Sequence[Row]) -> list[Row]:
    """By the measure's condition alone, in plain Python."""
    measure, keys = behind.measure, behind.keys
    return [
        row
        for key, row in asked_for(behind.question, measure.fact, rows)
        if key[: len(keys)] == keys
        and measure.where.holds(row, behind.question.terms)
        and (not measure.column or row[measure.column] is not None)
    ]


def made_of(behind: Behind, rows: Sequence[Row]) -> int | None:
    """The number, counted by hand."""
    how, column = behind.measure.how, behind.measure.column
    values = sorted(row[column] for row in rows) if column else []  # type: ignore[type-var]
    if how is How.COUNT:
        return len(rows)
    if how is How.DISTINCT:
        return len(set(values))
    if how is How.SUM:
        return sum(values)  # type: ignore[arg-type]
    tenths = {How.MEDIAN: 5, How.P90: 9}[how]
    return values[-(-len(values) * tenths // 10) - 1] if values else None  # type: ignore[return-value]


def whole_year(**of: object) -> Question:
    asked = {"figures": ("dials",), "begin": date(2026, 1, 1), "end": date(2027, 1, 1)}
    return Question(**{**asked, "zone": "UTC", **of})  # type: ignore[arg-type]


def test_no_more_days_are_read_than_a_group_has() -> None:
    behind = Behind(question=whole_year(by=("month", "day")), figure="dials", keys=("2026-10",))
    narrow = Behind(
        question=behind.question, figure="dials", keys=("2026-10", "2026-10-25")
    ).checked()

    assert behind.checked().question.end == date(2026, 11, 1)
    assert (narrow.question.begin, narrow.question.end) == (date(2026, 10, 25), date(2026, 10, 26))


def test_a_group_outside_the_period_has_no_rows() -> None:
    behind = Behind(question=whole_year(by=("year",)), figure="dials", keys=("1999",))

    assert BASE.behind(behind.checked(), sources_of({"calls": []})["calls"]).count == 0


@pytest.mark.parametrize(
    ("part", "name", "days"),
    [
        (Part.DAY, "2026-02-28", Period(date(2026, 2, 28), date(2026, 3, 1))),
        (Part.WEEK, "2026-W53", Period(date(2026, 12, 28), date(2027, 1, 4))),
        (Part.MONTH, "2026-12", Period(date(2026, 12, 1), date(2027, 1, 1))),
        (Part.QUARTER, "2026-Q4", Period(date(2026, 10, 1), date(2027, 1, 1))),
        (Part.YEAR, "2026", Period(date(2026, 1, 1), date(2027, 1, 1))),
        (Part.HOUR, 9, None),
        (Part.DAY, "tomorrow", None),
        (Part.WEEK, "2026", None),
        (None, "spring", None),
    ],
)
def test_a_bucket_of_days_is_those_days(
    part: Part | None, name: str | int, days: Period | None
) -> None:
    assert days_named(part, name) == days


@pytest.mark.parametrize(
    ("wrong", "slug"),
    [
        ({"figure": "sales_calls"}, "unknown-figure"),
        ({"figure": "dials", "keys": ("a", "b")}, "keys-number"),
        ({"figure": "dials", "keys": ("nine",)}, "not-a-value"),
    ],
)
def test_what_cannot_be_gone_down_into_says_why(wrong: dict[str, object], slug: str) -> None:
    with pytest.raises(QuestionError) as raised:
        Behind(question=whole_year(by=("hour",)), **wrong).checked()  # type: ignore[arg-type]
    assert raised.value.slug == slug


def test_every_figure_has_rows() -> None:
    for name in FIGURES:
        question = whole_year(figures=(name,))
        behind = Behind(question=question, figure=name).checked()
        fact = behind.measure.fact.name
        assert BASE.behind(behind, sources_of({fact: []})[fact]).count == 0
        assert question.begin <= FIRST


NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


@pytest.mark.parametrize(
    ("part", "value", "other", "is_like"),
    [
        (Part.DAY, "2026-11-05", before(NOVEMBER), "2026-10-05"),
        (Part.DAY, "2026-11-30", last_year(NOVEMBER), "2025-11-30"),
        (Part.WEEK, "2026-W45", last_year(NOVEMBER), "2025-W45"),
        (Part.MONTH, "2026-11", before(NOVEMBER), "2026-10"),
        (Part.QUARTER, "2026-Q4", last_year(NOVEMBER), "2025-Q4"),
        (Part.YEAR, "2026", last_year(NOVEMBER), "2025"),
        (Part.YEAR, "2026", before(NOVEMBER), "2026"),
        (Part.WEEKDAY, 3, before(NOVEMBER), 3),
        (None, "spring", before(NOVEMBER), "spring"),
        (Part.DAY, None, before(NOVEMBER), None),
    ],
)
def test_what_a_group_is_compared_with(
    part: Part | None, value: Value, other: Period, is_like: Value
) -> None:
    assert like(part, value, NOVEMBER, other) == is_like


@given(begin=st.dates(date(2020, 1, 1), date(2030, 1, 1)), days=st.integers(1, 400))
def test_every_day_is_compared_with_one_of_its_own(begin: date, days: int) -> None:
    one = Period(begin, begin + timedelta(days=days))
    for other in (before(one), last_year(one)):
        names = [like(Part.DAY, str(begin + timedelta(days=i)), one, other) for i in range(days)]
        assert names[0] == str(other.begin)
        assert len(set(names)) == days
