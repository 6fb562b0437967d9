from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.compliance.rules import CallingRules, calling_rules
from dialer.compliance.window import midnights, open_spans, window_at
from dialer.zonedata import zone_named

ZONES = (
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Shanghai",
    "Asia/Kolkata",
    "Europe/London",
    "Australia/Lord_Howe",
    "Pacific/Honolulu",
)


def at(zone: str, *when: int) -> float:
    return datetime(*when, tzinfo=zone_named(zone)).timestamp()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hour", "minute", "is_open"),
    [(7, 59, False), (8, 0, True), (12, 0, True), (20, 59, True), (21, 0, False), (0, 0, False)],
)
def test_the_window_is_open_from_its_first_minute_to_before_its_last(
    hour: int, minute: int, is_open: bool
) -> None:
    now = at("Asia/Shanghai", 2026, 3, 2, hour, minute)

    assert window_at(CallingRules(), ("Asia/Shanghai",), now).is_open is is_open


def test_of_several_zones_each_must_be_open() -> None:
    coasts = ("America/New_York", "America/Los_Angeles")
    nine_in_new_york = at("America/New_York", 2026, 3, 2, 9)

    window = window_at(CallingRules(), coasts, nine_in_new_york)

    assert not window.is_open
    assert window.rule == "calling_window"
    assert window.changes_at == at("America/Los_Angeles", 2026, 3, 2, 8)
    later = window_at(CallingRules(), coasts, at("America/Los_Angeles", 2026, 3, 2, 8))
    assert later.is_open
    assert later.changes_at == at("America/New_York", 2026, 3, 2, 21)


def test_zones_without_a_common_hour_never_open() -> None:
    opposite = ("Asia/Shanghai", "America/New_York")

    window = window_at(CallingRules(start="10:00", end="16:00"), opposite, 1_800_000_000.0)

    assert (window.is_open, window.changes_at) == (False, None)


def test_a_closed_weekday_says_so_and_names_the_next_open_day() -> None:
    saturday = at("Europe/London", 2026, 3, 7, 12)

    window = window_at(CallingRules(weekdays=(1, 2, 3, 4, 5)), ("Europe/London",), saturday)

    assert (window.is_open, window.rule) == (False, "weekday")
    assert window.changes_at == at("Europe/London", 2026, 3, 9, 8)


def test_a_public_holiday_is_closed_when_the_campaign_keeps_it() -> None:
    noon = at("Europe/Berlin", 2026, 12, 25, 12)
    keeping = window_at(CallingRules(holidays="DE"), ("Europe/Berlin",), noon)

    assert (keeping.is_open, keeping.rule) == (False, "holiday")
    assert keeping.changes_at == at("Europe/Berlin", 2026, 12, 27, 8)
    assert window_at(CallingRules(), ("Europe/Berlin",), noon).is_open


def test_the_window_follows_the_clocks_change() -> None:
    zone = "America/New_York"
    before, after = at(zone, 2026, 3, 7, 8), at(zone, 2026, 3, 8, 8)

    assert after - before == 23 * 3600
    assert window_at(CallingRules(), (zone,), after).is_open
    assert not window_at(CallingRules(), (zone,), after - 1).is_open


@given(
    st.floats(1_700_000_000, 1_900_000_000),
    st.sets(st.sampled_from(ZONES), min_size=1, max_size=4),
    st.integers(0, 22),
    st.integers(1, 24),
)
def test_an_open_window_is_within_the_hours_of_every_zone(
    now: float, zones: set[str], start: int, length: int
) -> None:
    end = min(24, start + length)
    rules = CallingRules(start=f"{start:02}:00", end=f"{end:02}:00")

    window = window_at(rules, tuple(zones), now)

    hours = [datetime.fromtimestamp(now, zone_named(zone)).hour for zone in zones]
    assert window.is_open == all(start <= hour < end for hour in hours)
    if window.changes_at is None:
        assert not window.is_open
        return
    assert window.changes_at > now
    if not window.is_open:
        assert window_at(rules, tuple(zones), window.changes_at).is_open


@given(st.floats(1_700_000_000, 1_900_000_000), st.sets(st.sampled_from(ZONES), min_size=1))
def test_the_callees_day_covers_now_in_every_zone(now: float, zones: set[str]) -> None:
    start, end = midnights(tuple(zones), now)

    assert start <= now < end
    assert end - start >= 23 * 3600


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"start": "21:00", "end": "08:00"}, "end .* before"),
        ({"start": "8 o'clock"}, "not a time of day"),
        ({"start": "08:60"}, "not a time of day"),
        ({"end": "24:01"}, "not a time of day"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [0]}, "weekdays"),
        ({"holidays": "Atlantis"}, "no holiday calendar"),
        ({"max_per_24h": 0}, "at least 1"),
        ({"max_per_24h": "three"}, "max_per_24h"),
        ({"hours": "8-21"}, "hours"),
    ],
)
def test_wrong_rules_are_refused_with_a_reason(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        calling_rules({"calling": settings})


def test_a_campaign_that_says_nothing_gets_the_defaults() -> None:
    assert calling_rules({}) == CallingRules()


#: Noon in Greenwich, 1 June 2026.
JUNE = 1_780_315_200


@given(
    since=st.integers(JUNE, JUNE + 86_400 * 20),
    zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]),
    weekdays=st.sets(st.integers(1, 7), min_size=1),
)
def test_open_spans_are_when_the_window_is_open(since: int, zone: str, weekdays: set[int]) -> None:
    rules = CallingRules(start="09:00", end="20:30", weekdays=tuple(sorted(weekdays)))
    until = since + 4 * 86_400

    spans = open_spans(rules, (zone,), since, until)

    assert spans == sorted(spans)
    for at in range(since, until, 1800):
        is_in = any(start <= at < end for start, end in spans)
        assert is_in == window_at(rules, (zone,), at).is_open
