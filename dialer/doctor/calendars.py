"""How old the databases of time zones and of public holidays are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from dialer.compliance.calendars import announced_until, library_version
from dialer.doctor.check import Check, ok, warn
from dialer.settings import Settings
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
    places = sorted({it.holidays for it in calling if it.holidays})
    what = f"package holidays {library_version()}: {', '.join(places) or 'no campaign keeps any'}"
    soon = (now + _AHEAD).year
    known = {place: announced_until(place) for place in places}
    # Who has moved none for years has given it up.
    late = [f"{p} up to {y}" for p, y in known.items() if y and now.year - 1 <= y < soon]
    if late:
        return warn(
            "holidays",
            f"{what}; days moved by the government are known for {', '.join(late)}",
            "install a newer holidays (pip install -U holidays) once they are announced, "
            "and restart; until then only what the law fixes counts",
        )
    return ok("holidays", what)
