"""Where a number may be: each row is a fact of a numbering plan or of a country's clocks."""

from __future__ import annotations

from datetime import UTC, datetime

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.compliance import zones as zones_module
from dialer.compliance.places import _ZONES as TABLE  # the table itself is what is checked
from dialer.compliance.places import ONE_CLOCK, zones_of_prefix
from dialer.compliance.zones import UnknownZoneError, region_of_number, zones_of_number
from dialer.zonedata import names_a_place, zone_named, zones_by_country

# A day in the north's summer and one in its winter: where they differ, both must be right.
DAYS = (datetime(2027, 7, 1, 12, tzinfo=UTC), datetime(2026, 12, 2, 12, tzinfo=UTC))


def clocks(zones: tuple[str, ...]) -> set[tuple[float, ...]]:
    """Hours from UTC in summer and winter, of each zone."""
    found = set()
    for zone in zones:
        offsets = [day.astimezone(zone_named(zone)).utcoffset() for day in DAYS]
        found.add(tuple(it.total_seconds() / 3600 for it in offsets if it is not None))
    return found


@pytest.mark.parametrize(
    ("number", "summer", "winter"),
    [
        ("+213551234567", 1, 1),  # Algeria
        ("+218912345678", 2, 2),  # Libya
        ("+50581234567", -6, -6),  # Nicaragua
        ("+212650123456", 0, 0),  # Morocco
        ("+211977123456", 2, 2),  # South Sudan
        ("+18762101234", -5, -5),  # Jamaica, a mobile
        ("+12684641234", -4, -4),  # Antigua
        ("+12462301234", -4, -4),  # Barbados
        ("+77015550123", 5, 5),  # Kazakhstan, a mobile
        ("+262692123456", 4, 4),  # Reunion
        ("+262639012345", 3, 3),  # Mayotte
        ("+38349123456", 2, 1),  # Kosovo
        ("+247612345", 0, 0),  # Ascension
        ("+8613812345678", 8, 8),  # China
        ("+869917654321", 8, 8),  # Urumqi lives by Beijing's clock
        ("+447451000000", 1, 0),  # a British mobile
        ("+493012345678", 2, 1),
        ("+5581987654321", -3, -3),  # Recife, a mobile
        ("+558136191234", -2, -2),  # Fernando de Noronha
        ("+5511987654321", -3, -3),
        ("+556832231234", -5, -5),  # Rio Branco
        ("+61740511234", 10, 10),  # Cairns
        ("+61755701234", 10, 10),  # Gold Coast, away from the border
        ("+61889811234", 9.5, 9.5),  # Darwin
        ("+61892211234", 8, 8),  # Perth
        ("+61882121234", 9.5, 10.5),  # Adelaide
        ("+61880801234", 9.5, 10.5),  # Broken Hill
        ("+61891641234", 7, 7),  # Christmas Island
        ("+526142001234", -6, -6),  # Chihuahua
        ("+526561234567", -6, -7),  # Ciudad Juarez
        ("+526631234567", -7, -8),  # Tijuana
        ("+528681234567", -5, -6),  # Matamoros
        ("+529981234567", -5, -5),  # Cancun
        ("+525512345678", -6, -6),
        ("+78452345678", 4, 4),  # Saratov
        ("+74012345678", 2, 2),  # Kaliningrad
        ("+78442345678", 3, 3),  # Volgograd
        ("+73022345678", 9, 9),  # Chita
        ("+74272234567", 12, 12),  # Anadyr
        ("+74112345678", 9, 9),  # Yakutsk
        ("+12507821234", -7, -7),  # Dawson Creek
        ("+12507741234", -7, -7),  # Fort Nelson
        ("+12504261234", -6, -6),  # Cranbrook
        ("+18679751234", -4, -5),  # Iqaluit
        ("+18679791234", -4, -5),
        ("+18676451234", -5, -6),  # Rankin Inlet
        ("+18679831234", -6, -7),  # Cambridge Bay
        ("+18679251234", -5, -5),  # Coral Harbour
        ("+18676671234", -7, -7),  # Whitehorse
        ("+14035550123", -6, -6),  # Calgary
        ("+16045550123", -7, -7),  # Vancouver
        ("+12045550123", -5, -5),  # Winnipeg
        ("+14184611234", -4, -4),  # Blanc-Sablon
        ("+56612212345", -3, -3),  # Punta Arenas
        ("+56672212345", -3, -3),  # Coyhaique
        ("+56221234567", -4, -3),  # Santiago
        ("+56322100123", -6, -5),  # Easter Island
        ("+34922123456", 1, 0),  # Tenerife
        ("+34911234567", 2, 1),
        ("+351292123456", 0, -1),  # Azores
        ("+351212345678", 1, 0),
        ("+97614221234", 7, 7),  # Olgii
        ("+97611123456", 8, 8),
        ("+243212345678"[:11], 2, 2),  # Lubumbashi
        ("+62211234567", 7, 7),  # Jakarta
        ("+62361123456", 8, 8),  # Denpasar
        ("+62967123456", 9, 9),  # Jayapura
        ("+299321234"[:10], -1, -2),  # Nuuk
        ("+6433051234", 12.75, 13.75),  # Chatham Islands
        ("+6913201234", 11, 11),  # Pohnpei
        ("+6913501234", 10, 10),  # Yap
        ("+903921234567", 3, 2),  # Northern Cyprus
    ],
)
def test_a_number_has_the_clock_of_its_place(number: str, summer: float, winter: float) -> None:
    assert clocks(zones_of_number(number)) == {(summer, winter)}, zones_of_number(number)


