"""The benchmark's room against theory, before anything is measured in it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from bench.pacing.room import Group, Room, Scenario
from bench.pacing.twin import SERVICE_S, Twin
from bench.pacing.twin import scenario as twin_floor
from pacing import PacingSettings, open_pacer
from pacing.base import BasePacer


class ConstantRate(BasePacer):
    """Places calls as a Poisson stream, whatever the floor does."""

    def __init__(self, per_second: float) -> None:
        super().__init__(PacingSettings())
        self.per_second = per_second
        self.rng = random.Random(5)
        self.due = 0.0

    def wanted(self, now: float) -> int:
        n = 0
        while self.due <= now:
            self.due += self.rng.expovariate(self.per_second)
            n += 1
        return n


def erlang_b(load: float, servers: int) -> float:
    lost = 1.0
    for n in range(1, servers + 1):
        lost = load * lost / (n + load * lost)
    return lost


def test_dialing_at_a_constant_rate_loses_what_erlang_b_says():
    floor = Scenario("erlang", 10, 30.0, groups=(Group(human=lambda _t: 0.3),))
    answers_per_s = 0.06
    day = Room(floor, ConstantRate(answers_per_s / 0.3), 1, connect_within=0.0).run()
    assert day.abandon_rate == pytest.approx(erlang_b(answers_per_s * 110.0, 10), rel=0.12)


def test_one_to_one_waits_as_long_as_its_closed_form():
    floor = Scenario("one to one", 20, 10.0, groups=(Group(human=lambda _t: 0.3),))
    pacer = open_pacer(PacingSettings(method="progressive"))
    day = Room(floor, pacer, 1).run()
    # Each answer costs 7/3 unanswered calls (10 % end after 2 s, 60 % ring for 25 s) and a ring
    # of its own; every call is placed at a tick, a twentieth of a second late on average.
    answered_ring = 11.7
    waited = answered_ring + (0.1 * 2.0 + 0.6 * 25.0) / 0.3 + 0.05 / 0.3
    assert sum(day.waits) / len(day.waits) == pytest.approx(waited, rel=0.04)
    assert day.abandoned == 0


def test_the_twin_says_of_one_to_one_what_a_simulation_of_it_says():
    twin = Twin(4, 0.3)
    idle = np.arange(5)[:, None]
    ringing = np.arange(twin.most + 1)[None, :]
    found = twin.figures(np.maximum(idle, ringing))
    day = Room(
        twin_floor(4, 0.3, 200.0),
        open_pacer(PacingSettings(method="progressive", connect_within=0.0, ring_timeout=60.0)),
        1,
        connect_within=0.0,
    ).run()
    assert found.abandon_rate == pytest.approx(0.0, abs=1e-9)
    # 40 s to an answer with one call each, 110 s of service.
    assert found.utilisation == pytest.approx(SERVICE_S / (SERVICE_S + 12.0 / 0.3), abs=1e-4)
    assert day.utilisation == pytest.approx(found.utilisation, abs=0.01)


def test_the_optimum_rises_with_what_may_be_abandoned():
    low, high = Twin(4, 0.3).best_at([0.01, 0.03])
    assert SERVICE_S / (SERVICE_S + 40.0) < low < high < 1.0
