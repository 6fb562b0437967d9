"""Which days a saved report is of, and what one may not be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.features.report_views.records import ReportView
from dialer.features.report_views.rules import days_of, faults, question_of

WHO = {"created_at": 1.0, "created_by": "anna", "changed_at": 1.0, "changed_by": "anna"}
TUESDAY = date(2026, 12, 1)


def view(**fields: Any) -> ReportView:
    own = {"name": "Weekly", "figures": ("dials",), **fields}
    return ReportView(id="v1", version=1, **WHO, **own)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("today", "2026-12-01", "2026-12-01"),
        ("yesterday", "2026-11-30", "2026-11-30"),
        ("this_week", "2026-11-30", "2026-12-01"),
        ("last_week", "2026-11-23", "2026-11-29"),
        ("this_month", "2026-12-01", "2026-12-01"),
        ("last_month", "2026-11-01", "2026-11-30"),
        ("last_days", "2026-11-25", "2026-12-01"),
    ],
)
def test_a_rule_means_days_counted_from_today(period: Any, first: str, last: str) -> None:
    days = days_of(view(period=period), TUESDAY)
    assert days == (date.fromisoformat(first), date.fromisoformat(last))


def test_certain_days_stay_what_they_are() -> None:
    days = (date(2026, 1, 1), date(2026, 3, 31))
    assert days_of(view(period="days", first=days[0], last=days[1]), TUESDAY) == days


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_last_month_is_a_whole_month_that_ends_the_day_before_this_one(today: date) -> None:
    first, last = days_of(view(period="last_month"), today)
    assert first.day == 1
    assert last + timedelta(days=1) == days_of(view(period="this_month"), today)[0]
    assert 28 <= (last - first).days + 1 <= 31


def test_it_asks_what_the_report_takes() -> None:
    asked = question_of(view(by=("agent",), where={"hour": [9, None]}, zone="UTC"), TUESDAY)
    assert asked.model_dump(mode="json") == {
        "figures": ["dials"], "by": ["agent"], "first": "2026-11-25", "last": "2026-12-01",
        "zone": "UTC", "where": {"hour": [9, None]}, "compare": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"figures": ("guesses",)}, [("figures", "unknown-figure")]),
        ({"by": ("mood",)}, [("by", "unknown-dimension")]),
        ({"where": {"hour": ["nine"]}}, [("where", "not-a-value")]),
        ({"zone": "Mars/Olympus"}, [("zone", "unknown-zone")]),
        ({"period": "days", "first": TUESDAY}, [("last", "required")]),
        (
            {"period": "days", "first": TUESDAY, "last": date(2026, 11, 1)},
            [("last", "period-empty")],
        ),
        ({"by": ("agent", "day"), "across": "agent"}, [("across", "not-the-last")]),
        ({"by": ("agent", "day"), "across": "day"}, []),
    ],
)
def test_each_fault_is_at_its_field(fields: Any, found: Any) -> None:
    assert [(it.field, it.slug) for it in faults(view(**fields), TUESDAY)] == found
