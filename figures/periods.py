"""Which other days a period is compared with."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from msgspec import Struct

from figures.calendar import bucket
from figures.dimensions import Part
from figures.facts import DAY_MS, Value


class Period(Struct, frozen=True):
    """From the beginning of `begin` to that of `end`."""

    begin: date
    end: date


def overlap(one: Period, other: Period) -> Period:
    """The days of both; empty (it ends where it begins) where there are none."""
    begin = max(one.begin, other.begin)
    return Period(begin, max(begin, min(one.end, other.end)))


def days_named(part: Part | None, value: str | int | None) -> Period | None:
    """The days of a bucket of `calendar.bucket`; None where it stands for no stretch of days."""
    try:
        return _NAMED[part](str(value)) if part in _NAMED else None
    except (ValueError, OverflowError):
        return None


def _months(year: int, month: int, months: int) -> Period:
    begin = date(year, month, 1)
    return Period(begin, _months_ago(begin, -months))


def _week(name: str) -> Period:
    year, week = name.split("-W")
    monday = date.fromisocalendar(int(year), int(week), 1)
    return Period(monday, monday + timedelta(days=7))


def _day(name: str) -> Period:
    day = date.fromisoformat(name)
    return Period(day, day + timedelta(days=1))


def _quarter(name: str) -> Period:
    year, quarter = name.split("-Q")
    return _months(int(year), int(quarter) * 3 - 2, 3)


_NAMED: Mapping[Part | None, Callable[[str], Period]] = {
    Part.DAY: _day,
    Part.WEEK: _week,
    Part.MONTH: lambda name: _months(int(name[:4]), int(name[5:]), 1),
    Part.QUARTER: _quarter,
    Part.YEAR: lambda name: _months(int(name), 1, 12),
}


def like(part: Part | None, value: str | int | None, one: Period, other: Period) -> Value:
    """What in `other` is compared with the bucket `value` of `one`: the day as far from the
    beginning, the month as many months away; whatever is no stretch of days is itself.
    """
    named = days_named(part, value)
    if named is None or part is None:
        return value
    days = (other.begin - one.begin).days
    months = other.begin.year * 12 + other.begin.month - one.begin.year * 12 - one.begin.month
    if part is Part.DAY:
        moved = named.begin + timedelta(days=days)
    elif part is Part.WEEK:  # the week in which its Thursday falls, which names it
        moved = named.begin + timedelta(days=3 + days)
    else:
        moved = _months_ago(max(named.begin, one.begin).replace(day=1), -months)
    return bucket(part, (moved - date(1970, 1, 1)).days * DAY_MS)


def before(period: Period) -> Period:
    """As many whole months before, where it is whole months; else as many days before."""
    months = _whole_months(period)
    if months:
        return Period(_months_ago(period.begin, months), period.begin)
    return Period(period.begin - (period.end - period.begin), period.begin)


def last_year(period: Period) -> Period:
    """The same days a year before. The 29th of February has the 28th for its like."""
    begin = _months_ago(period.begin, 12)
    if _whole_months(period):
        return Period(begin, _months_ago(period.end, 12))
    last = _months_ago(period.end - timedelta(days=1), 12)
    return Period(begin, last + timedelta(days=1))


def _whole_months(period: Period) -> int:
    """How many months it is of; 0 where it begins or ends within one."""
    if period.begin.day != 1 or period.end.day != 1:
        return 0
    years = period.end.year - period.begin.year
    return years * 12 + period.end.month - period.begin.month


def _months_ago(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
