"""Many runs as one answer: means with intervals, paired differences, shares with intervals."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence

import msgspec

from dialer.sim.figures import ShiftFigures

#: Two-sided 95 % of the normal distribution.
Z = 1.959964
_T = {1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764, 5: 2.5706}


class Estimate(msgspec.Struct, frozen=True):
    """A mean over runs. `low` and `high` are its 95 % interval; nan where one run says nothing."""

    mean: float
    low: float
    high: float
    least: float
    most: float
    runs: int

    @property
    def half(self) -> float:
        return 0.5 * (self.high - self.low)


def t_quantile(freedom: int) -> float:
    """Two-sided 95 % of Student's t (the Cornish-Fisher expansion about the normal one, to the
    third order; Abramowitz and Stegun 26.7.5). Off by less than 0.003 from 6 degrees on.
    """
    if freedom in _T:
        return _T[freedom]
    z, n = Z, freedom
    first = (z**3 + z) / (4 * n)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    return z + first + second + third


def estimate(values: Sequence[float], least: float = -math.inf) -> Estimate:
    """The mean of what the runs came to; runs without the figure (nan) are left out.

    `least`: the figure cannot be lower, nor can its interval.
    """
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return Estimate(math.nan, math.nan, math.nan, math.nan, math.nan, 0)
    mean, n = statistics.fmean(known), len(known)
    if n == 1:
        return Estimate(mean, math.nan, math.nan, mean, mean, 1)
    half = t_quantile(n - 1) * statistics.stdev(known) / math.sqrt(n)
    return Estimate(mean, max(least, mean - half), mean + half, min(known), max(known), n)


def difference(ours: Sequence[float], theirs: Sequence[float]) -> Estimate:
    """`theirs` less `ours`, run by run: both saw the same callees."""
    return estimate([b - a for a, b in zip(ours, theirs, strict=True)])


def share(hits: int, runs: int) -> tuple[float, float, float]:
    """A share of runs with its 95 % interval (Wilson's), which holds for few runs, too."""
    p, z2 = hits / runs, Z * Z
    centre = (p + z2 / (2 * runs)) / (1 + z2 / runs)
    half = Z * math.sqrt(p * (1 - p) / runs + z2 / (4 * runs * runs)) / (1 + z2 / runs)
    # Beyond what rounding leaves: no hit means that none may be the truth, and so does every hit.
    low = 0.0 if hits == 0 else max(0.0, centre - half)
    high = 1.0 if hits == runs else min(1.0, centre + half)
    return p, low, high


Figure = Callable[[ShiftFigures], float]

#: What is told of a scenario, in order: how to get it from a run, and its kind.
FIGURES: dict[str, tuple[Figure, str]] = {
    "utilisation": (lambda f: f.utilisation, "rate"),
    "talk_min_per_rep_hour": (lambda f: f.talk_min_per_rep_hour, "plain"),
    "wait_mean_s": (lambda f: f.wait_mean_s, "seconds"),
    "wait_p90_s": (lambda f: f.wait_p90_s, "seconds"),
    "abandon_rate": (lambda f: f.abandon_rate, "rate"),
    "worst_hour": (lambda f: f.worst_hour, "rate"),
    "calls_per_connected": (lambda f: f.calls_per_connected, "plain"),
    "answer_wait_mean_s": (lambda f: f.answer_wait_mean_s, "seconds"),
    "answer_wait_p99_s": (lambda f: f.answer_wait_p99_s, "seconds"),
    "placed": (lambda f: float(f.placed), "count"),
    "answered": (lambda f: float(f.answered), "count"),
    "connected": (lambda f: float(f.connected), "count"),
    "abandoned": (lambda f: float(f.abandoned), "count"),
}


class Summary(msgspec.Struct, frozen=True):
    """All runs of one scenario."""

    reps: int
    hours: float
    limit: float
    figures: dict[str, Estimate]
    campaigns: dict[str, dict[str, Estimate]]
    #: Runs in which the whole shift's abandon rate was over the limit.
    over_limit: int
    runs: int
    people_missed: float
    #: Events that were refused as impossible, all runs together: what a live engine would log.
    impossible: dict[str, int]


def summarise(runs: Sequence[ShiftFigures], limit: float) -> Summary:
    names = {name for run in runs for name in run.campaigns}
    return Summary(
        reps=runs[0].reps,
        hours=runs[0].hours,
        limit=limit,
        figures={
            name: estimate([figure(run) for run in runs], 0.0)
            for name, (figure, _) in FIGURES.items()
        },
        campaigns={name: _campaign(name, runs) for name in sorted(names)},
        over_limit=sum(run.abandon_rate > limit for run in runs),
        runs=len(runs),
        people_missed=statistics.fmean(run.people_missed for run in runs),
        impossible=_added([run.impossible for run in runs]),
    )


def _campaign(name: str, runs: Sequence[ShiftFigures]) -> dict[str, Estimate]:
    found = [run.campaigns[name] for run in runs if name in run.campaigns]
    limited = [campaign for campaign in found if campaign.left is not None]
    estimates = {
        "placed": estimate([float(c.placed) for c in found], 0.0),
        "answered": estimate([float(c.answered) for c in found], 0.0),
        "connected": estimate([float(c.connected) for c in found], 0.0),
        "abandon_rate": estimate([c.abandon_rate for c in found], 0.0),
    }
    if limited:
        estimates["untouched"] = estimate([float(c.untouched or 0) for c in limited], 0.0)
        estimates["left"] = estimate([float(c.left or 0) for c in limited], 0.0)
        through = [math.nan if c.through_s is None else c.through_s / 3600 for c in limited]
        estimates["through_h"] = estimate(through)
    return estimates


def _added(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for count in counts:
        for key, value in count.items():
            found[key] = found.get(key, 0) + value
    return found
