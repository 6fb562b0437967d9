"""The time a rep sees of a lead's place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dialer.features.leads.facts import local_time

NOW = datetime(2026, 12, 2, 3, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "number", "shown", "minutes", "is_certain"),
    [
        (None, "+14035550123", "America/Edmonton", -360, True),
        ("Europe/Berlin", "+14035550123", "Europe/Berlin", 60, True),
        ("EST", "+12125550123", "America/New_York", -300, True),  # stored by an older version
        (None, "+593991234567", "America/Guayaquil", -300, False),  # most people's
        (None, "+61412345678", "Australia/Adelaide", 630, False),  # the middle of twelve
        (None, "+77015550123", "Asia/Almaty", 300, True),  # seven zones, one clock
    ],
)
def test_a_lead_shows_the_time_of_its_place(
    zone: str | None, number: str, shown: str, minutes: int, is_certain: bool
) -> None:
    assert local_time(zone, number, NOW) == {
        "zone": shown, "utc_offset_minutes": minutes, "is_certain": is_certain,
    }  # fmt: skip


def test_where_nobody_can_say_there_is_no_time() -> None:
    assert local_time(None, "+999123456", NOW) is None
    assert local_time("Mars/Olympus", "+12125550123", NOW) is None
