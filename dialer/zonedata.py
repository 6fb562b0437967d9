"""The newest database of time zones that is at hand, for every process of the dialer.

`zoneinfo` by itself asks the system's folders first, however old they are, and the installed
package `tzdata` only for what none of them has. A country that changes its clocks is then called at
the wrong hour on every machine whose system is not kept up to date. Here the versions are compared
once in each process and the newest is asked, the package where two are the same age.
"""

from __future__ import annotations

import os
import re
import zoneinfo
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

import msgspec
import tzdata

LOCALTIME = Path("/etc/localtime")
_VERSION = re.compile(r"(?:# version )?([0-9]{4}[a-z]{1,2})")
# tzdata's own name for a machine's zone, and a placeholder of its installer: nobody lives there.
_NO_ZONES = {"Factory", "localtime", "posixrules"}
# Zones named by a country or, as UTC, meant as such; all other names without a slash are clocks.
_COUNTRIES = frozenset(
    name
    for line in (
        "Cuba Egypt Eire GB GB-Eire Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya NZ",
        "NZ-CHAT Navajo PRC Poland Portugal ROC ROK Singapore Turkey UTC W-SU",
    )
    for name in line.split()
)
_COPIES = ("posix/", "right/")  # right/ counts leap seconds, which no other clock here does


class UnknownZoneError(ValueError):
    """Nobody can say what time it is there."""


class Database(msgspec.Struct, frozen=True):
    """Where zones come from. `folder` is None for the package; a version is as "2026f"."""

    version: str
    folder: str | None
    package_version: str
    system_version: str  # the newest the system has; empty where it has none that says its version


@cache
def database() -> Database:
    """The newest one; from here on `zoneinfo` asks it first in this process."""
    package = tzdata.IANA_VERSION
    found = _newest_folder(zoneinfo.TZPATH)
    version, folder = found or ("", "")
    newest = Database(package, None, package, version)
    if version > package:
        newest = Database(version, folder, package, version)
    zoneinfo.reset_tzpath([newest.folder] if newest.folder else [])
    zoneinfo.ZoneInfo.clear_cache()  # noqa: TID251  (what was read of an older one)
    return newest


def _newest_folder(folders: Iterable[str]) -> tuple[str, str] | None:
    """Version and path; folders that do not say their version count as older than any."""
    said = [(version_of(Path(folder)), folder) for folder in folders]
    return max((it for it in said if it[0]), key=lambda it: it[0], default=None)


def version_of(folder: Path) -> str:
    """As "2026f"; empty where a folder of zones does not say it."""
    for name in ("tzdata.zi", "+VERSION"):
        try:
            with (folder / name).open(encoding="utf-8", errors="replace") as lines:
                found = _VERSION.match(lines.readline().strip())
        except OSError:
            continue
        if found:
            return found[1]
    return ""


@lru_cache(maxsize=1024)
def zone_named(name: str) -> tzinfo:
    """The zone of an IANA name, from the newest database. Raises UnknownZoneError."""
    database()
    if name in _NO_ZONES or name.startswith(_COPIES):
        raise UnknownZoneError(f"there is no time zone {name!r}")
    try:
        return zoneinfo.ZoneInfo(name)  # noqa: TID251  (after the choice above)
    except (OSError, ValueError, KeyError) as error:  # whichever a bad name runs into
        raise UnknownZoneError(f"there is no time zone {name!r}") from error


@lru_cache(maxsize=4096)
def names_a_place(name: str) -> bool:
    """Whether `name` is a zone people live by, or UTC.

    EST, Etc/GMT+5 and the like are clocks without summer time, whatever a country does.
    """
    if ("/" not in name and name not in _COUNTRIES) or name.startswith("Etc/"):
        return False
    try:
        zone_named(name)
    except UnknownZoneError:
        return False
    return True


@cache
def names() -> frozenset[str]:
    """All names of zones there are, links with them."""
    database()
    found = zoneinfo.available_timezones()
    return frozenset(it for it in found if it not in _NO_ZONES and not it.startswith(_COPIES))


@cache
def zones_by_country() -> Mapping[str, tuple[str, ...]]:
    """ISO country code: the zones that people of the country live by, in its order."""
    found: dict[str, tuple[str, ...]] = {}
    for line in _table("zone.tab").splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), name)
    return found


def _table(name: str) -> str:
    folder = database().folder
    if folder and (Path(folder) / name).is_file():
        return (Path(folder) / name).read_text(encoding="utf-8")
    return (resources.files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")


def local_zone() -> str:
    """The IANA name of this machine's time zone; "UTC" where it has none that can be read."""
    return _zone_said(os.environ.get("TZ", "").removeprefix(":"))


_EVERY_SEASON = [datetime(2026, month, 1) for month in (1, 4, 7, 10)]  # noqa: DTZ001  (local)


@lru_cache(maxsize=8)
def _zone_said(tz: str) -> str:
    """By the variable TZ, a name or a path; where that is empty by what the machine is set to."""
    try:
        if tz and not tz.startswith("/"):
            name = tz
        else:
            name = str((Path(tz) if tz else LOCALTIME).resolve()).partition("zoneinfo/")[2]
        for copy in _COPIES:
            name = name.removeprefix(copy)
        zone = zone_named(name)
    except (OSError, UnknownZoneError):
        return "UTC"
    # Etc/UTC, Zulu, GMT: one clock with many names, of which a lead's zone may have the first only.
    return name if names_a_place(name) or any(map(zone.utcoffset, _EVERY_SEASON)) else "UTC"


def local_time(now: float) -> datetime:
    """`now`, unix seconds, on the clock of this machine's time zone."""
    return datetime.fromtimestamp(now, UTC).astimezone(zone_named(local_zone()))
