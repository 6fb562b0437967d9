"""In which time zones a callee may be. All of them count: what none forbids is allowed."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType
from phonenumbers import timezone as phone_timezone

from dialer.compliance.places import NOT_COUNTRIES, ONE_CLOCK, zones_of_prefix
from dialer.zonedata import UnknownZoneError, zone_named, zones_by_country

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_UNKNOWN = {"Etc/Unknown", "Etc/GMT", "Etc/UTC"}
_NORTH_AMERICA = 1
_LANDLINES = {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def zones_of_number(number: str) -> tuple[str, ...]:
    """The zones of an E.164 number: of its area code, else of its whole country.

    Raises UnknownZoneError. For a number not seen lately some 2 µs where the country has one clock,
    up to 100 µs where it has several.
    """
    zones, why = _zones_of(number)
    if why:
        raise UnknownZoneError(why)
    return zones


def region_of_number(number: str) -> str:
    """The country of an E.164 number, as "US"; empty where it is of none, or of nobody knows."""
    digits = number.removeprefix("+")
    code, regions = _country(digits)
    if len(regions) == 1:
        return regions[0]
    return _region(_parsed(digits, code)) if code else ""


@lru_cache(maxsize=65_536)
def _zones_of(number: str) -> tuple[tuple[str, ...], str]:
    """The zones, or none and why."""
    digits = number.removeprefix("+")
    code, regions = _country(digits)
    if not code:
        return (), "no country has a number that begins so"
    zones = (
        zones_of_prefix(digits)
        or (_zones_of_region(regions[0]) if len(regions) == 1 and _is_one(regions[0]) else ())
        or _looked_up(digits, code, regions)
    )
    if not zones:
        return (), "no time zone is known for the number"
    try:
        for zone in zones:
            zone_named(zone)
    except UnknownZoneError as error:
        return (), str(error)
    return zones, ""


def _looked_up(digits: str, code: str, regions: tuple[str, ...]) -> tuple[str, ...]:
    """By the region, and by what `phonenumbers` knows of its landlines where that has several."""
    parsed = _parsed(digits, code)
    region = _region(parsed)
    if region and _is_one(region):
        return _zones_of_region(region)
    # Of a number that is of no region `phonenumbers` knows no kind and no zone, and takes long.
    if region and (known := _by_metadata(parsed)):
        return known
    return _zones_of_regions((region,) if region else regions)


def _by_metadata(parsed: PhoneNumber) -> tuple[str, ...]:
    """The zones of a landline's area, or of any number of North America."""
    if phonenumbers.number_type(parsed) in _LANDLINES:
        found = phone_timezone.time_zones_for_geographical_number(parsed)
    elif parsed.country_code == _NORTH_AMERICA:
        found = phone_timezone.time_zones_for_number(parsed)
    else:
        found = ()
    return tuple(zone for zone in found if zone not in _UNKNOWN)


def _country(digits: str) -> tuple[str, tuple[str, ...]]:
    """The country calling code and the regions that share it; empty where there is none."""
    if digits.isascii() and digits.isdecimal():
        for length in (1, 2, 3):
            regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length]))
            if regions and digits[0] != "0":
                return digits[:length], tuple(regions)
    return "", ()


def _parsed(digits: str, code: str) -> PhoneNumber:
    national = digits[len(code) :]
    zeros = len(national) - len(national.lstrip("0"))
    return PhoneNumber(
        country_code=int(code),
        national_number=int(national or 0),
        italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )


def _region(parsed: PhoneNumber) -> str:
    found = phonenumbers.region_code_for_number(parsed)
    return found if found and found.isalpha() else ""


@lru_cache(maxsize=512)
def _zones_of_region(region: str) -> tuple[str, ...]:
    """All zones of a country that people live by."""
    return ONE_CLOCK.get(region) or NOT_COUNTRIES.get(region) or zones_by_country().get(region, ())


@lru_cache(maxsize=512)
def _zones_of_regions(regions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(z for each in regions for z in _zones_of_region(each)))


def _is_one(region: str) -> bool:
    return len(_zones_of_region(region)) == 1
