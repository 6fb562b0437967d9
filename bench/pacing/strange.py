"""Floors nobody thought of: `python -m bench.pacing.strange [--floors N] [--first SEED]`

Each seed draws a floor: reps, answer rate and how it moves, laws of rings, talks and wrap-up,
machine detection, patience, breaks, lines, the limit and the drop wait. The engine runs its day;
constant ratios do, too, of which the best within the limit is picked when the day is over. Told are
the days over the limit, and how busy the reps were under either.
"""

from __future__ import annotations

import argparse
import math
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing import Pool

from rich.console import Console

from bench.pacing.room import Group, Rate, Room, Scenario, lognormal
from bench.tables import Report
from pacing import PacingSettings, open_pacer

RATIOS = (1.0, 1.3, 1.7, 2.2, 2.8, 3.6, 4.6, 6.0, 8.0, 11.0, 15.0, 22.0, 35.0)
SIZES = {"1 to 4 reps": (1, 2, 3, 4), "6 to 15": (6, 8, 12, 15), "25 to 100": (25, 35, 60, 100)}
Talk = Callable[[random.Random, float], float]
Wrap = Callable[[random.Random], float]


@dataclass(frozen=True)
class Strange:
    """A floor with the rules it is held to."""

    floor: Scenario
    limit: float
    connect_within: float
    told: str


@dataclass(frozen=True)
class Found:
    told: str
    reps: int
    utilisation: float
    answered: int
    abandoned: int
    limit: float
    best_ratio: float  # the utilisation under it

    @property
    def is_over(self) -> bool:
        return self.abandoned > self.limit * self.answered


def _moving(rng: random.Random, p: float, span: float) -> tuple[str, Rate]:
    kind = rng.choice(("flat", "flat", "drift", "surge", "halved", "walk"))
    if kind == "drift":
        return kind, lambda t: p * (1.0 + 0.5 * math.sin(2 * math.pi * t / 3600.0))
    if kind == "surge":
        return kind, lambda t: min(0.9, p * (3.0 if 0.4 * span < t < 0.6 * span else 1.0))
    if kind == "halved":
        return kind, lambda t: p * (0.5 if t > 0.5 * span else 1.0)
    if kind == "walk":
        steps, at = [], 0.0
        for _ in range(int(span / 300.0) + 2):
            at = max(-1.0, min(0.6, at + rng.gauss(0.0, 0.15)))
            steps.append(min(0.9, p * math.exp(at)))
        return kind, lambda t: steps[min(int(t / 300.0), len(steps) - 1)]
    return kind, lambda _t: p


def _talk(rng: random.Random) -> tuple[str, Talk]:
    mean, kind = rng.choice((15, 30, 60, 120, 240, 600)), rng.randrange(5)
    laws: tuple[tuple[str, Talk], ...] = (
        ("constant", lambda _r, _t: mean),
        ("exponential", lambda r, _t: r.expovariate(1 / mean)),
        ("lognormal", lambda r, _t: lognormal(r, mean, 1.2)),
        ("8 s or twice", lambda r, _t: 8.0 if r.random() < 0.5 else 2.0 * mean),
        ("uniform", lambda r, _t: r.uniform(0.5 * mean, 1.5 * mean)),
    )
    name, law = laws[kind]
    return f"{name} {mean} s", law


def _wrap(rng: random.Random) -> tuple[str, Wrap]:
    mean, fixed = rng.choice((0, 0, 5, 20, 60)), rng.random() < 0.5
    if mean == 0:
        return "none", lambda _r: 0.0
    if fixed:
        return f"constant {mean} s", lambda _r: float(mean)
    return f"exponential {mean} s", lambda r: r.expovariate(1 / mean)


