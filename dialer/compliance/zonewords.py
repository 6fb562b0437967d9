"""The words that lists write into a column of time zones, read as the place that is meant.

An offset such as GMT-5, or EST, is a clock that nobody in a country with summer time lives by all
year: who is called by it is called an hour too late in summer. Such a word is read as the place
that it means in the country of the number, and refused where that is not clear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache

from dialer.compliance.places import CODES_BY_EXCHANGE
from dialer.compliance.zones import region_of_number, zones_of_number
from dialer.zonedata import UnknownZoneError, database, names, names_a_place, zone_named

_NORTH_AMERICA = {"US", "CA"}
_ARIZONA = "America/Phoenix"
# What Windows, Salesforce, Rails and people call the zones of the United States and Canada.
_PLACES: Mapping[str, str] = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "alaskan": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
    "hawaiian": "Pacific/Honolulu",
    "hawaii-aleutian": "Pacific/Honolulu",
    "atlantic": "America/Halifax",
    "newfoundland": "America/St_Johns",
    "arizona": _ARIZONA,
    "us mountain": _ARIZONA,
    "us eastern": "America/Indiana/Indianapolis",
    "indiana (east)": "America/Indiana/Indianapolis",
    "canada central": "America/Regina",
    "saskatchewan": "America/Regina",
}
_SHORT: Mapping[str, str] = {
    short: name
    for name, words in {
        "eastern": "et est edt est5edt",
        "central": "ct cst cdt cst6cdt",
        "mountain": "mt mst mdt mst7mdt",
        "pacific": "pt pst pdt pst8pdt",
        "alaska": "akt akst akdt",
        "hawaii": "hst hdt",
        "atlantic": "ast adt",
        "newfoundland": "nst ndt",
    }.items()
    for short in words.split()
}
#: A year in which the provinces of Canada still changed their clocks: words outlive the law.
_BEFORE_CHANGES = 2019
_CHINA = frozenset(
    ("北京时间", "北京時間", "中国标准时间", "中國標準時間", "china standard time", "beijing time")
)
_EIGHT_EAST = ("东八区", "東八區")
_OFFSET_BEFORE = re.compile(r"\((?:utc|gmt)?[^()a-z]*\)\s*(?=\S)")
_NAME_BEHIND = re.compile(r".*\(([a-z_]+/[a-z_/+-]+)\)")
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-−])([0-9]{1,2})(?::?([0-9]{2}))?")
_FILLING = re.compile(r"\s*(?:\(us ?& ?canada\)|\b(?:standard|daylight|time|zone)\b)")


def place_meant(word: str, number: str) -> str:
    """The IANA name of the place that `word` means for the owner of `number`, in E.164.

    Raises UnknownZoneError that says what to write. About 1 µs for a name of a place, and a few for
    other words met before in the same area.
    """
    if names_a_place(word):
        return word
    return _read(word, _area(number))


def _area(number: str) -> str:
    """A number of the same area: what many numbers share, so that a word is read once for them."""
    if number[2:5] in CODES_BY_EXCHANGE:
        return f"{number[:8]}2345"
    return f"{number[:5]}2345678" if number.startswith("+1") else f"{number[:-4]}2345"


@lru_cache(maxsize=8192)
def _read(word: str, number: str) -> str:
    said = " ".join(word.casefold().replace("_slash_", "/").split())
    behind = _NAME_BEHIND.fullmatch(said)
    said = behind[1] if behind else _OFFSET_BEFORE.sub("", said)
    found = (
        _lower_names().get(said.replace(" ", "_"))
        or ("Asia/Shanghai" if said in _CHINA else "")
        or _fits_the_only_clock(said, number)
        or _north_american(said, number)
    )
    if found:
        return found
    raise UnknownZoneError(f"no time zone {word[:40]!r}; write {_example(number)}")


@cache
def _lower_names() -> Mapping[str, str]:
    return {name.casefold(): name for name in names() if names_a_place(name)}


def _north_american(said: str, number: str) -> str:
    if region_of_number(number) not in _NORTH_AMERICA:
        return ""
    name = _FILLING.sub("", said).strip()
    name = _SHORT.get(name, name)
    return _own_of(name, number) or _PLACES.get(name, "")


def _own_of(name: str, number: str) -> str:
    """The number's own zone, where people there say `name` of their time.

    `Mountain` is not Denver for a number of Phoenix or Calgary, nor `CST` Chicago for Regina's:
    their clocks differ for half a year, or ever since a province gave up changing them.
    """
    for years in ((_BEFORE_CHANGES,), (_BEFORE_CHANGES, int(database().version[:4]) + 1)):
        so = [zone for zone in _own(number) if name in _called(zone, years)]
        if len(so) == 1:
            return so[0]
    return ""


@cache
def _called(zone: str, years: tuple[int, ...]) -> frozenset[str]:
    """What a zone's time is called in North America in these years."""
    there = zone_named(zone)
    halves = (datetime(year, month, 1, tzinfo=there) for year in years for month in (1, 7))
    return frozenset(_SHORT.get((at.tzname() or "").casefold(), "") for at in halves)


def _fits_the_only_clock(said: str, number: str) -> str:
    """The zone of a country with one clock, where that is at times called or shifted so."""
    own = _own(number)
    region = region_of_number(number)
    if len(own) != 1 or region in _NORTH_AMERICA or not region:
        return ""
    year, offset = int(database().version[:4]), _offset(said)
    half_years = [datetime(year, month, 1, tzinfo=zone_named(own[0])) for month in (1, 7)]
    names_so = said in {(at.tzname() or "").casefold() for at in half_years}
    shifted_so = offset is not None and offset in {at.utcoffset() for at in half_years}
    return own[0] if names_so or shifted_so else ""


def _offset(said: str) -> timedelta | None:
    if said in _EIGHT_EAST:
        return timedelta(hours=8)
    found = _OFFSET.fullmatch(said)
    if found is None:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return size if found[1] == "+" else -size


def _own(number: str) -> tuple[str, ...]:
    try:
        return zones_of_number(number)
    except UnknownZoneError:
        return ()


def _example(number: str) -> str:
    own = _own(number)
    return own[0] if own else "Asia/Shanghai"
