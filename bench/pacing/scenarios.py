"""The floors of the benchmark.

A day is a shift of eight hours; half of one from 60 reps on, two hours with 200 and one with 500,
whose calls are as many. What changes in a day (a surge, lunch, a list that ends) is given for a
room of 15 to 50 reps, and some of it again for a large one: there a wrong rate costs more calls.
"""

from __future__ import annotations

import math
import random

from bench.pacing.room import Group, Rate, Scenario, lognormal

H = 3600.0


def team(reps: int, p: float, hours: float, name: str = "", **more: object) -> Scenario:
    rate = more.pop("human", None) or (lambda _t: p)
    group = Group(human=rate, **more.pop("group", {}))  # type: ignore[arg-type]
    name = name or f"{reps} reps, {p:.0%}"
    return Scenario(name, reps, hours, groups=(group,), **more)  # type: ignore[arg-type]


def drift(p: float, share: float, period_h: float) -> Rate:
    return lambda t: p * (1.0 + share * math.sin(2 * math.pi * t / (period_h * H)))


def surge(p: float, factor: float, start_h: float, stop_h: float) -> Rate:
    return lambda t: p * (factor if start_h * H <= t < stop_h * H else 1.0)


def mixture(rng: random.Random, _t: float) -> float:
    """Heavy tails: most talks short, some very long (mean about 90 s)."""
    return rng.expovariate(1 / 30) if rng.random() < 0.65 else lognormal(rng, 201, 0.8)


def short_calls(rng: random.Random, _t: float) -> float:
    return lognormal(rng, 25, 0.8)


SHIFT, HALF = 8.0, 4.0
LUNCH = ((3.0 * H, 3.75 * H, 0.5), (3.75 * H, 4.5 * H, 0.4))
SHIFTS = ((0.0, 5.2 * H, 0.6), (2.8 * H, 8.0 * H, 0.8))
WARM_AND_COLD = (
    Group("warm", 1.0, lambda _t: 0.45, own_window=True),
    Group("cold", 2.0, lambda _t: 0.15, ring_mean_s=15.0, own_window=True),
)
MACHINES = {"machine": 0.35, "detection_s": 1.5}


def wrap_short(rng: random.Random) -> float:
    return rng.expovariate(1 / 6)


SIZES = [
    team(3, 0.30, SHIFT),
    team(5, 0.30, SHIFT),
    team(5, 0.60, SHIFT),
    team(10, 0.05, SHIFT),
    team(10, 0.30, SHIFT),
    team(20, 0.15, SHIFT),
    team(20, 0.30, SHIFT),
    team(50, 0.30, SHIFT),
    team(100, 0.30, HALF),
    team(200, 0.20, 2),
    team(500, 0.30, 1),
]
ROOMS = [
    team(20, 0.25, SHIFT, "drift 30 %", human=drift(0.25, 0.3, 1.5)),
    team(50, 0.20, SHIFT, "surge x2", human=surge(0.20, 2.0, 3.0, 4.5)),
    team(20, 0.30, SHIFT, "halved", human=surge(0.30, 0.5, 3.0, 5.5)),
    team(30, 0.30, SHIFT, "lunch", away=LUNCH),
    team(30, 0.30, SHIFT, "shift change", joins=SHIFTS),
    team(15, 0.30, SHIFT, "cold list, list ends", human=surge(0.5, 0.3, 1.5, 9.0), leads=12_000),
    team(20, 0.30, SHIFT, "short calls", talk=short_calls, wrap=wrap_short),
    team(20, 0.30, SHIFT, "heavy tails", talk=mixture),
    team(20, 0.30, SHIFT, "own paces", pace_spread=0.35),
    team(30, 0.20, SHIFT, "few lines", max_lines=60),
    team(40, 0.25, SHIFT, "calls per second", calls_per_second=1.5),
    team(20, 0.25, SHIFT, "machines", group=MACHINES),
    Scenario("two campaigns", 30, SHIFT, groups=WARM_AND_COLD),
    team(10, 0.30, SHIFT, "signalled ends", hints=0.8),
]
LARGE = [
    team(60, 0.25, HALF, "drift 30 %, 60 reps", human=drift(0.25, 0.3, 1.5)),
    team(120, 0.20, HALF, "surge x2, 120 reps", human=surge(0.20, 2.0, 1.5, 2.25)),
    team(60, 0.25, HALF, "machines, 60 reps", group=MACHINES),
    Scenario("two campaigns, 80 reps", 80, HALF, groups=WARM_AND_COLD),
]
SCENARIOS = SIZES + ROOMS + LARGE
BY_NAME = {s.name: s for s in SCENARIOS}