def strange(seed: int) -> Strange:
    rng = random.Random(f"strange {seed}")
    reps = rng.choice([n for sizes in SIZES.values() for n in sizes])
    hours = rng.choice((1, 2, 4, 8) if reps < 60 else (1, 2))
    span, timeout = 3600.0 * hours, rng.choice((15.0, 20.0, 25.0, 40.0, 60.0))
    p = rng.choice((0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8))
    kind, rate = _moving(rng, max(p, 0.1) if reps > 30 else p, span)
    (talk_told, talk), (wrap_told, wrap) = _talk(rng), _wrap(rng)
    group = Group(
        human=rate,
        machine=rng.choice((0.0, 0.0, 0.1)) if p < 0.6 else 0.0,
        failed=rng.choice((0.0, 0.05, 0.3)) if p < 0.6 else 0.05,
        ring_mean_s=rng.choice((4.0, 8.0, 12.0, 0.5 * timeout)),
        ring_sigma=rng.choice((0.2, 0.45, 0.8)),
        detection_s=rng.choice((0.0, 0.0, 2.0, 4.0)),
    )
    floor = Scenario(
        f"strange {seed}",
        reps,
        hours,
        groups=(group,),
        talk=talk,
        wrap=wrap,
        ring_timeout=timeout,
        patience_s=rng.choice((0.0, 3.0, 12.0, 40.0)),
        pace_spread=rng.choice((0.0, 0.0, 0.4)),
        away=rng.choice(((), (), ((0.4 * span, 0.5 * span, 0.5),))),
        max_lines=rng.choice((None, None, None, max(4, 2 * reps))),
        hints=rng.choice((0.0, 0.0, 0.6)),
    )
    limit, wait = rng.choice((0.01, 0.03, 0.03, 0.03, 0.05)), rng.choice((0.5, 2.0, 2.0, 5.0))
    told = (
        f"{seed}: {reps} reps, {hours} h, {p:.0%} {kind}, rings {group.ring_mean_s:g} s of "
        f"{timeout:g}, talk {talk_told}, wrap-up {wrap_told}, limit {limit:.0%}, {wait:g} s"
    )
    return Strange(floor, limit, wait, told)


def one(seed: int) -> Found:
    case = strange(seed)
    settings = PacingSettings(
        max_abandon_rate=case.limit,
        connect_within=case.connect_within,
        ring_timeout=case.floor.ring_timeout,
    )

    def room(pacing: PacingSettings) -> Room:
        # Not every caller gives calls up.
        cancels = seed % 2 == 0
        pacer = open_pacer(pacing)
        return Room(case.floor, pacer, seed, case.connect_within, cancels=cancels, limit=case.limit)

    day = room(settings).run()
    best = 0.0
    for ratio in RATIOS:
        other = room(replace(settings, method="ratio", ratio=ratio)).run()
        if other.abandon_rate <= case.limit:
            best = max(best, other.utilisation)
    return Found(
        case.told, case.floor.reps, day.utilisation, day.answered, day.abandoned, case.limit, best
    )


def _tell(report: Report, title: str, found: list[Found]) -> None:
    n = max(1, len(found))
    report.row(
        "Floors nobody thought of",
        {
            "floors": title,
            "number": len(found),
            "days over the limit": sum(f.is_over for f in found),
            "utilisation %": f"{100 * sum(f.utilisation for f in found) / n:.1f}",
            "best ratio afterwards %": f"{100 * sum(f.best_ratio for f in found) / n:.1f}",
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--floors", type=int, default=120)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 2) - 1))
    args = parser.parse_args()
    console, report = Console(width=110), Report("pacing-strange")
    with Pool(args.jobs, os.nice, (10,)) as pool:
        seeds = range(args.first, args.first + args.floors)
        found = list(pool.imap_unordered(one, seeds, chunksize=1))
    for title, sizes in SIZES.items():
        _tell(report, title, [f for f in found if f.reps in sizes])
    _tell(report, "all", found)
    for day in sorted((f for f in found if f.is_over), key=lambda f: f.told):
        console.print(f"over: {day.abandoned} of {day.answered}: {day.told}")
    report.show(console)
    report.keep()


if __name__ == "__main__":
    main()
