"""The baseline by dial level: how the level moves and what it places."""

from __future__ import annotations

import pytest

from pacing import AdaptiveSettings, PacingSettings
from pacing.adaptive import AdaptivePacer


def opened(limit: float = 0.03, **knobs: object) -> AdaptivePacer:
    adaptive = AdaptiveSettings(**{"calls_per_second": 1000, **knobs})
    return AdaptivePacer(
        PacingSettings(method="adaptive", max_abandon_rate=limit, adaptive=adaptive)
    )


def staffed(ready: int, talking: int, **more: object) -> AdaptivePacer:
    pacer = opened(**more)
    for i in range(ready + talking):
        pacer.agent(0.0, f"r{i}", "ready" if i < ready else "talking")
    return pacer


def test_the_level_grows_by_the_idle_share_every_quarter_minute():
    pacer = staffed(4, 6, max_level=10.0)
    pacer.calls_to_place(0.0)
    assert pacer.level == pytest.approx(1.4)
    pacer.calls_to_place(14.0)
    assert pacer.level == pytest.approx(1.4)
    pacer.calls_to_place(15.0)
    assert pacer.level == pytest.approx(1.96)


def test_the_level_stays_within_one_and_its_maximum():
    pacer = staffed(10, 0, max_level=3.0)
    for i in range(10):
        pacer.calls_to_place(15.0 * i)
    assert pacer.level == 3.0


@pytest.mark.parametrize(
    ("knobs", "level"),
    [
        ({"idle_target": -4}, 1.0),
        ({"idle_target": 2}, 1.6),
        ({"intensity": -40}, 1.24),
        ({"intensity": 40}, 1.56),
        ({"threshold_agents": 11}, 1.0),
    ],
)
def test_each_knob_moves_the_level_as_its_menu_says(knobs, level):
    pacer = staffed(4, 6, max_level=10.0, **knobs)
    pacer.calls_to_place(0.0)
    assert pacer.level == pytest.approx(level)


def test_a_round_counts_ready_and_talking_reps_and_what_is_under_way():
    # Level 2, 2 ready and 3 talking: ten lines, three of them are the conversations.
    pacer = staffed(2, 3, mode="RATIO", level=2.0)
    assert pacer.calls_to_place(0.0) == 7


def test_only_ready_reps_count_where_that_is_set():
    pacer = staffed(2, 3, mode="RATIO", level=2.0, available_only=True)
    assert pacer.calls_to_place(0.0) == 4


def test_a_round_places_one_by_one_at_its_pace_and_the_next_round_waits():
    pacer = staffed(10, 0, mode="RATIO", level=1.0, calls_per_second=2.0)
    placed = 0
    for tick in range(20):
        now = tick * 0.25
        for _ in range(pacer.calls_to_place(now)):
            placed += 1
            pacer.placed(now, f"c{placed}")
    assert placed == 10


def over_the_limit(**knobs: object) -> AdaptivePacer:
    """60 calls, 23 answers of which 3 were dropped, in the first minute; level 4."""
    pacer = staffed(0, 21, level=4.0, max_level=10.0, **knobs)
    pacer.calls_to_place(0.0)
    for i in range(60):
        pacer.placed(1.0, f"c{i}")
    for i in range(3):
        pacer.answered(9.0, f"c{i}", "human")
    for i in range(3):
        pacer.abandoned(11.0, f"c{i}")
    for i in range(20):
        pacer.agent(30.0, f"r{i}", "paused")
    pacer.calls_to_place(60.0)
    return pacer


def test_over_the_limit_the_level_is_halved_and_under_a_hard_limit_it_is_one():
    assert over_the_limit().level == pytest.approx(2.0)
    assert over_the_limit(mode="HARD_LIMIT").level == 1.0
    assert over_the_limit(mode="TAPERED", shift_s=12 * 3600.0).level == pytest.approx(4.0)
    assert over_the_limit(mode="TAPERED", shift_s=5 * 3600.0).level == pytest.approx(2.0, abs=0.02)


def test_a_signal_of_the_end_does_not_count_as_another_answer():
    pacer = staffed(0, 1)
    pacer.finishing(1.0, "r0")
    pacer.agent(2.0, "r0", "wrapup")
    assert pacer._answers_today == 1
