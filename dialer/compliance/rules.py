"""When and how often a campaign may call, as data; read from its settings under `calling`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from dialer.compliance.calendars import calendar_of

DAY_S = 86_400
_FULL_DAY = (0, DAY_S)
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


class CallingRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Times are the callee's own. The defaults are the United States' federal hours."""

    start: str = "08:00"  # first minute to call in
    end: str = "21:00"  # first minute not to call in; 24:00 is midnight
    weekdays: tuple[int, ...] = EVERY_DAY  # ISO: 1 is Monday
    holidays: str | None = None  # country or country-part, as "DE" or "GB-ENG": not then
    max_per_24h: int = 3  # attempts per number in any 24 hours, over all campaigns
    max_per_day: int = 3  # attempts per number and calendar day, over all campaigns
    pause_minutes: float = 5.0  # from the end of a call to a number to the next, over all campaigns

    def __post_init__(self) -> None:
        start, end = self.window_s
        if start >= end:
            raise ValueError(f"calling hours end ({self.end}) before they start ({self.start})")
        if not self.weekdays or not set(self.weekdays) <= set(EVERY_DAY):
            raise ValueError("weekdays are numbers from 1 (Monday) to 7 (Sunday), at least one")
        if self.max_per_24h < 1 or self.max_per_day < 1:
            raise ValueError("max_per_24h and max_per_day are at least 1")
        if self.pause_minutes < 0:
            raise ValueError("pause_minutes is 0 or more")
        if self.holidays is not None:
            calendar_of(self.holidays)

    @property
    def window_s(self) -> tuple[int, int]:
        """Start and end in seconds after midnight."""
        return _seconds(self.start), _seconds(self.end)

    @property
    def always_open(self) -> bool:
        """Whether the callee's clock does not matter."""
        all_week = set(self.weekdays) == set(EVERY_DAY)
        return self.window_s == _FULL_DAY and all_week and self.holidays is None


def calling_rules(settings: Mapping[str, Any]) -> CallingRules:
    """The rules in a campaign's settings. Raises ValueError that says which key is wrong."""
    try:
        return msgspec.convert(settings.get("calling", {}), CallingRules)
    except msgspec.ValidationError as error:
        raise ValueError(f"calling: {error}") from error


def _seconds(time_of_day: str) -> int:
    hours, _, minutes = time_of_day.partition(":")
    valid = len(hours) in {1, 2} and len(minutes) == 2 and (hours + minutes).isdecimal()
    seconds = int(hours) * 3600 + int(minutes) * 60 if valid and int(minutes) < 60 else -1
    if not 0 <= seconds <= DAY_S:
        raise ValueError(f"{time_of_day!r} is not a time of day; write 08:00 to 24:00")
    return seconds
