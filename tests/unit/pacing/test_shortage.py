"""The distribution of shortages: exact against enumeration, approximate against exact."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacing.shortage import SURGE, Approximate, Exact


def law_of_sum(chances: np.ndarray) -> np.ndarray:
    law = np.array([1.0])
    for p in chances:
        law = np.convolve(law, [1.0 - p, p])
    return law


def below(net: int, free: np.ndarray, answered: np.ndarray, top: int) -> float:
    """P(net + free - answered <= top) by convolution."""
    up, down = law_of_sum(free), law_of_sum(answered)
    return float(
        sum(up[f] * down[a] for f in range(up.size) for a in range(down.size) if net + f - a <= top)
    )


chance = st.floats(0.0, 1.0)


@given(
    net=st.integers(-4, 8),
    free=st.lists(chance, max_size=8),
    answered=st.lists(chance, max_size=20),
    new=chance,
    extra=st.integers(0, 6),
    budget=st.integers(0, 4),
)
@settings(max_examples=150, deadline=None)
def test_the_exact_distribution_is_that_of_the_convolution(net, free, answered, new, extra, budget):
    found = Exact(net, np.array([free]).T, np.array([answered]).T, np.array([new]), rel_var=0.0)
    calls = np.array(answered + [new] * extra)
    assert found.chance(extra) == pytest.approx(below(net, np.array(free), calls, 0), abs=1e-3)
    assert found.beyond(extra, budget) == pytest.approx(
        below(net, np.array(free), calls, -budget - 1), abs=1e-3
    )


def test_calls_that_are_alike_may_be_told_once():
    free, answered = np.array([[0.3], [0.1]]), np.array([[0.2], [0.05]])
    alike = np.array([3, 40])
    told_once = Exact(1, free, answered, np.array([0.2]), 0.02, alike=alike)
    each = Exact(1, free, answered.repeat(alike, axis=0), np.array([0.2]), 0.02)
    for extra in range(3):
        assert told_once.chance(extra) == pytest.approx(each.chance(extra), abs=1e-9)
        assert told_once.beyond(extra, 1) == pytest.approx(each.beyond(extra, 1), abs=1e-9)
        assert told_once.surged(extra, 1) == pytest.approx(each.surged(extra, 1), abs=1e-9)


def both(reps: int, calls: int, seed: int) -> tuple[Exact, Approximate]:
    rng = np.random.default_rng(seed)
    free = rng.uniform(0.02, 0.4, (reps, 1))
    answered = rng.uniform(0.02, 0.4, (calls, 1))
    new = np.array([0.25])
    up, down = free * (1 - free), answered * (1 - answered)
    mean = 1 + free.sum(0) - answered.sum(0)
    var = up.sum(0) + down.sum(0)
    third = (up * (1 - 2 * free)).sum(0) - (down * (1 - 2 * answered)).sum(0)
    load = answered.sum(0)
    return (
        Exact(1, free, answered, new, 0.0),
        Approximate((mean, var, third), new, load, 0.0),
    )


@pytest.mark.parametrize("seed", range(5))
def test_where_the_exact_gives_way_to_the_approximate_the_answer_hardly_moves(seed):
    exact, approximate = both(16, 9, seed)
    for extra in range(9):
        assert exact.chance(extra) == pytest.approx(approximate.chance(extra), abs=0.004)
        assert exact.beyond(extra, 2) == pytest.approx(approximate.beyond(extra, 2), abs=0.004)


def test_a_surge_is_the_same_room_with_the_answer_chances_raised():
    free, answered = np.array([[0.3], [0.1]]), np.array([[0.2], [0.1], [0.3]])
    found = Exact(1, free, answered, np.array([0.2]), 0.0)
    raised = np.append(answered[:, 0], [0.2, 0.2]) * SURGE
    assert found.surged(2, 1) == pytest.approx(below(1, free[:, 0], raised, -2), abs=1e-3)


def test_an_uncertain_answer_rate_raises_the_chance_of_a_shortage():
    free, answered = np.full((20, 1), 0.3), np.full((16, 1), 0.2)
    sure = Exact(0, free, answered, np.array([0.2]), 0.0)
    unsure = Exact(0, free, answered, np.array([0.2]), 0.1)
    assert unsure.chance(0) > sure.chance(0)


def test_nobody_there_and_nothing_ringing_leaves_one_more_call_without_a_rep():
    nothing = np.zeros((0, 6))
    assert Exact(0, nothing, nothing, np.full(6, 0.3), 0.0).chance(0) == pytest.approx(1.0)
    assert Exact(1, nothing, nothing, np.full(6, 0.3), 0.0).chance(0) == pytest.approx(0.0)
