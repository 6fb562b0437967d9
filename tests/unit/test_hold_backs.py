"""Why a running campaign places no call."""

from __future__ import annotations

from typing import Any

import pytest

from dialer.engine.hold_backs import Standing, hold_backs
from dialer.features.alerts.saying import _WAITS, _WHY
from dialer.ports.outlook import LeadOutlook, Sleep
from dialer.words import HOLD_BACK_REASONS, WAITS_FOR

SOME = LeadOutlook(left=5, now=5, next_at=100.0, asleep=[], dnc=0, exact=True)
ASLEEP = LeadOutlook(5, 0, 900.0, [Sleep("calling_window", 5, 900.0, ["Asia/Shanghai"])], 0, True)
THROUGH = LeadOutlook(0, 0, None, [], 7, True)
STOPPED = LeadOutlook(0, 0, None, [], 0, True, stopped=9)
HELD = LeadOutlook(2, 0, None, [], 0, True)


def reasons(**facts: Any) -> list[str]:
    usual = {"now": 100.0, "present": 4, "ready": 2, "outlook": SOME}
    return [it.reason for it in hold_backs(Standing(**{**usual, **facts}))]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"mode": "manual"}, "manual"),
        ({"switch_up": False}, "switch"),
        ({"out": "switch"}, "switch_fails"),
        ({"clock_doubt": True}, "clock"),
        ({"store_away": True}, "store"),
        ({"out": "trunks", "opens_at": None}, "trunks"),
        ({"opens_at": None}, "lines"),
        ({"opens_at": 100.5}, "calls_per_second"),
        ({"present": 0, "ready": 0}, "nobody_in"),
        ({"ready": 0}, "nobody_ready"),
        ({"outlook": THROUGH}, "list_through"),
        ({"outlook": STOPPED}, "lists_stopped"),
        ({"outlook": ASLEEP}, "asleep"),
        ({"outlook": HELD}, "held"),
        ({}, "pacing"),
    ],
)
def test_each_cause_is_named(facts: dict[str, Any], reason: str) -> None:
    assert reasons(**facts) == [reason]


def test_each_reason_has_a_cause_here_and_words() -> None:
    assert set(_WHY) == set(HOLD_BACK_REASONS)
    assert set(_WAITS) == set(WAITS_FOR)


def test_the_pacer_is_blamed_only_when_nothing_else_holds_back() -> None:
    assert reasons(outlook=ASLEEP, ready=0) == ["asleep", "nobody_ready"]


def test_while_calls_are_on_their_way_nothing_holds_back() -> None:
    assert reasons(outlook=ASLEEP, on_the_way=1) == []


def test_before_the_leads_were_looked_at_nothing_is_guessed_of_them() -> None:
    assert reasons(outlook=None) == []


def test_it_says_how_many_sleep_and_when_the_next_wakes() -> None:
    (held,) = hold_backs(Standing(now=0.0, present=1, ready=1, outlook=ASLEEP))

    assert (held.count, held.at) == (5, 900.0)
