"""Laws, intervals and counts: the arithmetic under every figure."""

from __future__ import annotations

import math
import statistics
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.floor.commands import AgentMoved, CloseAttempt
from dialer.sim.figures import Watch, quantile
from dialer.sim.laws import Constant, Empirical, Exponential, Lognormal, Mixture, Uniform
from dialer.sim.summary import difference, estimate, share, t_quantile


@pytest.mark.parametrize(
    "law",
    [
        Constant(7.0),
        Uniform(2.0, 6.0),
        Exponential(20.0),
        Lognormal(90.0, 0.9),
        Mixture((Exponential(30.0), Constant(200.0)), (0.65, 0.35)),
        Empirical((1.0, 2.0, 9.0)),
    ],
    ids=lambda law: type(law).__name__,
)
def test_what_is_drawn_has_the_mean_the_law_says(law: Exponential) -> None:
    chance = Random(1)
    drawn = [law.draw(chance) for _ in range(40_000)]

    assert min(drawn) >= 0
    assert statistics.fmean(drawn) == pytest.approx(law.mean, rel=0.03)


@pytest.mark.parametrize(
    ("freedom", "true"), [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (7, 2.365), (30, 2.042)]
)
def test_students_quantile_is_that_of_the_tables(freedom: int, true: float) -> None:
    assert t_quantile(freedom) == pytest.approx(true, abs=0.004)


def test_an_interval_of_many_samples_holds_the_truth_as_often_as_it_says() -> None:
    chance, held = Random(5), 0
    for _ in range(600):
        found = estimate([chance.gauss(10.0, 2.0) for _ in range(6)])
        held += found.low <= 10.0 <= found.high

    assert 0.92 < held / 600 < 0.975


def test_runs_without_a_figure_are_left_out() -> None:
    assert estimate([1.0, math.nan, 3.0]).mean == 2.0
    assert estimate([math.nan]).runs == 0
    assert math.isnan(estimate([4.0]).low)


def test_a_figure_that_cannot_be_negative_has_no_negative_interval() -> None:
    assert estimate([0.0, 0.0, 3.0], 0.0).low == 0.0


def test_a_paired_difference_is_surer_than_its_sides() -> None:
    chance = Random(2)
    days = [chance.gauss(50.0, 10.0) for _ in range(12)]
    found = difference(days, [day + 1.0 + chance.gauss(0, 0.2) for day in days])

    assert 0.7 < found.low < 1.0 < found.high < 1.3


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_within_its_interval(counts: tuple[int, int]) -> None:
    hits, runs = counts
    part, low, high = share(hits, runs)

    assert 0.0 <= low <= part <= high <= 1.0
    assert low < high


def test_a_quantile_is_a_value_that_was_there() -> None:
    assert quantile([5.0, 1.0, 3.0], 0.5) == 3.0
    assert quantile([5.0, 1.0, 3.0], 0.9) == 5.0
    assert math.isnan(quantile([], 0.9))


def moved(agent: str, before: str, state: str, at: float) -> tuple[AgentMoved, float]:
    return AgentMoved(agent=agent, state=state, before=before, since=at), at


def test_time_is_counted_by_state_and_five_minutes() -> None:
    watch = Watch(0.0, 0.0, 900.0)
    for move, at in (
        moved("a", "out", "ready", 100.0),
        moved("a", "ready", "reserved", 250.0),
        moved("a", "reserved", "talking", 251.0),
        moved("a", "talking", "wrapup", 500.0),
        moved("a", "wrapup", "paused", 600.0),
        moved("a", "paused", "ready", 800.0),
    ):
        watch.moved(move, at)
    watch.close(2000.0)
    figures = watch.figures(0, 1)

    assert [(b.ready_s, b.busy_s, b.away_s) for b in figures.bins] == [
        (151.0, 49.0, 0.0),
        (0.0, 300.0, 0.0),
        (100.0, 0.0, 200.0),
    ]
    assert figures.wait_mean_s == 151.0
    assert figures.utilisation == pytest.approx(349 / 600)


def test_an_abandoned_call_counts_in_the_hour_of_its_answer() -> None:
    watch = Watch(0.0, 0.0, 7200.0)
    for number in range(100):
        watch.closed(
            CloseAttempt(
                attempt=f"a{number}",
                lead="l",
                campaign="c",
                outcome="abandoned" if number < 4 else "connected",
                placed_at=3500.0,
                answered_at=3599.0 if number < 50 else 3601.0,
                connected_at=None if number < 4 else 3601.5,
                answered_by="human",
                ended_at=3700.0,
            ),
            "human",
        )
    figures = watch.figures(0, 1)

    assert figures.worst_hour == pytest.approx(4 / 50)
    assert figures.abandon_rate == pytest.approx(0.04)
