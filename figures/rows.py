"""Rows of a fact as columns: what a store hands over, and what an engine is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.facts import Fact, Kind, Value

#: By column, all of one length. Whole numbers are masked where nothing is known.
Columns = Mapping[str, NDArray[Any]]


def columns(fact: Fact, rows: Sequence[Sequence[Value]]) -> Columns:
    """`rows` have the fact's columns in order."""
    parts: Sequence[Sequence[Value]] = list(zip(*rows, strict=True)) or [()] * len(fact.columns)
    named = zip(fact.columns.items(), parts, strict=True)
    return {name: _column(kind, part) for (name, kind), part in named}


def _column(kind: Kind, values: Sequence[Value]) -> NDArray[Any]:
    if kind is Kind.TEXT:
        return np.array(values, dtype=object)
    unknown = np.array([value is None for value in values], dtype=bool)
    known = [0 if value is None else value for value in values]
    return np.ma.masked_array(np.array(known, dtype=np.int64), mask=unknown)
