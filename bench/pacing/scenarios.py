"""The floors of the benchmark.

Days of the smallest rooms are as long as a shift; from 10 reps on 1.5 to 4 hours, and less from 200
on, where hundreds of calls make up for it.
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


SCENARIOS = [
    team(3, 0.30, 8),
    team(5, 0.30, 8),
    team(5, 0.60, 8),
    team(10, 0.05, 8),
    team(10, 0.30, 4),
    team(20, 0.15, 2.5),
    team(20, 0.30, 2.5),
    team(50, 0.30, 2),
    team(100, 0.30, 1.5),
    team(200, 0.20, 1),
    team(500, 0.30, 0.75),
    team(20, 0.25, 1.5, "drift 30 %", human=drift(0.25, 0.3, 1.5)),
    team(50, 0.20, 2, "surge x2", human=surge(0.20, 2.0, 0.75, 1.5)),
    team(20, 0.30, 2, "halved", human=surge(0.30, 0.5, 0.75, 1.5)),
    team(30, 0.30, 2, "lunch", away=((0.75 * H, 1.1 * H, 0.5), (1.1 * H, 1.5 * H, 0.4))),
    team(30, 0.30, 2, "shift change", joins=((0.0, 1.3 * H, 0.6), (0.7 * H, 2 * H, 0.8))),
    team(15, 0.30, 2, "cold list, list ends", human=surge(0.5, 0.3, 0.6, 9.0), leads=3000),
    team(20, 0.30, 1.5, "short calls", talk=short_calls, wrap=lambda r: r.expovariate(1 / 6)),
    team(20, 0.30, 1.5, "heavy tails", talk=mixture),
    team(20, 0.30, 1.5, "own paces", pace_spread=0.35),
    team(30, 0.20, 1.5, "few lines", max_lines=60),
    team(40, 0.25, 1.5, "calls per second", calls_per_second=1.5),
    team(20, 0.25, 1.5, "machines", group={"machine": 0.35, "detection_s": 1.5}),
    Scenario(
        "two campaigns",
        30,
        1.5,
        groups=(
            Group("warm", 1.0, lambda _t: 0.45, own_window=True),
            Group("cold", 2.0, lambda _t: 0.15, ring_mean_s=15.0, own_window=True),
        ),
    ),
    team(10, 0.30, 3, "signalled ends", hints=0.8),
]
BY_NAME = {s.name: s for s in SCENARIOS}
