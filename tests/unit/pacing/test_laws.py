"""The learned laws against known ones: censored rings, changes, talk, wrap-up, signals, paces."""

from __future__ import annotations

import random

import numpy as np
import pytest

from pacing.book import AWAY, READY, TALK, TALK_HINT, WRAP, Agents
from pacing.ring import BINS, RingLaw
from pacing.service import CELLS, EDGES, ServiceLaw

NO_AGES, NO_GROUPS = np.zeros(0), np.zeros(0, dtype=np.int64)


def ring_call(rng: random.Random, p: float) -> tuple[float, str]:
    """(age at the end, outcome): answers at 6 to 18 s, the rest rings out at 25 s."""
    if rng.random() < p:
        return rng.uniform(6.0, 18.0), "human"
    return 25.0, "no_answer"


def test_the_answer_rate_is_learned_from_calls_over():
    rng, law = random.Random(1), RingLaw(25.0)
    law.add_group(0)
    for i in range(3000):
        law.on_over(0, *ring_call(rng, 0.3), at=float(i))
    law.refresh(NO_AGES, NO_GROUPS)
    assert law.answer_rate() == pytest.approx(0.3, abs=0.03)


def test_a_call_that_has_rung_past_the_usual_answers_is_hardly_expected_to_answer():
    rng, law = random.Random(2), RingLaw(25.0)
    law.add_group(0)
    for i in range(3000):
        law.on_over(0, *ring_call(rng, 0.3), at=float(i))
    law.refresh(NO_AGES, NO_GROUPS)
    forecast = law.forecasts[0]
    fresh, old = forecast.within(np.array([0.5, 39.0]), np.array([50.0, 50.0]))
    assert fresh > 0.25
    assert old < 0.03


def test_calls_given_up_are_exposure_and_do_not_lower_the_answer_rate():
    rng, law = random.Random(3), RingLaw(25.0)
    law.add_group(0)
    for i in range(6000):
        age, outcome = ring_call(rng, 0.4)
        cut = rng.uniform(2.0, 30.0)
        if cut < age:
            age, outcome = cut, "cancelled"
        law.on_over(0, age, outcome, at=float(i))
    law.refresh(NO_AGES, NO_GROUPS)
    assert law.answer_rate() == pytest.approx(0.4, abs=0.04)


def test_calls_still_ringing_count_as_exposure():
    rng = random.Random(4)
    without, with_them = RingLaw(25.0), RingLaw(25.0)
    for law in (without, with_them):
        law.add_group(0)
        for i in range(40):
            law.on_over(0, *ring_call(rng, 0.3), at=float(i))
    without.refresh(NO_AGES, NO_GROUPS)
    with_them.refresh(np.full(200, 24.0), np.zeros(200, dtype=np.int64))
    assert with_them.answer_rate() < 0.6 * without.answer_rate()


@pytest.mark.parametrize(("before", "after", "within"), [(0.2, 0.4, 60), (0.4, 0.2, 60)])
def test_a_doubled_or_halved_answer_rate_is_noticed_within_a_few_dozen_answers(
    before, after, within
):
    noticed = []
    for seed in range(8):
        rng, law, at = random.Random(seed), RingLaw(25.0), 0.0
        law.add_group(0)
        for _ in range(2500):
            law.on_over(0, *ring_call(rng, before), at=(at := at + 1.0))
            law.refresh(NO_AGES, NO_GROUPS)
        alarms, answers = law.levels[0].changes, 0
        while law.levels[0].changes == alarms and answers < 500:
            age, outcome = ring_call(rng, after)
            answers += outcome == "human"
            law.on_over(0, age, outcome, at=(at := at + 1.0))
            law.refresh(NO_AGES, NO_GROUPS)
        noticed.append(answers)
    assert np.median(noticed) <= within


def test_after_a_change_the_new_rate_is_believed():
    rng, law, at = random.Random(9), RingLaw(25.0), 0.0
    law.add_group(0)
    for p, n in ((0.2, 3000), (0.4, 300)):
        for _ in range(n):
            law.on_over(0, *ring_call(rng, p), at=(at := at + 1.0))
            law.refresh(NO_AGES, NO_GROUPS)
    assert law.answer_rate() == pytest.approx(0.4, abs=0.06)


