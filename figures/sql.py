"""A question as SQL: one statement for each kind of fact it needs, over tables of their names.

The dialect is DuckDB's. Whatever people write is bound as a parameter; names of columns and
constants are those of the declarations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from figures.calendar import Offsets, bucket_sql, key_sql, named_sql, offsets, starts_ms
from figures.dimensions import DIMENSIONS, Dimension
from figures.facts import Fact, Value
from figures.figure import facts_of
from figures.measures import How, Measure
from figures.question import Question, Within


class Statement(Struct, frozen=True):
    """One SELECT. Its columns: how many dimensions the row's group leaves out from the end as bits

    (`GROUPING`), the dimensions, then `measures` in order. `$1` and `$2` bound the fact's moment.
    """

    fact: Fact
    measures: Sequence[Measure]
    sql: str
    parameters: Sequence[Value]


def statements(question: Question) -> list[Statement]:
    """What to run for a question that has been checked."""
    wanted = question.wanted()
    found = []
    for fact in facts_of(wanted).values():
        measures = [m for figure in wanted for m in figure.measures() if m.fact is fact]
        every = list(dict.fromkeys(measures))
        apart = [m for m in every if m.how is How.DISTINCT and question.by]
        found.append(_statement(question, fact, [m for m in every if m not in apart]))
        found += [_different(question, m) for m in apart]
    return found


def _statement(question: Question, fact: Fact, measures: Sequence[Measure]) -> Statement:
    keys, where, parameters = _parts(question, fact)
    found = [f"{m.sql(question.terms)} AS m{i}" for i, m in enumerate(measures)]
    grouped = (
        f"SELECT {', '.join([f'{_grouping(len(keys))} AS bits', *keys, *found])} "
        f"FROM {fact.name} WHERE {where}{_levels(len(keys))}"
    )
    shown = ["bits", *_shown(question), *(f"m{i}" for i in range(len(measures)))]
    sql = f"SELECT {', '.join(shown)} FROM ({grouped})"
    return Statement(fact=fact, measures=measures, sql=sql, parameters=parameters)


def _different(question: Question, measure: Measure) -> Statement:
    """How many different ones each group has, without a look at every row for each level: those of
    a group are the different ones among those of its parts.
    """
    keys, where, parameters = _parts(question, measure.fact)
    depth = len(keys)
    first = (
        f"SELECT DISTINCT {', '.join(keys)}, {measure.column} AS v FROM {measure.fact.name} "
        f"WHERE {where} AND {measure.where.sql(question.terms)} AND {measure.column} IS NOT NULL"
    )
    tables = [f"d{depth} AS MATERIALIZED ({first})"]
    for level in range(depth - 1, -1, -1):
        kept = ", ".join([*_names(level), "v"])
        tables.append(f"d{level} AS MATERIALIZED (SELECT DISTINCT {kept} FROM d{level + 1})")
    shown = _shown(question)
    counts = " UNION ALL ".join(_counted(shown, level) for level in range(depth, -1, -1))
    sql = f"WITH {', '.join(tables)} {counts}"
    return Statement(fact=measure.fact, measures=[measure], sql=sql, parameters=parameters)


def _counted(shown: Sequence[str], level: int) -> str:
    """With the bits that `GROUPING` would have."""
    without = len(shown) - level
    columns = [str((1 << without) - 1), *shown[:level], *["NULL"] * without, "count(*)"]
    grouped = f" GROUP BY {', '.join(_names(level))}" if level else ""
    return f"SELECT {', '.join(columns)} FROM d{level}{grouped}"


def _names(count: int) -> list[str]:
    return [f"k{i}" for i in range(count)]


def _parts(question: Question, fact: Fact) -> tuple[list[str], str, list[Value]]:
    """What rows are grouped by as columns, what they must meet, and all that is bound."""
    zone = question.place()
    bounds = starts_ms(question.begin, zone), starts_ms(question.end, zone)
    ahead = offsets(zone, *bounds)
    where, values = filters(question, fact, ahead, question.where.items())
    keys = (_key(DIMENSIONS[name], fact, ahead) for name in question.by)
    columns = [f"{key} AS k{i}" for i, key in enumerate(keys)]
    return columns, " AND ".join(where), [*bounds, *values]


def _key(dimension: Dimension, fact: Fact, ahead: Offsets) -> str:
    if dimension.part is None:
        return dimension.column
    return key_sql(dimension.part, ahead.sql(fact.moment))


def _shown(question: Question) -> list[str]:
    """The dimensions, of what rows were grouped by."""
    parts = [DIMENSIONS[name].part for name in question.by]
    return [f"k{i}" if part is None else named_sql(part, f"k{i}") for i, part in enumerate(parts)]


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
