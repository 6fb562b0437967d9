"""When a report is due, and what a schedule may not be. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from dialer.features.report_schedules.records import ReportSchedule
from dialer.kit.faults import Fault
from dialer.zonedata import UnknownZoneError, local_zone, zone_named

#: A schedule is due at least once in so many days.
_FURTHEST_D = 32
#: So long after its time it is said to be late.
LATE_S = 15 * 60.0
MOST_RECIPIENTS = 100


def zone_of(schedule: ReportSchedule) -> str:
    return schedule.zone or local_zone()


def last_due(schedule: ReportSchedule, now: float) -> float | None:
    """The latest moment at or before `now`, unix seconds; None: there was none for a month.

    By the clock of its zone: a day whose hour is skipped has the moment after the gap, one whose
    hour comes twice the first of the two.
    """
    zone = zone_named(zone_of(schedule))
    today = datetime.fromtimestamp(now, zone).date()
    for back in range(_FURTHEST_D + 1):
        day = today - timedelta(days=back)
        if is_day(schedule, day) and (at := _moment(day, schedule.hour, zone)) <= now:
            return at
    return None


def is_day(schedule: ReportSchedule, day: date) -> bool:
    """Whether it is sent on that day."""
    if schedule.every == "week":
        return day.isoweekday() in schedule.weekdays
    if schedule.every == "month":
        return day.day == min(schedule.month_day, monthrange(day.year, day.month)[1])
    return True


def _moment(day: date, hour: int, zone: tzinfo) -> float:
    return datetime.combine(day, time(hour), zone).timestamp()


def is_open(schedule: ReportSchedule, due: float) -> bool:
    """A change counts from the next due time on."""
    return schedule.on and schedule.archived_at is None and due > schedule.changed_at


def faults(schedule: ReportSchedule, people: Collection[str]) -> Iterator[Fault]:
    """Each at its field. `people`: names of the accounts there are."""
    try:
        zone_named(zone_of(schedule))
    except UnknownZoneError:
        detail = f"no time zone is called {schedule.zone!r}"
        yield Fault("zone", "unknown-zone", {"name": schedule.zone}, detail)
    days = set(schedule.weekdays)
    if schedule.every == "week" and not (days and days <= set(range(1, 8))):
        yield Fault("weekdays", "required" if not days else "impossible", {"detail": "1 to 7"})
    if not schedule.recipients:
        yield Fault("recipients", "required")
    if len(schedule.recipients) > MOST_RECIPIENTS:
        yield Fault("recipients", "too-many", {"n": MOST_RECIPIENTS})
    for name in schedule.recipients:
        if name not in people:
            detail = f"there is no account {name!r}"
            yield Fault("recipients", "no-such-account", {"name": name}, detail)