@pytest.mark.parametrize(
    ("number", "places"),
    [
        ("+61412345678", {"Australia/Perth", "Australia/Sydney", "Australia/Darwin"}),
        ("+62812345678", {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}),
        ("+79123456789", {"Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"}),
        ("+56912345678", {"America/Santiago", "America/Punta_Arenas", "Pacific/Easter"}),
        ("+34612345678", {"Europe/Madrid", "Atlantic/Canary"}),
        ("+351912345678", {"Europe/Lisbon", "Atlantic/Azores", "Atlantic/Madeira"}),
        ("+593991234567", {"America/Guayaquil", "Pacific/Galapagos"}),
        ("+97688123456", {"Asia/Ulaanbaatar", "Asia/Hovd"}),
        ("+243812345678", {"Africa/Kinshasa", "Africa/Lubumbashi"}),
        ("+64211234567", {"Pacific/Auckland", "Pacific/Chatham"}),
        ("+68987123456", {"Pacific/Tahiti", "Pacific/Marquesas", "Pacific/Gambier"}),
        ("+68672001234", {"Pacific/Tarawa", "Pacific/Kiritimati"}),
        ("+67570123456", {"Pacific/Port_Moresby", "Pacific/Bougainville"}),
        ("+299221234", {"America/Nuuk", "America/Thule", "America/Scoresbysund"}),
        ("+17781234567", {"America/Vancouver", "America/Edmonton"}),
        ("+18675551234", {"America/Whitehorse", "America/Iqaluit"}),
        ("+61755361234", {"Australia/Brisbane", "Australia/Sydney"}),  # Tweed Heads
        ("+972591234567", {"Asia/Jerusalem", "Asia/Gaza"}),
        ("+905338512345", {"Europe/Istanbul", "Asia/Famagusta"}),
        ("+18005551234", {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu"}),
        ("+558001234567", {"America/Sao_Paulo", "America/Rio_Branco"}),
    ],
)
def test_where_the_place_cannot_be_told_all_zones_of_the_country_count(
    number: str, places: set[str]
) -> None:
    assert places <= set(zones_of_number(number))


def test_a_number_that_the_plan_does_not_know_has_its_countrys_zones() -> None:
    assert clocks(zones_of_number("+4412345")) == {(1, 0)}
    assert "America/Cancun" in zones_of_number("+5215512345678")


@pytest.mark.parametrize("number", ["+999123456", "+0123456", "+", "", "+86138x", "+80012345678"])
def test_who_is_in_no_country_is_refused(number: str) -> None:
    with pytest.raises(UnknownZoneError):
        zones_of_number(number)


def test_every_country_with_one_clock_by_the_table_of_zones_has_it() -> None:
    """Also for mobiles, of which the metadata knows neighbours' zones."""
    one = {region: zones for region, zones in zones_by_country().items() if len(zones) == 1}
    checked = 0
    for region, zones in one.items():
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None or phonenumbers.region_code_for_number(example) != region:
                continue
            number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            assert clocks(zones_of_number(number)) == clocks(zones), (region, number)
            checked += 1
    assert checked > 400


def test_every_zone_of_the_table_of_prefixes_is_a_place() -> None:
    assert {zone for zones in TABLE.values() for zone in zones if not names_a_place(zone)} == set()
    assert all(names_a_place(zone) for zones in ONE_CLOCK.values() for zone in zones)


def test_the_longest_prefix_counts() -> None:
    assert zones_of_prefix("558136191234") == ("America/Noronha",)
    assert zones_of_prefix("558136181234") == ("America/Recife",)
    assert zones_of_prefix("493012345678") == ()


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_any_number_has_zones_that_exist_or_is_refused(number: str) -> None:
    try:
        zones = zones_of_number(number)
    except UnknownZoneError:
        return
    assert zones
    assert all(zone_named(zone) for zone in zones)


@pytest.mark.parametrize(
    ("number", "region"),
    [("+12125550123", "US"), ("+14165550123", "CA"), ("+8613800138000", "CN"), ("+999", "")],
)
def test_the_region_of_a_number_is_its_country(number: str, region: str) -> None:
    assert region_of_number(number) == region


def test_of_a_number_of_no_region_its_kind_is_not_looked_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is in no region's plan, so it has none; to find that out took three times as long."""
    monkeypatch.setattr(zones_module, "_by_metadata", lambda parsed: pytest.fail("looked up"))
    assert {"America/New_York", "America/Los_Angeles"} <= set(zones_of_number("+12120000492"))
