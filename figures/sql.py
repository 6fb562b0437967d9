"""A question as SQL: one statement for each kind of fact it needs, over tables of their names.

The dialect is DuckDB's. Whatever people write is bound as a parameter; names of columns and
constants are those of the declarations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from figures.calendar import Offsets, bucket_sql, offsets, starts_ms
from figures.dimensions import DIMENSIONS, Dimension
from figures.facts import Fact, Value
from figures.figure import facts_of
from figures.measures import Measure
from figures.question import Question, Within


class Statement(Struct, frozen=True):
    """One SELECT. Its columns: how many dimensions the row's group leaves out from the end as bits

    (`GROUPING`), the dimensions, then `measures` in order. `$1` and `$2` bound the fact's moment.
    """

    fact: Fact
    measures: Sequence[Measure]
    sql: str
    parameters: Sequence[Value]
    begin_ms: int
    end_ms: int


def statements(question: Question) -> list[Statement]:
    """What to run for a question that has been checked."""
    wanted = question.wanted()
    zone = question.place()
    begin_ms, end_ms = starts_ms(question.begin, zone), starts_ms(question.end, zone)
    ahead = offsets(zone, begin_ms, end_ms)
    found = []
    for fact in facts_of(wanted).values():
        measures = [m for figure in wanted for m in figure.measures() if m.fact is fact]
        distinct = list(dict.fromkeys(measures))
        found.append(_statement(question, fact, distinct, ahead, (begin_ms, end_ms)))
    return found


def _statement(
    question: Question,
    fact: Fact,
    measures: Sequence[Measure],
    ahead: Offsets,
    bounds: tuple[int, int],
) -> Statement:
    keys = [expression(DIMENSIONS[name], fact, ahead) for name in question.by]
    where, values = filters(question, fact, ahead, question.where.items())
    columns = [f"{key} AS k{i}" for i, key in enumerate(keys)]
    columns += [f"{m.sql(question.terms)} AS m{i}" for i, m in enumerate(measures)]
    return Statement(
        fact=fact,
        measures=measures,
        sql=(
            f"SELECT {_grouping(len(keys))}, {', '.join(columns)} FROM {fact.name} "
            f"WHERE {' AND '.join(where)}{_levels(len(keys))}"
        ),
        parameters=[*bounds, *values],
        begin_ms=bounds[0],
        end_ms=bounds[1],
    )


def expression(dimension: Dimension, fact: Fact, ahead: Offsets) -> str:
    """What a dimension is of a row."""
    if dimension.part is None:
        return dimension.column
    return bucket_sql(dimension.part, ahead.sql(fact.moment))


def filters(
    question: Question, fact: Fact, ahead: Offsets, kept: Iterable[tuple[str, Sequence[Value]]]
) -> tuple[list[str], list[Value]]:
    """The clauses of a question, and what is bound behind the period: `$3` and on.

    `kept`: dimensions, and of each the values that count.
    """
    clauses = [f"{fact.moment} >= $1", f"{fact.moment} < $2"]
    bound: list[Value] = []
    for name, values in kept:
        subject = expression(DIMENSIONS[name], fact, ahead)
        clauses.append(_one_of(subject, values, bound))
    if question.within is not None:
        clauses.append(_whose(question.within, fact, bound))
    return clauses, bound


def _one_of(subject: str, values: Sequence[Value], bound: list[Value]) -> str:
    known = [value for value in values if value is not None]
    places = ", ".join(f"${len(bound) + 3 + i}" for i in range(len(known)))
    bound += known
    parts = [f"{subject} IN ({places})"] if known else []
    parts += [f"{subject} IS NULL"] if None in values else []
    return f"({' OR '.join(parts) or 'false'})"


def _whose(within: Within, fact: Fact, bound: list[Value]) -> str:
    theirs = _one_of("agent", within.agents, bound)
    if "campaign" not in fact.columns:
        return theirs
    return f"({theirs} OR (agent IS NULL AND {_one_of('campaign', within.campaigns, bound)}))"


def _grouping(keys: int) -> str:
    named = ", ".join(f"k{i}" for i in range(keys))
    return f"GROUPING({named})" if keys else "0"


def _levels(keys: int) -> str:
    """Groups by all dimensions, by all but the last, and so on up to the whole."""
    if not keys:
        return ""
    sets = (", ".join(f"k{i}" for i in range(depth)) for depth in range(keys, -1, -1))
    return f" GROUP BY GROUPING SETS ({', '.join(f'({names})' for names in sets)})"
