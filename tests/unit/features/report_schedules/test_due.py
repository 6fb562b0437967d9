"""When a report is due: by the clock of its zone, each day once, also where clocks are changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.features.report_schedules.records import ReportSchedule
from dialer.features.report_schedules.rules import faults, is_day, is_open, last_due
from dialer.zonedata import zone_named

WHO = {"created_at": 1.0, "created_by": "anna", "changed_at": 1.0, "changed_by": "anna"}
BERLIN, SHANGHAI = "Europe/Berlin", "Asia/Shanghai"


def schedule(**fields: Any) -> ReportSchedule:
    said = {"view": "v1", "recipients": ("anna",), "zone": BERLIN, **fields}
    return ReportSchedule(id="s1", version=1, **WHO, **said)


def at(text: str, zone: str = BERLIN, fold: int = 0) -> float:
    moment = datetime.fromisoformat(text).replace(tzinfo=zone_named(zone), fold=fold)
    return moment.timestamp()


def stepped(of: ReportSchedule, since: float, until: float, step_s: float) -> list[float]:
    """The due times that a pass sees, whenever it looks: each that was not there before."""
    seen: list[float] = []
    now = since
    while now <= until:
        due = last_due(of, now)
        if due is not None and due >= since and due not in seen:
            seen.append(due)
        now += step_s
    return seen


def test_a_daily_one_is_due_at_its_hour_in_its_zone() -> None:
    daily = schedule(hour=8, zone=SHANGHAI)
    assert last_due(daily, at("2026-12-01T07:59:59", SHANGHAI)) == at("2026-11-30T08:00", SHANGHAI)
    assert last_due(daily, at("2026-12-01T08:00", SHANGHAI)) == at("2026-12-01T08:00", SHANGHAI)


def test_where_the_hour_is_skipped_it_is_due_once_after_the_gap() -> None:
    # On 29 March 2026 clocks in Berlin go from 2:00 to 3:00.
    seen = stepped(schedule(hour=2), at("2026-03-28T12:00"), at("2026-03-30T12:00"), 600)
    assert seen == [at("2026-03-29T03:00"), at("2026-03-30T02:00")]


def test_where_the_hour_comes_twice_it_is_due_the_first_time_only() -> None:
    # On 25 October 2026 clocks in Berlin go from 3:00 back to 2:00.
    seen = stepped(schedule(hour=2), at("2026-10-24T12:00"), at("2026-10-26T12:00"), 600)
    assert seen == [at("2026-10-25T02:00", fold=0), at("2026-10-26T02:00")]
    assert seen[0] != at("2026-10-25T02:00", fold=1)


@pytest.mark.parametrize(
    ("day", "is_due"),
    [("2026-01-31", True), ("2026-02-28", True), ("2026-02-27", False), ("2028-02-28", False),
     ("2028-02-29", True), ("2026-04-30", True), ("2026-05-30", False)],
)  # fmt: skip
def test_a_day_that_a_month_has_not_is_its_last(day: str, is_due: bool) -> None:
    assert is_day(schedule(every="month", month_day=31), date.fromisoformat(day)) is is_due


def test_a_weekly_one_is_due_on_its_days() -> None:
    weekly = schedule(every="week", weekdays=(1, 5))
    days = [date(2026, 11, 30) + timedelta(days=n) for n in range(7)]
    assert [it.day for it in days if is_day(weekly, it)] == [30, 4]


@given(
    zone=st.sampled_from([BERLIN, SHANGHAI, "America/New_York", "Australia/Lord_Howe", "UTC",
                          "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo"]),
    hour=st.integers(0, 23),
    start=st.dates(date(2011, 1, 1), date(2030, 12, 1)),
    step_s=st.sampled_from([30.0, 611.0, 3600.0, 40_000.0]),
    every=st.sampled_from(["day", "week", "month"]),
)  # fmt: skip
def test_a_stepped_clock_sees_each_day_once_and_never_before_its_time(
    zone: str, hour: int, start: date, step_s: float, every: Any
) -> None:
    of = schedule(zone=zone, hour=hour, every=every, weekdays=(2, 7), month_day=31)
    since = datetime.combine(start, datetime.min.time(), zone_named(zone)).timestamp()
    until = since + (3 if step_s < 600 else 40) * 86_400
    seen = stepped(of, since, until, step_s)

    assert seen == sorted(seen)
    days = [datetime.fromtimestamp(it, zone_named(zone)).date() for it in seen]
    assert len(set(days)) == len(days)
    there = [start + timedelta(days=n) for n in range((days[-1] - start).days + 1 if days else 0)]
    skipped = {it for it in there if is_day(of, it)} - set(days)
    # Samoa has left a whole day out: what is due on it has no moment of its own.
    assert skipped <= {date(2011, 12, 30)}


def test_a_change_counts_from_the_next_due_time_on() -> None:
    due = at("2026-12-01T08:00")
    assert is_open(schedule(), due)
    assert not is_open(schedule(on=False), due)
    for field in ("changed_at", "archived_at"):
        said = {**WHO, field: due + 60}
        of = ReportSchedule(id="s1", version=1, view="v1", recipients=(), **said)
        assert not is_open(of, due)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"zone": "Mars/Olympus"}, [("zone", "unknown-zone")]),
        ({"every": "week", "weekdays": ()}, [("weekdays", "required")]),
        ({"every": "week", "weekdays": (0,)}, [("weekdays", "impossible")]),
        ({"recipients": ()}, [("recipients", "required")]),
        ({"recipients": ("anna", "x")}, [("recipients", "no-such-account")]),
    ],
)
def test_each_fault_is_at_its_field(fields: Any, found: Any) -> None:
    assert [(it.field, it.slug) for it in faults(schedule(**fields), {"anna"})] == found
