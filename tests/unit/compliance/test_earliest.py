from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from dialer.compliance.earliest import earliest
from dialer.compliance.gate import Facts, judge
from dialer.compliance.rules import CallingRules
from dialer.ports.gate import Callee
from dialer.ports.store import CallTo, DncEntry
from dialer.zonedata import zone_named

SHANGHAI = zone_named("Asia/Shanghai")
NUMBER = "+8613812345678"
HOUR, DAY = 3600.0, 86_400.0
RULES = CallingRules(start="09:00", end="21:00")


def at(hour: int, minute: int = 0, day: int = 2) -> float:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI).timestamp()


def callee(timezone: str | None = None) -> Callee:
    return Callee(campaign_id="C", lead_id="L", number=NUMBER, timezone=timezone)


def test_in_calling_hours_a_number_can_be_called_at_once() -> None:
    found = earliest(callee(), RULES, Facts(None, ()), 0.0, now=at(12))

    assert (found.at, found.reason, found.zones) == (at(12), None, ("Asia/Shanghai",))


def test_before_the_hours_it_waits_for_them() -> None:
    found = earliest(callee(), RULES, Facts(None, ()), 0.0, now=at(5, 45))

    assert (found.at, found.reason) == (at(9), "calling_window")


def test_a_lead_put_off_to_the_opening_waits_for_the_hours_not_for_its_turn() -> None:
    found = earliest(callee(), RULES, Facts(None, ()), at(9), now=at(5, 45))

    assert (found.at, found.reason) == (at(9), "calling_window")


def test_a_lead_whose_turn_comes_in_the_hours_waits_for_its_turn() -> None:
    found = earliest(callee(), RULES, Facts(None, ()), at(14), now=at(12))

    assert (found.at, found.reason) == (at(14), "recycle")


def test_a_turn_that_comes_at_night_is_the_next_morning() -> None:
    found = earliest(callee(), RULES, Facts(None, ()), at(22, 30), now=at(20, 50))

    assert (found.at, found.reason) == (at(9, day=3), "calling_window")


def test_three_calls_in_a_day_wait_for_another_day() -> None:
    calls = [CallTo(at(hour), at(hour, 1)) for hour in (9, 10, 11)]

    found = earliest(callee(), RULES, Facts(None, calls), 0.0, now=at(12))

    assert (found.at, found.reason) == (at(9, day=3), "max_per_24h")
    always = CallingRules(start="00:00", end="24:00")
    found = earliest(callee(), always, Facts(None, calls), 0.0, now=at(12))
    assert (found.at, found.reason) == (at(9, day=3), "max_per_24h")


def test_a_number_on_the_list_is_never_called() -> None:
    found = earliest(
        callee(), RULES, Facts(DncEntry(number=NUMBER, added_at=0), ()), 0.0, now=at(12)
    )

    assert (found.at, found.reason) == (None, "dnc")


def test_who_talks_now_waits_for_the_end_and_for_the_pause_after_it() -> None:
    found = earliest(callee(), RULES, Facts(None, [CallTo(at(12))]), 0.0, now=at(12))

    assert found.at == at(12) + 300
    assert found.reason == "called_lately"


@given(
    hour=st.integers(0, 23),
    since=st.floats(-DAY, 3 * DAY),
    ago=st.lists(st.floats(60, DAY), max_size=4),
)
def test_what_is_told_is_what_the_gate_says_then(hour: int, since: float, ago: list[float]) -> None:
    """Never too early: at the moment told the gate lets the number pass."""
    now = at(hour)
    calls = [CallTo(now - it, now - it + 30) for it in sorted(ago, reverse=True)]
    found = earliest(callee(), RULES, Facts(None, calls), now + since, now=now)

    assert found.at is not None
    assert found.at >= max(now, now + since)
    assert judge(callee(), RULES, Facts(None, calls), found.at) is None
