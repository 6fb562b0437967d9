"""The abandon limit: held on any path in strict mode, by earning back otherwise."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pacing import PacingSettings, Window, open_pacer
from pacing.ledger import BAND, Account, Ledger, reserve

phases = st.lists(
    st.tuples(
        st.floats(0.0, 1.0),  # answer rate
        st.floats(0.5, 8.0),  # shortest ring
        st.floats(1.0, 240.0),  # longest talk
        st.integers(20, 120),  # s
    ),
    min_size=1,
    max_size=5,
)


@given(phases=phases, reps=st.integers(1, 30), seed=st.integers(0, 99))
@example(phases=[(1.0, 5.8125, 95.0, 41)], reps=30, seed=75)  # an answer paid for two calls
@settings(max_examples=12, deadline=None)
def test_in_strict_mode_no_path_is_ever_over_the_limit(floor_of, phases, reps, seed):
    floor = floor_of(open_pacer(PacingSettings(strict=True)), reps, seed)
    floor.answer_rate, floor.talk_s = 0.2, (1.0, 30.0)
    floor.run(200.0)  # time to gather a budget that a later phase may try to break
    for rate, ring, talk, seconds in phases:
        floor.answer_rate, floor.ring_s = rate, (ring, ring + 2.0)
        floor.talk_s = (1.0, talk)
        floor.run(seconds)
        assert floor.lowest_budget >= -1e-9


@given(phases=phases, reps=st.integers(1, 30), seed=st.integers(0, 99))
@settings(max_examples=12, deadline=None)
def test_the_budget_is_never_below_some_reserves_and_the_calls_once_uncovered(
    floor_of, phases, reps, seed
):
    floor = floor_of(open_pacer(PacingSettings()), reps, seed)
    for rate, ring, talk, seconds in phases:
        floor.answer_rate, floor.ring_s = rate, (ring, ring + 2.0)
        floor.talk_s = (1.0, talk)
        floor.run(seconds)
        lowest = -BAND * reserve(reps, 0.03) - floor.most_uncovered
        assert floor.lowest_budget >= lowest - 1e-9


@pytest.mark.parametrize("reps", [5, 12])
def test_a_young_window_is_not_paced_one_to_one_until_it_has_earned_a_call(floor_of, reps):
    def answered(method):
        floors = [
            floor_of(open_pacer(PacingSettings(method=method)), reps, seed) for seed in range(4)
        ]
        for floor in floors:
            floor.run(1200.0)
            assert floor.abandoned <= 0.03 * floor.answered + 1.0
        return sum(floor.answered for floor in floors)

    assert answered("predictive") > 1.1 * answered("progressive")


def test_a_spent_budget_is_earned_back_faster_than_one_to_one_where_few_answer(floor_of):
    def answered(method: str) -> tuple[int, int]:
        pacer = open_pacer(PacingSettings(method=method))
        floor = floor_of(pacer, 12, answer_rate=0.03, talk_s=(10.0, 40.0))
        floor.run(1800.0)
        before = floor.answered, floor.abandoned
        pacer.windows(floor.now, [Window("", 0.03, answered=1000, abandoned=31)])
        floor.run(600.0)
        return floor.answered - before[0], floor.abandoned - before[1]

    quick, lost = answered("predictive")
    assert quick > 3 * answered("progressive")[0]
    assert lost <= 0.03 * quick + 1.0


def test_for_a_lone_rep_one_call_rings_at_a_time(floor_of):
    floor = floor_of(open_pacer(PacingSettings(strict=False)), 1, answer_rate=0.05)
    for _ in range(7200):
        floor.step()
        assert len(floor.calls) <= 1


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("reps", [4, 25])
def test_what_a_surge_cost_is_earned_back_before_the_window_closes(floor_of, seed, reps):
    pacer = open_pacer(PacingSettings())
    floor = floor_of(pacer, reps, seed, answer_rate=0.15)
    pacer.windows(0.0, [Window("", 0.03, 0, 0, closes_at=4500.0)])
    floor.run(1500.0)
    floor.answer_rate = 0.75
    floor.run(3000.0)
    assert floor.abandoned <= 0.03 * floor.answered


@pytest.mark.parametrize("limit", [0.0, 0.01, 0.03])
def test_hours_of_work_end_within_the_limit_and_ahead_of_one_to_one(floor_of, limit):
    found = {}
    for method in ("progressive", "predictive"):
        pacer = open_pacer(PacingSettings(method=method, max_abandon_rate=limit))
        floor = floor_of(pacer, 12, limit=limit)
        floor.run(1.5 * 3600)
        assert floor.abandoned <= limit * floor.answered
        found[method] = floor.answered
    if limit > 0.0:
        assert found["predictive"] > 1.1 * found["progressive"]
    else:
        assert found["predictive"] <= 1.1 * found["progressive"]


def test_a_budget_far_overspent_allows_only_calls_with_a_rep_of_their_own(
    floor_of,
):
    pacer = open_pacer(PacingSettings())
    floor = floor_of(pacer, 10)
    floor.run(600.0)
    pacer.windows(floor.now, [Window("", 0.03, answered=100, abandoned=18)])
    for _ in range(600):
        floor.step()
        placed_over = len(floor.calls) + len(floor.waiting) - len(floor.ready)
        if floor.now > 660.0:
            assert placed_over <= 0


def test_the_tightest_of_several_windows_counts(floor_of):
    def placed(windows: list[Window]) -> int:
        pacer = open_pacer(PacingSettings())
        floor = floor_of(pacer, 10)
        floor.run(900.0)
        pacer.windows(floor.now, windows)
        before = floor.placed
        floor.run(300.0)
        return floor.placed - before

    rich = Window("", 0.03, answered=5000, abandoned=20)
    spent = Window("", 0.03, answered=5000, abandoned=160)
    assert placed([rich, spent]) == placed([spent])
    assert placed([rich]) > placed([spent])


def test_a_window_that_closes_starts_again_from_nothing():
    account = Account(Window("", 0.03, answered=100, abandoned=9, closes_at=50.0))
    account.roll(49.0)
    assert account.budget == pytest.approx(-6.0)
    account.roll(50.0)
    assert account.budget == 0.0


def test_machine_verdicts_count_as_far_as_the_profile_holds_them_to_be_people():
    ledger = Ledger(0.03)
    ledger.tell([Window("a", 0.03, 100, 0, None, machine_error=0.1)])
    for _ in range(10):
        ledger.on_machine("a")
    assert ledger.accounts[0].abandoned == pytest.approx(1.0)
    assert ledger.accounts[0].answered == pytest.approx(101.0)


def test_a_campaign_near_its_limit_yields_to_another(floor_of):
    def placed_of_first(budget_of_first: Window) -> float:
        pacer = open_pacer(PacingSettings())
        placed: list[str] = []

        def first_if_it_may(now: float) -> str:
            placed.append("first" if pacer.share(now, "first") > 0 else "second")
            return placed[-1]

        floor = floor_of(pacer, 20)
        floor.run(600.0)
        floor.pick = first_if_it_may
        pacer.windows(floor.now, [budget_of_first, Window("second", 0.03, 9000, 30)])
        floor.run(300.0)
        return placed.count("first") / len(placed)

    assert placed_of_first(Window("first", 0.03, 9000, 30)) > 0.95
    assert placed_of_first(Window("first", 0.03, 100, 9)) < 0.6


def test_calls_of_a_group_without_a_window_of_its_own_are_held_to_the_setting(floor_of):
    pacer = open_pacer(PacingSettings())
    floor = floor_of(pacer, 10)
    pacer.windows(0.0, [Window("another", 0.03, 9000, 0)])
    floor.run(2700.0)
    assert 0 < floor.abandoned <= 0.03 * floor.answered


def test_an_abandon_long_after_a_rep_vanished_is_not_put_down_to_him():
    ledger = Ledger(0.03)
    ledger.on_vanished(until=100.0)
    ledger.on_abandoned("", at=101.0)
    assert ledger.by_vanished == 0


def test_a_rep_who_vanishes_is_counted_and_what_it_cost_is_shown_apart():
    pacer = open_pacer(PacingSettings())
    pacer.agent(0.0, "r", "ready")
    pacer.placed(0.0, "c")
    pacer.agent(1.0, "r", "out")
    pacer.answered(2.0, "c", "human")
    pacer.abandoned(4.0, "c")
    found = pacer.explain()
    assert found["vanished_reps"] == 1
    assert found["abandoned_by_vanished_reps"] == 1
    assert found["abandoned"] == 1