def test_a_new_group_starts_from_what_is_known_of_all_and_goes_its_own_way():
    rng, law = random.Random(5), RingLaw(25.0)
    law.add_group(0)
    for i in range(2000):
        law.on_over(0, *ring_call(rng, 0.3), at=float(i))
    law.add_group(1)
    law.refresh(NO_AGES, NO_GROUPS)
    assert law.answer_rate(1) == pytest.approx(0.3, abs=0.05)
    for i in range(600):
        law.on_over(1, *ring_call(rng, 0.1), at=2000.0 + i)
        law.on_over(0, *ring_call(rng, 0.3), at=2000.0 + i)
    law.refresh(NO_AGES, NO_GROUPS)
    assert law.answer_rate(1) == pytest.approx(0.1, abs=0.04)
    assert law.answer_rate(0) == pytest.approx(0.3, abs=0.06)


def work(law: ServiceLaw, agents: Agents, talks: list[float], wraps: list[float]) -> float:
    """Slot 0 has these conversations one after the other; the time at the end."""
    at = 0.0
    for talk, wrap in zip(talks, wraps, strict=True):
        for stage, stay in ((TALK, talk), (WRAP, wrap), (READY, 0.0)):
            law.on_exit(agents, 0, at, stage)
            agents.move(0, stage, at)
            at += stay
    return at


def one_rep() -> tuple[ServiceLaw, Agents]:
    agents = Agents()
    agents.add("r", 0.0)
    return ServiceLaw(), agents


def mixed(rng: random.Random) -> float:
    return rng.expovariate(1 / 20) if rng.random() < 0.65 else rng.expovariate(1 / 300)


def test_time_to_free_follows_a_heavy_mixture_by_elapsed_time():
    rng = random.Random(6)
    law, agents = one_rep()
    talks, wraps = [mixed(rng) for _ in range(4000)], [10.0] * 4000
    at = work(law, agents, talks, wraps)
    law.refresh(agents, at)
    log_busy, _ = law.tables(np.array([30.0]))
    free = -np.expm1(log_busy[:CELLS, 0])
    sample = np.array([mixed(rng) for _ in range(200_000)])
    for elapsed in (5.0, 40.0, 200.0):
        cell = int(np.searchsorted(EDGES, elapsed)) - 1
        middle = 0.5 * (EDGES[cell] + EDGES[cell + 1])
        still = sample[sample > middle]
        truth = float(np.mean(still < middle + 20.0))  # 10 s of the 30 go on wrap-up
        assert free[cell] == pytest.approx(truth, abs=0.06)


def test_a_slow_rep_is_told_from_a_quick_team():
    rng = random.Random(7)
    law, agents = one_rep()
    agents.add("slow", 0.0)
    at = 0.0
    for _ in range(300):
        for slot, mean in ((0, 60.0), (1, 180.0)):
            law.on_exit(agents, slot, at, TALK)
            agents.move(slot, TALK, at)
            stay = rng.expovariate(1 / mean)
            law.on_exit(agents, slot, at + stay, READY)
            agents.move(slot, READY, at + stay)
            at += stay
        law.refresh(agents, at)
    assert agents.pace[TALK, 1] < 0.8
    assert agents.pace[TALK, 0] > 1.0


def signalled(residual: float) -> ServiceLaw:
    """A team that signals `residual` s before each talk's end, after 60 s."""
    law, agents = one_rep()
    at = 0.0
    for _ in range(60):
        for stage, stay in ((TALK, 60.0), (TALK_HINT, residual), (READY, 0.0)):
            law.on_exit(agents, 0, at, stage)
            agents.move(0, stage, at)
            at += stay
        law.refresh(agents, at)
    return law


def test_a_signal_brings_the_end_nearer_only_as_far_as_signals_have_been_true():
    first = slice(2 * CELLS, 2 * CELLS + 1)  # the row of a signal just given
    spans = np.array([8.0])
    honest = -np.expm1(signalled(4.0).tables(spans)[0][first, 0])
    early = -np.expm1(signalled(90.0).tables(spans)[0][first, 0])
    assert honest > 0.6
    assert early < 0.1


def test_a_rep_who_goes_away_after_every_call_is_not_expected_back():
    law, agents = one_rep()
    at = 0.0
    for _ in range(300):
        for stage, stay in ((TALK, 20.0), (AWAY, 60.0)):
            law.on_exit(agents, 0, at, stage)
            agents.move(0, stage, at)
            at += stay
    law.refresh(agents, at)
    log_busy, _ = law.tables(np.array([60.0]))
    assert -np.expm1(log_busy[:CELLS, 0]).max() < 0.3


def test_the_bins_of_ages_end_with_an_open_one():
    law = RingLaw(25.0)
    assert law.bins(np.array([0.0, 24.99, 1e6])).tolist() == [0, 49, BINS - 1]
