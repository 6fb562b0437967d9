"""Two settings on the same callees, and a recorded day under other settings."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

import msgspec

from dialer.sim.day import RecordedDay, fitted
from dialer.sim.figures import ShiftFigures
from dialer.sim.read import checked
from dialer.sim.scenario import Scenario
from dialer.sim.seeds import Job, run_all
from dialer.sim.summary import FIGURES, Estimate, difference, estimate, t_quantile


class Compared(msgspec.Struct, frozen=True):
    """One figure under both settings. `one_day`: what a single day may differ by, 95 %."""

    first: Estimate
    second: Estimate
    difference: Estimate
    one_day: tuple[float, float]


class WhatIf(msgspec.Struct, frozen=True):
    """A recorded day against itself under changed settings, by figure; the day's own beside it."""

    recorded: dict[str, float]
    compared: dict[str, Compared]
    runs: int
    #: Figures in which the day lies outside what the fitted simulation gives: 95 % of its days.
    unlike: list[str]


#: Shares of runs that decide which of two is better.
SURE = 0.95


def compare(first: Sequence[ShiftFigures], second: Sequence[ShiftFigures]) -> dict[str, Compared]:
    """Figure by figure, run by run."""
    return {name: _compared(name, first, second) for name in FIGURES}


def _compared(name: str, first: Sequence[ShiftFigures], second: Sequence[ShiftFigures]) -> Compared:
    figure, _ = FIGURES[name]
    ours, theirs = [figure(run) for run in first], [figure(run) for run in second]
    changes = [b - a for a, b in zip(ours, theirs, strict=True)]
    return Compared(
        estimate(ours, 0.0), estimate(theirs, 0.0), difference(ours, theirs), one_of(changes)
    )


def one_of(values: Sequence[float]) -> tuple[float, float]:
    """Where one more of these would lie with 95 % (the prediction interval of normal values)."""
    known = [value for value in values if math.isfinite(value)]
    if len(known) < 2:
        return (math.nan, math.nan)
    n, mean = len(known), statistics.fmean(known)
    half = t_quantile(n - 1) * statistics.stdev(known) * math.sqrt(1.0 + 1.0 / n)
    return (mean - half, mean + half)


class CannotFitError(Exception):
    """Why a day gives no scenario, in one line."""


def scenario_as(day: RecordedDay, seed: int, changes: Sequence[str]) -> Scenario:
    """The day as a scenario, changed. Raises CannotFitError."""
    found = checked(fitted(day, seed), None, None, changes)
    if not isinstance(found, Scenario):
        raise CannotFitError("; ".join(str(problem) for problem in found.all))
    return found


def what_if(
    day: RecordedDay,
    changes: Sequence[str],
    seeds: int,
    *,
    workers: int | None = None,
    shown: bool = True,
) -> WhatIf:
    """The day as it was and with `changes`, each `seeds` times, on resampled fits of its calls.

    Raises CannotFitError.
    """
    if day.figures is None or len(day.records) < 30:
        raise CannotFitError(f"{len(day.records)} calls are too few to fit a day to")
    as_was = [Job(scenario_as(day, s, ()), s, day.saved) for s in range(seeds)]
    changed = [Job(scenario_as(day, s, changes), s, day.saved) for s in range(seeds)]
    runs = run_all([*as_was, *changed], title=day.pool, shown=shown, workers=workers)
    compared = compare(runs[:seeds], runs[seeds:])
    recorded = {name: figure(day.figures) for name, (figure, _) in FIGURES.items()}
    return WhatIf(recorded, compared, seeds, _unlike(recorded, runs[:seeds]))


def _unlike(recorded: dict[str, float], as_was: Sequence[ShiftFigures]) -> list[str]:
    names = ("utilisation", "wait_mean_s", "abandon_rate", "answered", "placed")
    found = []
    for name in names:
        low, high = one_of([FIGURES[name][0](run) for run in as_was])
        if math.isfinite(low) and not low <= recorded[name] <= high:
            found.append(name)
    return found
