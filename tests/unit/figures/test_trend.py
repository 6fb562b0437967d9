"""How figures will probably go on: by like days, with a band that the past has earned."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from figures.trend import LEAST_MISSES, Ahead, ahead

WEEK: list[float | None] = [10, 20, 30, 40, 50, 5, None]
VALUES = st.lists(st.none() | st.floats(0, 1e6), max_size=120)


def test_a_week_that_never_changes_goes_on_so_and_a_closed_day_has_none() -> None:
    found = ahead(WEEK * 6, 9, 7)

    assert found[:2] == [Ahead(10, 10, 10), Ahead(20, 20, 20)]
    assert found[6] is None
    assert found[7] == found[0]


def test_one_odd_day_moves_nothing() -> None:
    weeks = WEEK * 6
    weeks[-7] = 900.0  # a Monday of an election

    first = ahead(weeks, 1, 7)[0]
    assert first is not None
    assert first.middle == 10


def test_what_was_off_by_much_is_told_in_a_wide_band() -> None:
    calm, wild = ([50 + (at * 37 % 11 - 5) * swing for at in range(40)] for swing in (1, 8))
    bands = [ahead(past, 1, 1)[0] for past in (calm, wild)]

    assert bands[0] is not None
    assert bands[1] is not None
    assert bands[1].high - bands[1].low > 4 * (bands[0].high - bands[0].low)


def test_eight_of_ten_of_the_past_lay_within_the_band() -> None:
    chance = Random(1)
    past = [100 + 100 * chance.random() for _ in range(200)]
    band = ahead(past, 1, 1)[0]
    assert band is not None
    width = (band.low - band.middle, band.high - band.middle)
    middles = [sorted(past[at - 4 : at])[1:3] for at in range(4, 200)]
    misses = [past[at + 4] - sum(two) / 2 for at, two in enumerate(middles)]
    inside = sum(width[0] <= miss <= width[1] for miss in misses) / len(misses)

    assert 0.77 <= inside <= 0.83


@given(VALUES, st.integers(0, 30), st.sampled_from([1, 7]))
def test_a_band_is_in_order_and_never_below_nought(
    past: list[float | None], count: int, season: int
) -> None:
    found = ahead(past, count, season)

    assert len(found) == count
    for it in found:
        assert it is None or 0 <= it.low <= it.middle <= it.high


@given(st.lists(st.floats(0, 1e6), max_size=LEAST_MISSES))
def test_of_too_little_nothing_is_said(past: list[float]) -> None:
    assert ahead(past, 3, 1) == [None] * 3
