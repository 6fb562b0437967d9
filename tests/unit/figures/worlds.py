"""Made-up facts and questions, and what plain Python says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta

from hypothesis import strategies as st

from figures.answer import Answer, Key, Tally, answer
from figures.calendar import bucket, offsets, starts_ms
from figures.catalogue import FIGURES
from figures.dimensions import DIMENSIONS, Dimension, common
from figures.facts import CALLS, DAY_MS, FACTS, TIMES, Fact, Kind, Row, Value, cut
from figures.figure import facts_of
from figures.question import Question, Within

#: A week in which Berlin's clocks go back.
FIRST = date(2026, 10, 20)
DAYS = 10
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia")

_moments = st.integers(
    starts_ms(FIRST, UTC),
    starts_ms(FIRST + timedelta(days=DAYS), UTC) - 1,
)
_ids = st.uuids().map(str)
_few = {
    "campaign": ("spring", "it's"),
    "list": ("a.csv", None),
    "lead": ("l1", "l2", "l3", None),
    "agent": ("rep1", "rep2", None),
    "team": ("north", None),
    "squad": ("s1", "s2", None),
    "trunk": ("t1", "t2"),
    "mode": ("auto", "manual"),
    "outcome": ("connected", "abandoned", "no_answer", "machine"),
    "answered_by": ("human", "machine", None),
    "disposition": ("sold", "none", None),
    "result_group": ("sale", "dnc", "system", None),
    "pool": ("p",),
    "state": ("ready", "talking", "wrapup", "paused"),
    "reason": ("", "lunch"),
}


@st.composite
def calls(draw: st.DrawFn) -> Row:
    row: dict[str, Value] = dict.fromkeys(CALLS.columns)
    for name, values in _few.items():
        if name in CALLS.columns:
            row[name] = draw(st.sampled_from(values))
    row["placed_ms"] = draw(_moments)
    row["ended_ms"] = draw(st.integers(0, 10**6)) + draw(_moments)
    for name in ("answered_ms", "connected_ms"):
        row[name] = draw(st.none() | _moments)
    for name in ("talk_ms", "wrapup_ms"):
        row[name] = draw(st.none() | st.integers(0, 90_000))
    row["attempt"] = draw(_ids)
    return row


@st.composite
def times(draw: st.DrawFn) -> list[Row]:
    shared = {
        name: draw(st.sampled_from(values))
        for name, values in _few.items()
        if name in TIMES.columns
    }
    began = draw(_moments)
    pieces = cut(began, began + draw(st.integers(0, 3 * 3_600_000)))
    shared["stretch"] = draw(_ids)
    return [{**shared, "began_ms": a, "ended_ms": b, "lasted_ms": b - a} for a, b in pieces]


withins = st.builds(
    Within,
    st.sets(st.sampled_from(["rep1", "rep2"])).map(tuple),
    st.sets(st.sampled_from(["spring", "it's"])).map(tuple),
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    names = draw(st.lists(st.sampled_from(sorted(FIGURES)), min_size=1, max_size=5, unique=True))
    allowed = common(facts_of(FIGURES[name] for name in names))
    by = draw(st.lists(st.sampled_from(allowed), max_size=3, unique=True))
    kept = draw(st.lists(st.sampled_from(allowed), max_size=2, unique=True))
    begin = draw(st.integers(0, DAYS - 1))
    end = draw(st.integers(begin + 1, DAYS))
    return Question(
        figures=tuple(names),
        by=tuple(by),
        begin=FIRST + timedelta(days=begin),
        end=FIRST + timedelta(days=end),
        zone=draw(st.sampled_from(ZONES)),
        where={name: _kept(draw, DIMENSIONS[name]) for name in kept},
        within=draw(st.none() | withins),
        terms={"effective_ms": draw(st.integers(0, 60_000))},
    )


def _kept(draw: st.DrawFn, dimension: Dimension) -> tuple[Value, ...]:
    if dimension.part is None:
        values: Sequence[Value] = _few.get(dimension.column, (None,))
    elif dimension.kind is Kind.WHOLE:
        values = (9, 10, 1, 2)
    else:
        values = ("2026-10-25", "2026-W43", "2026-10", "2026-Q4", "2026")
    return tuple(draw(st.lists(st.sampled_from(values), max_size=2, unique=True)))


def asked_for(question: Question, fact: Fact, rows: Sequence[Row]) -> list[tuple[Key, Row]]:
    """The rows that count, each with its values of all dimensions."""
    return [
        (tuple(_value(question, DIMENSIONS[name], fact, row) for name in question.by), row)
        for row in rows
        if _asked_for(question, fact, row)
    ]


def in_plain_python(question: Question, facts: Mapping[str, Sequence[Row]]) -> Answer:
    """The same answer, one row after the other."""
    tallies: dict[Key, Tally] = {}
    for fact in facts_of(question.wanted()).values():
        for key, row in asked_for(question, fact, facts[fact.name]):
            for depth in range(len(key) + 1):
                tally = tallies.setdefault(key[:depth], Tally(question.wanted(), question.terms))
                tally.add(fact.name, row)
    return answer(question, {key: tally.sums() for key, tally in tallies.items()})


def _asked_for(question: Question, fact: Fact, row: Row) -> bool:
    zone = question.place()
    at = row[fact.moment]
    assert isinstance(at, int)
    if not starts_ms(question.begin, zone) <= at < starts_ms(question.end, zone):
        return False
    if question.within is not None and not _is_within(question.within, row):
        return False
    return all(
        _value(question, DIMENSIONS[name], fact, row) in values
        for name, values in question.where.items()
    )


def _is_within(within: Within, row: Row) -> bool:
    if row["agent"] is None:
        return row.get("campaign") in within.campaigns
    return row["agent"] in within.agents


def _value(question: Question, dimension: Dimension, fact: Fact, row: Row) -> Value:
    if dimension.part is None:
        return row[dimension.column]
    at = row[fact.moment]
    assert isinstance(at, int)
    ahead = offsets(question.place(), at, at + 1)
    return bucket(dimension.part, ahead.local(at))


def in_order(fact: Fact, rows: Sequence[Row]) -> list[list[Value]]:
    return [[row[name] for name in fact.columns] for row in rows]


def day_of(fact: Fact, row: Row) -> int:
    at = row[fact.moment]
    assert isinstance(at, int)
    return at // DAY_MS


NOTHING: Mapping[str, Sequence[Row]] = {name: [] for name in FACTS}
