"""Lines and calls per second."""

from __future__ import annotations

import pytest

from pacing.limits import Limits


def test_the_rate_is_used_in_full_and_never_exceeded_in_any_second():
    limits = Limits(None)
    limits.set_rate(0.0, 8.0)
    placed: list[float] = []
    for tick in range(400):
        now = tick * 0.25
        for _ in range(limits.rate_room(now) or 0):
            limits.on_placed(now)
            placed.append(now)
    assert len(placed) >= 0.97 * 8 * 100
    assert max(sum(1 for t in placed if s <= t < s + 1.0) for s in placed) <= 8


def test_a_pause_does_not_save_up_a_burst():
    limits = Limits(None)
    limits.set_rate(0.0, 10.0)
    assert (limits.rate_room(100.0) or 0) <= 3


def test_a_rate_below_one_allows_a_call_now_and_then():
    limits = Limits(None)
    limits.set_rate(0.0, 0.5)
    count = 0
    for tick in range(80):
        room = limits.rate_room(tick * 0.25) or 0
        count += room
        for _ in range(room):
            limits.on_placed(tick * 0.25)
    assert 9 <= count <= 11


@pytest.mark.parametrize("rate", [0.7, 1.5, 2.0, 2.5, 7.3, 40.0])
@pytest.mark.parametrize("gap_s", [0.1, 0.25])
def test_no_part_of_the_rate_is_lost_between_questions(rate, gap_s):
    limits = Limits(None)
    limits.set_rate(0.0, rate)
    count = 0
    for tick in range(int(200 / gap_s)):
        room = limits.rate_room(tick * gap_s) or 0
        count += room
        for _ in range(room):
            limits.on_placed(tick * gap_s)
    assert 0.97 * rate * 200 <= count <= rate * 200 + 2


def test_a_rate_of_nothing_allows_nothing():
    limits = Limits(None)
    limits.set_rate(0.0, 0.0)
    assert limits.rate_room(50.0) == 0


def test_the_narrower_of_both_line_limits_counts():
    limits = Limits(10)
    limits.lines = 6
    assert limits.line_room(4) == 2
    assert limits.line_room(9) == 0
