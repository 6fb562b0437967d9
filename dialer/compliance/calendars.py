"""Public holidays of a country or a part of one, festivals whole."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from importlib.metadata import version

import holidays
from holidays import HolidayBase

_DAY = timedelta(days=1)
_EXAMPLE = "write DE, GB-ENG or US-TX"
# Their governments announce a festival from its first to its last day off, weekends on its edges
# with it.
_ANNOUNCED_WITH_EDGES = {"CN", "TW", "VN"}


@lru_cache(maxsize=256)
def calendar_of(place: str) -> HolidayBase:
    """The public holidays of "DE" or "US-TX". Raises ValueError for a place without calendar.

    The library has more names than ISO has countries: stock exchanges, and UK, which is all of
    Britain without the holidays of its parts.
    """
    country, _, part = place.partition("-")
    if country not in holidays.list_supported_countries(include_aliases=False):
        raise ValueError(f"no holiday calendar for {place!r}; {_EXAMPLE}")
    try:
        return holidays.country_holidays(country, subdiv=part or None)
    except NotImplementedError as error:
        parts = ", ".join(holidays.list_supported_countries(include_aliases=False)[country])
        hint = f"parts of {country} are {parts[:200]}" if parts else f"{country} has no parts"
        raise ValueError(f"no holiday calendar for {place!r}; {hint}") from error


@lru_cache(maxsize=4096)
def is_holiday(place: str, day: date) -> bool:
    """Whether `day` is a public holiday, or a day of a weekend inside a festival.

    Where days off are moved to make a festival longer (China, Vietnam, Hungary and others) the
    calendar has no entry for the weekend inside it, although nobody is at work then. Days to work
    on in exchange are no holidays: whether they are called on is for the rules' weekdays to say.
    """
    calendar = calendar_of(place)
    if day in calendar:
        return True
    if not calendar.has_substituted_holidays or not _is_free(calendar, day):
        return False
    before, after = _ends_in_holiday(calendar, day, -_DAY), _ends_in_holiday(calendar, day, _DAY)
    if place.partition("-")[0] in _ANNOUNCED_WITH_EDGES:
        return before or after
    return before and after


def _ends_in_holiday(calendar: HolidayBase, day: date, step: timedelta) -> bool:
    """Whether the weekend goes over into a holiday in this direction."""
    while _is_free(calendar, day) and day not in calendar:
        day += step
    return day in calendar


def _is_free(calendar: HolidayBase, day: date) -> bool:
    """No working day. The calendar knows days to work on only after a look into their year."""
    return day in calendar or not calendar.is_working_day(day)


def announced_until(place: str) -> int | None:
    """The last year whose moved holidays the calendar has; None where a country moves none.

    Later years have what the law fixes, without the days off and to work on that the government
    names in the autumn before.
    """
    calendar = calendar_of(place)
    moved = getattr(calendar, "special_public_holidays", None)
    return max(moved) if calendar.has_substituted_holidays and moved else None


def library_version() -> str:
    """Of the package the calendars come from."""
    return version("holidays")
