"""Words of lists: the place that is meant, or a refusal that says what to write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.compliance import CallingRules
from dialer.compliance.gate import Facts, judge
from dialer.compliance.zonewords import place_meant
from dialer.ports.gate import Callee
from dialer.zonedata import UnknownZoneError, names_a_place

NEW_YORK, PHOENIX, CHINA = "+12125550142", "+16025551234", "+8613800138000"
BERLIN, LONDON, KINGSTON = "+493012345678", "+442071234567", "+18762101234"


@pytest.mark.parametrize(
    ("word", "number", "place"),
    [
        ("Asia/Shanghai", NEW_YORK, "Asia/Shanghai"),
        ("US/Eastern", NEW_YORK, "US/Eastern"),
        ("UTC", NEW_YORK, "UTC"),
        ("america/new_york", NEW_YORK, "America/New_York"),
        ("America/New York", NEW_YORK, "America/New_York"),
        ("america_slash_new_york", NEW_YORK, "America/New_York"),
        ("EST", NEW_YORK, "America/New_York"),
        ("EDT", NEW_YORK, "America/New_York"),
        ("EST5EDT", NEW_YORK, "America/New_York"),
        ("Eastern", NEW_YORK, "America/New_York"),
        ("Eastern Standard Time", NEW_YORK, "America/New_York"),
        ("(UTC-05:00) Eastern Time (US & Canada)", NEW_YORK, "America/New_York"),
        (
            "(GMT-08:00) Pacific Standard Time (America/Los_Angeles)",
            NEW_YORK,
            "America/Los_Angeles",
        ),
        ("PST", NEW_YORK, "America/Los_Angeles"),
        ("MST", NEW_YORK, "America/Denver"),
        ("MST", PHOENIX, "America/Phoenix"),
        ("US Mountain Standard Time", NEW_YORK, "America/Phoenix"),
        ("Mountain", "+14035550123", "America/Edmonton"),  # an hour before Denver in winter
        ("PST", "+16045550123", "America/Vancouver"),
        ("Pacific Time (US & Canada)", "+12365550123", "America/Vancouver"),
        ("CST", "+12045550123", "America/Winnipeg"),
        ("Central", "+13065550123", "America/Regina"),
        ("PST", "+18673345678", "America/Whitehorse"),
        ("MST", "+18673345678", "America/Whitehorse"),
        ("Eastern", "+16045550123", "America/New_York"),  # who moved
        ("EST", KINGSTON, "America/Jamaica"),
        ("CST", CHINA, "Asia/Shanghai"),
        ("北京时间", CHINA, "Asia/Shanghai"),
        ("东八区", CHINA, "Asia/Shanghai"),
        ("UTC+8", CHINA, "Asia/Shanghai"),
        ("GMT+08:00", CHINA, "Asia/Shanghai"),
        ("CET", BERLIN, "Europe/Berlin"),
        ("GMT", LONDON, "Europe/London"),
    ],
)
def test_a_word_is_read_as_the_place_meant(word: str, number: str, place: str) -> None:
    assert place_meant(word, number) == place


@pytest.mark.parametrize(
    "word",
    ["GMT-5", "UTC-05:00", "Etc/GMT+5", "localtime", "Factory", "right/America/New_York",
     "posix/America/New_York", "GMT", "CET", "Mars/Olympus", "东八区", "", "x" * 300],
)  # fmt: skip
def test_what_names_no_place_is_refused_with_what_to_write(word: str) -> None:
    with pytest.raises(UnknownZoneError, match=r"write America/New_York$") as refused:
        place_meant(word, NEW_YORK)
    assert len(str(refused.value)) < 100


@pytest.mark.parametrize("word", ["105", "z5", ",5"])
def test_digits_without_a_sign_are_no_offset(word: str) -> None:
    with pytest.raises(UnknownZoneError, match="write America/Lima"):
        place_meant(word, "+51112345678")


def test_american_words_for_a_number_elsewhere_are_refused() -> None:
    with pytest.raises(UnknownZoneError, match="write Europe/Berlin"):
        place_meant("PST", BERLIN)


def test_a_lead_stored_with_a_bare_clock_is_called_by_the_place_it_means() -> None:
    """21:30 in a summer of New York is 20:30 by EST, which has no summer time."""
    half_past_nine = 1_814_491_800.0  # 2027-07-02 01:30 UTC
    lead = Callee(campaign_id="C", lead_id="L", number=NEW_YORK, timezone="EST")

    refusal = judge(lead, CallingRules(), Facts(None, ()), half_past_nine)

    assert refusal is not None
    assert refusal.rule == "calling_window"


@given(st.text(max_size=60), st.sampled_from([NEW_YORK, CHINA, BERLIN, "+61412345678", "+999"]))
def test_any_word_is_a_place_or_a_refusal(word: str, number: str) -> None:
    try:
        place = place_meant(word, number)
    except UnknownZoneError:
        return
    assert names_a_place(place)
