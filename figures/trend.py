"""What the coming days, weeks or months will probably come to, by the like ones before them.

Expected is the middle of the last like values (of Mondays for a Monday). Around it lies a band as
wide as past values were off what would have been expected of them then: eight of ten fell within
it. Nothing is fitted, so that whoever reads it can check it by hand; a forecast that the past says
nothing for is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles

from msgspec import Struct

#: So many like values before say what is expected, so many past misses how wide the band is.
LIKE, LEAST_MISSES = 4, 8


class Ahead(Struct, frozen=True):
    """`low` to `high`: where eight of ten will lie, if it goes on as it did."""

    low: float
    middle: float
    high: float


def ahead(past: Sequence[float | None], count: int, season: int) -> list[Ahead | None]:
    """The next `count` values of `past`; None in it is no value. `season`: after so many values
    comes a like one: 7 for days, 1 where none is like another.
    """
    misses = _misses(past, season)
    if len(misses) < LEAST_MISSES:
        return [None] * count
    tenths = quantiles(misses, n=10)
    return [_around(_expected(past, len(past) + n, season), tenths) for n in range(count)]


def _around(middle: float | None, tenths: Sequence[float]) -> Ahead | None:
    """No figure is ever below nought."""
    if middle is None:
        return None
    low, high = middle + min(0.0, tenths[0]), middle + max(0.0, tenths[-1])
    return Ahead(max(0.0, low), middle, high)


def _misses(past: Sequence[float | None], season: int) -> list[float]:
    """By how much each value was above what those before it gave reason to expect."""
    found = []
    for at, value in enumerate(past):
        expected = _expected(past[:at], at, season)
        if value is not None and expected is not None:
            found.append(value - expected)
    return found


def _expected(past: Sequence[float | None], at: int, season: int) -> float | None:
    """Of the value at place `at`, which may lie behind the end of `past`."""
    newest = at - season * -(-(at - len(past) + 1) // season) if at >= len(past) else at - season
    like = (past[it] for it in range(newest, -1, -season))
    known = [it for it in like if it is not None][:LIKE]
    return median(known) if len(known) > 1 else None
