"""How old the databases of time zones and of public holidays are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from dialer.compliance.calendars import announced_until, library_version
from dialer.doctor.check import Check, ok, warn
from dialer.settings import Settings
from dialer.settings.calling import CallingSettings
from dialer.zonedata import Database, database, local_time, local_zone

# Governments announce a year's moved holidays in its last months; from here on it is time.
_AHEAD = timedelta(days=60)
_NEWER_ZONES = "install a newer tzdata (pip install -U tzdata, or the system's), and restart"


def time_zones(
    now: datetime,
    zones: Callable[[], Database] = database,
    on_system: Callable[[datetime], timedelta | None] = lambda now: now.astimezone().utcoffset(),
) -> Check:
    """Calling hours go by it. `now`: with its time zone; `on_system`: what the system shows."""
    found = zones()
    source = found.folder or "the package tzdata"
    what = f"{found.version} from {source}; system's: {found.system_version or 'none'}"
    if _is_old(found.version, now):
        return warn("time zones", f"{what}: more than a year old", _NEWER_ZONES)
    if on_system(now) != local_time(now.timestamp()).utcoffset():
        return warn(
            "time zones",
            f"{what}; by it {local_zone()} has another time than the system shows",
            "update the system's tzdata: its own logs, and Asterisk's, are an hour or so off",
        )
    return ok("time zones", what)


def _is_old(version: str, now: datetime) -> bool:
    """A version names its year only; it is taken to be of the middle of it."""
    made = datetime(int(version[:4]), 7, 1, tzinfo=now.tzinfo)
    return now - made > timedelta(days=365)


def public_holidays(settings: Settings, now: datetime) -> Check:
    """The calendars that campaigns keep, and whether the coming days are in them."""
    calling = (campaign.calling for campaign in settings.campaign.values())
    known = {place: announced_until(place) for place in sorted({*_places(calling)})}
    shown = [f"{p} (moved days up to {year})" if year else p for p, year in known.items()]
    what = f"package holidays {library_version()}: {', '.join(shown) or 'no campaign keeps any'}"
    soon = (now + _AHEAD).year
    # Who has moved none for years has given it up.
    if any(year and now.year - 1 <= year < soon for year in known.values()):
        return warn(
            "holidays",
            f"{what}; those of {soon} are not known",
            "install a newer holidays (pip install -U holidays) once they are announced, "
            "and restart; until then only what the law fixes counts",
        )
    return ok("holidays", what)


def _places(calling: Iterable[CallingSettings]) -> Iterator[str]:
    return (it.holidays for it in calling if it.holidays)
