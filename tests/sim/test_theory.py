"""Formulas before customers: what queueing theory knows exactly, the simulation must show."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable

import pytest

from dialer.sim.scenario import Scenario
from dialer.sim.shift import Shift, run_shift
from pacing.base import BasePacer
from pacing.settings import PacingSettings

MakeScenario = Callable[..., Scenario]
SEEDS = range(3)


def erlang_b(servers: int, load: float) -> float:
    """Share of arrivals that find all servers busy (A. K. Erlang, 1917), by the recursion."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


class ConstantRate(BasePacer):
    """Dials by a Poisson clock, whatever happens on the floor."""

    method = "constant"

    def __init__(self, per_s: float, seed: int, start: float) -> None:
        super().__init__(PacingSettings())
        self.per_s, self.chance = per_s, random.Random(seed)
        self.due = start

    def wanted(self, now: float) -> int:
        count = 0
        due = self.due
        while due <= now:
            count += 1
            due += self.chance.expovariate(self.per_s)
        return count

    def placed(self, at: float, call: str, group: str = "") -> None:
        super().placed(at, call, group)
        self.due += self.chance.expovariate(self.per_s)


def everybody_answers(make: MakeScenario, reps: int, talk_s: float) -> Scenario:
    no = {"0:00": 0.0}
    return make(
        scenario={"hours": 3.5, "warmup_minutes": 10},
        campaign={"c": {"connect_within": 0.01, "ring_timeout": 60, "wrapup_limit": 0}},
        callees={
            "c": {
                "answer_rate": 1.0,
                "busy_rate": no,
                "failed_rate": no,
                "setup": {"law": "constant", "value": 0.5},
                "ring": {"law": "uniform", "low": 1.0, "high": 11.0},
                "patience": {"law": "constant", "value": 1000.0},
            }
        },
        reps={
            "count": reps,
            "talk": {"law": "exponential", "mean": talk_s},
            "wrapup": {"law": "constant", "value": 0.0},
            "login_spread_s": 0,
        },
    )


@pytest.mark.parametrize(("reps", "load"), [(5, 4.0), (12, 9.0)])
def test_dialing_at_a_constant_rate_loses_what_erlang_b_says(
    make_scenario: MakeScenario, reps: int, load: float
) -> None:
    talk_s = 30.0
    scenario = everybody_answers(make_scenario, reps, talk_s)
    lost = []
    for seed in SEEDS:
        pacer = ConstantRate(load / talk_s, seed, scenario.scenario.starts_at)
        lost.append(Shift(scenario, seed, pacer=pacer).run().abandon_rate)

    expected = erlang_b(reps, load)
    assert statistics.fmean(lost) == pytest.approx(expected, abs=0.015)


def test_the_loss_does_not_depend_on_the_law_of_talks(make_scenario: MakeScenario) -> None:
    """Erlang's formula is insensitive: only the mean of the service time counts."""
    scenario = everybody_answers(make_scenario, 5, 30.0)
    heavy = scenario.reps.talk.model_copy(update={"law": "lognormal", "mean": 30.0, "sigma": 1.0})
    reps = scenario.reps.model_copy(update={"talk": heavy})
    scenario = scenario.model_copy(update={"reps": reps})
    lost = []
    for seed in SEEDS:
        pacer = ConstantRate(4.0 / 30.0, seed, scenario.scenario.starts_at)
        lost.append(Shift(scenario, seed, pacer=pacer).run().abandon_rate)

    assert statistics.fmean(lost) == pytest.approx(erlang_b(5, 4.0), abs=0.015)


@pytest.mark.parametrize("answer_rate", [0.25, 0.6])
def test_progressive_reps_wait_as_long_as_the_closed_form_says(
    make_scenario: MakeScenario, answer_rate: float
) -> None:
    """One call for each ready rep: by Little's law his mean wait is the mean time of a call over
    the chance that it is answered.
    """
    ring_s, setup_s, timeout_s = 8.0, 1.0, 25.0
    scenario = make_scenario(
        scenario={"hours": 3.5, "warmup_minutes": 10},
        pool={"method": "progressive"},
        campaign={"c": {"ring_timeout": timeout_s}},
        callees={
            "c": {
                "answer_rate": answer_rate,
                "busy_rate": 0.0,
                "failed_rate": 0.0,
                "setup": {"law": "constant", "value": setup_s},
                "ring": {"law": "exponential", "mean": ring_s},
            }
        },
        reps={"count": 8},
    )
    in_time = 1.0 - math.exp(-(timeout_s - setup_s) / ring_s)
    chance = answer_rate * in_time
    of_answerers = setup_s + ring_s * in_time  # E[min(ring, 24)] of an exponential law
    of_call = answer_rate * of_answerers + (1.0 - answer_rate) * timeout_s
    expected = of_call / chance

    runs = [run_shift(scenario, seed) for seed in SEEDS]
    waited = statistics.fmean(run.wait_mean_s for run in runs)
    assert waited == pytest.approx(expected, rel=0.05)
    assert all(run.abandoned == 0 for run in runs)


def test_the_share_of_answered_calls_is_the_scenarios(make_scenario: MakeScenario) -> None:
    """What happens to calls is what the file says, not what the plumbing makes of it."""
    scenario = make_scenario(
        scenario={"hours": 1.0},
        pool={"method": "progressive"},
        callees={
            "c": {"answer_rate": 0.3, "machine_rate": 0.2, "ring": {"law": "constant", "value": 5}}
        },
        campaign={"c": {"amd": True}},
        reps={"count": 12},
    )
    runs = [run_shift(scenario, seed) for seed in SEEDS]
    calls = sum(run.placed for run in runs)
    # A hundredth of people taken for machines is a fiftieth, of machines for people a twentieth.
    people = (sum(run.answered for run in runs)) / calls
    machines = sum(run.machines for run in runs) / calls
    assert people == pytest.approx(0.3 * 0.98 + 0.2 * 0.05, abs=0.025)
    assert machines == pytest.approx(0.2 * 0.95 + 0.3 * 0.02, abs=0.025)
