"""When a campaign starts and pauses by itself: windows by weekday, other ones on certain dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, TypeAdapter, field_validator

from dialer.settings.calling import minutes
from dialer.settings.kinds import Section
from dialer.zonedata import names_a_place, zone_named

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
#: A boundary is looked for so many days back and ahead: a year of nothing but exceptions.
LOOK_BACK_DAYS, LOOK_AHEAD_DAYS = 15, 370

_WINDOW = re.compile(r"(\d{1,2}:\d\d)-(\d{1,2}:\d\d)")


def _span(window: str) -> tuple[int, int]:
    """ "9:00-12:30" as minutes after midnight. Raises ValueError."""
    match = _WINDOW.fullmatch(window)
    if match is None:
        raise ValueError('must be a span of a day such as "9:00-12:30"')
    start, end = minutes(match[1]), minutes(match[2])
    if start >= end:
        raise ValueError(f"{match[2]} must be later than {match[1]}; past midnight: two windows")
    return start, end


def _apart(windows: tuple[str, ...]) -> tuple[str, ...]:
    spans = sorted(_span(window) for window in windows)
    if any(first[1] > second[0] for first, second in pairwise(spans)):
        raise ValueError("windows of one day must not overlap")
    return windows


def _is_date(value: str) -> str:
    try:
        if date.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    raise ValueError('must be a date such as "2026-12-24"')


def _is_zone(value: str) -> str:
    if value and not names_a_place(value):
        raise ValueError('must be a time zone such as "Europe/Berlin"')
    return value


Windows = Annotated[tuple[str, ...], AfterValidator(_apart)]
TheDate = Annotated[str, AfterValidator(_is_date)]
TimeZone = Annotated[str, AfterValidator(_is_zone)]


class ScheduleSettings(Section):
    """When the campaign starts and pauses by itself. Without windows it does neither."""

    on: bool = Field(default=True, description="false: the windows are kept and not followed.")
    timezone: TimeZone = Field(
        default="", description="Zone of the windows. Empty: this machine's."
    )
    weekdays: dict[Day, Windows] = Field(
        default={},
        description='Windows by weekday, mon to sun: {mon = ["9:00-12:00", "13:00-17:00"]}.',
    )
    dates: dict[TheDate, Windows] = Field(
        default={},
        description='Other windows on certain dates, none for a day off: {"2026-12-24" = []}.',
    )

    @field_validator("weekdays", "dates")
    @classmethod
    def _in_order(cls, table: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        order = DAYS if table.keys() <= set(DAYS) else tuple(sorted(table))
        return {day: table[day] for day in order if day in table}

    @property
    def is_followed(self) -> bool:
        return self.on and any((*self.weekdays.values(), *self.dates.values()))

    @property
    def form(self) -> str:
        """The same text for the same schedule."""
        return _FORMS.dump_json(self).decode()


_FORMS = TypeAdapter(ScheduleSettings)


def is_open(schedule: ScheduleSettings, at: float, machine_zone: str) -> bool:
    """Whether the campaign is meant to run then."""
    day = _day(schedule, at, machine_zone)
    return any(start <= at < end for start, end in _spans(schedule, [day], machine_zone))


def last_boundary(schedule: ScheduleSettings, at: float, machine_zone: str) -> float:
    """When the schedule last began or ended a window, until `at` included; 0.0: never."""
    day = _day(schedule, at, machine_zone)
    days = [day - timedelta(days=back) for back in range(LOOK_BACK_DAYS, -1, -1)]
    found = [edge for edge in _edges(schedule, days, machine_zone) if edge <= at]
    return max(found, default=0.0)


def next_boundary(schedule: ScheduleSettings, at: float, machine_zone: str) -> float | None:
    """When it begins or ends the next one; None: not within a year."""
    day = _day(schedule, at, machine_zone)
    for ahead in range(LOOK_AHEAD_DAYS):
        # Its neighbours as well: a window that goes on there has no boundary at midnight.
        days = [day + timedelta(days=ahead + near) for near in (-1, 0, 1)]
        end_of_day = _local_midnight(schedule, days[2], machine_zone).timestamp()
        found = [e for e in _edges(schedule, days, machine_zone) if at < e <= end_of_day]
        if found:
            return min(found)
    return None


def _edges(schedule: ScheduleSettings, days: list[date], machine_zone: str) -> Iterator[float]:
    spans = sorted(_spans(schedule, days, machine_zone))
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    yield from starts ^ ends


def _spans(
    schedule: ScheduleSettings, days: list[date], machine_zone: str
) -> Iterator[tuple[float, float]]:
    for day in days:
        named = schedule.dates.get(day.isoformat())
        windows = schedule.weekdays.get(DAYS[day.weekday()], ()) if named is None else named
        midnight = _local_midnight(schedule, day, machine_zone)
        for window in windows:
            start, end = _span(window)
            yield _instant(midnight, start), _instant(midnight, end)


def _instant(midnight: datetime, minute: int) -> float:
    """Wall-clock minutes after midnight: a day that loses or gains an hour has its own length."""
    return (midnight + timedelta(minutes=minute)).timestamp()


def _local_midnight(schedule: ScheduleSettings, day: date, machine_zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=_zone(schedule, machine_zone))


def _day(schedule: ScheduleSettings, at: float, machine_zone: str) -> date:
    return datetime.fromtimestamp(at, UTC).astimezone(_zone(schedule, machine_zone)).date()


def _zone(schedule: ScheduleSettings, machine_zone: str) -> tzinfo:
    return zone_named(schedule.timezone or machine_zone)
