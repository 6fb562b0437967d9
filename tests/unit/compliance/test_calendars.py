"""Festivals are whole, calendars are those of countries, and how far they are known is said."""

from __future__ import annotations

from datetime import date

import pytest

from dialer.compliance.calendars import announced_until, calendar_of, is_holiday

#: The State Council's notice for 2026: first and last day off of each festival.
OFF_IN_2026 = [
    ((1, 1), (1, 3)), ((2, 15), (2, 23)), ((4, 4), (4, 6)), ((5, 1), (5, 5)), ((6, 19), (6, 21)),
    ((9, 25), (9, 27)), ((10, 1), (10, 7)),
]  # fmt: skip
WORKED_IN_2026 = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]


def test_chinas_festivals_of_2026_are_whole_and_nothing_else_is() -> None:
    days = [date.fromordinal(n) for n in range(date(2026, 1, 1).toordinal(), 740_000)]
    of_2026 = [day for day in days if day.year == 2026]
    expected = {
        day
        for first, last in OFF_IN_2026
        for day in of_2026
        if date(2026, *first) <= day <= date(2026, *last)
    }

    assert {day for day in of_2026 if is_holiday("CN", day)} == expected
    assert not expected & {date(2026, *day) for day in WORKED_IN_2026}


def test_a_weekend_beside_a_holiday_elsewhere_is_no_holiday() -> None:
    assert is_holiday("DE", date(2026, 4, 3))
    assert not is_holiday("DE", date(2026, 4, 4))  # the Saturday before Easter is worked on
    assert not is_holiday("US", date(2026, 7, 5))


def test_a_weekend_between_moved_holidays_belongs_to_the_festival() -> None:
    tet = [date(2026, 2, day) for day in range(14, 23)]

    assert all(is_holiday("VN", day) for day in tet)


@pytest.mark.parametrize("place", ["UK", "NYSE", "DEU", "de", "TEXAS", ""])
def test_what_is_no_country_has_no_calendar(place: str) -> None:
    with pytest.raises(ValueError, match="GB-ENG"):
        calendar_of(place)


def test_an_unknown_part_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"parts of DE are .*BY"):
        calendar_of("DE-XX")


def test_how_far_moved_holidays_are_known_is_said_where_a_country_moves_any() -> None:
    assert announced_until("DE") is None
    assert (announced_until("CN") or 0) >= 2026
