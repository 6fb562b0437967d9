"""Windows by weekday and date, at the campaign's own wall clock, also when clocks change."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dialer.settings.schedule import (
    ScheduleSettings,
    is_open,
    last_boundary,
    next_boundary,
)
from dialer.zonedata import zone_named

BERLIN = ScheduleSettings(
    timezone="Europe/Berlin",
    weekdays={"mon": ("9:00-12:00", "13:00-17:00"), "tue": ("9:00-24:00",), "wed": ("0:00-2:00",)},
    dates={"2026-12-21": (), "2026-12-25": ("10:00-11:00",)},
)


def at(text: str, zone: str = "Europe/Berlin") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone_named(zone)).timestamp()


@pytest.mark.parametrize(
    ("when", "opened", "last", "following"),
    [
        # 2026-11-23 is a Monday.
        ("2026-11-23T08:59", False, "2026-11-18T02:00", "2026-11-23T09:00"),
        ("2026-11-23T09:00", True, "2026-11-23T09:00", "2026-11-23T12:00"),
        ("2026-11-23T12:30", False, "2026-11-23T12:00", "2026-11-23T13:00"),
        ("2026-11-24T23:59", True, "2026-11-24T09:00", "2026-11-25T02:00"),
        ("2026-11-25T00:00", True, "2026-11-24T09:00", "2026-11-25T02:00"),
        ("2026-12-21T10:00", False, "2026-12-16T02:00", "2026-12-22T09:00"),
        ("2026-12-25T10:30", True, "2026-12-25T10:00", "2026-12-25T11:00"),
    ],
)
def test_it_is_open_in_its_windows_and_knows_its_boundaries(
    when: str, opened: bool, last: str, following: str
) -> None:
    assert is_open(BERLIN, at(when), "UTC") is opened
    assert last_boundary(BERLIN, at(when), "UTC") == at(last)
    assert next_boundary(BERLIN, at(when), "UTC") == at(following)


def test_without_a_zone_it_goes_by_the_machines() -> None:
    schedule = ScheduleSettings(weekdays={"mon": ("9:00-10:00",)})

    assert is_open(schedule, at("2026-11-23T09:30", "Asia/Shanghai"), "Asia/Shanghai")
    assert not is_open(schedule, at("2026-11-23T09:30", "Asia/Shanghai"), "UTC")


@pytest.mark.parametrize(("start", "hours"), [("2026-03-29T01:30", 3.0), ("2026-10-25T01:30", 5.0)])
def test_a_window_over_the_change_of_clocks_ends_by_the_clock_on_the_wall(
    start: str, hours: float
) -> None:
    """Berlin goes from 2:00 to 3:00 in March and back in October: 1:30 to 5:30 is 3 h or 5 h."""
    schedule = ScheduleSettings(timezone="Europe/Berlin", weekdays={"sun": ("1:30-5:30",)})

    end = next_boundary(schedule, at(start), "UTC")

    assert end is not None
    assert (end - at(start)) / 3600 == hours


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"weekdays": {"mon": ("9-12",)}}, "span of a day"),
        ({"weekdays": {"mon": ("12:00-9:00",)}}, "must be later than"),
        ({"weekdays": {"mon": ("9:00-12:00", "11:00-13:00")}}, "must not overlap"),
        ({"weekdays": {"monday": ("9:00-12:00",)}}, "mon"),
        ({"dates": {"24.12.2026": ()}}, "must be a date"),
        ({"dates": {"2026-02-30": ()}}, "must be a date"),
        ({"timezone": "Mars/Olympus"}, "must be a time zone"),
        ({"timezone": "EST"}, "must be a time zone"),
        ({"timezone": "localtime"}, "must be a time zone"),
    ],
)
def test_what_cannot_be_is_said(fields: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        ScheduleSettings(**fields)


def test_no_windows_and_switched_off_are_not_followed() -> None:
    assert not ScheduleSettings().is_followed
    assert not ScheduleSettings(dates={"2026-12-24": ()}).is_followed
    assert not BERLIN.model_copy(update={"on": False}).is_followed
    assert next_boundary(ScheduleSettings(), 0.0, "UTC") is None
    assert last_boundary(ScheduleSettings(), 1e9, "UTC") == 0.0


@given(st.integers(0, 366 * 24 * 60))
def test_between_two_boundaries_nothing_opens_or_closes(minute: int) -> None:
    now = at("2026-01-01T00:00") + minute * 60.0 + 1.0
    following = next_boundary(BERLIN, now, "UTC")
    last = last_boundary(BERLIN, now, "UTC")

    assert following is not None
    assert last <= now < following
    opened = is_open(BERLIN, now, "UTC")
    assert is_open(BERLIN, max(last, now - 86_400), "UTC") is opened
    assert is_open(BERLIN, following - 0.5, "UTC") is opened
    assert is_open(BERLIN, following, "UTC") is not opened
