"""What operations ask: how many reps, what a stricter limit costs, which settings are better."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from dialer.settings.calling import minutes
from dialer.sim.compare import Compared, compare
from dialer.sim.figures import ShiftFigures
from dialer.sim.scenario import Scenario
from dialer.sim.seeds import Job, run_all
from dialer.sim.summary import Estimate, estimate, share
from dialer.zonedata import zone_named

#: So sure must it be that the list is through in time.
SURE = 0.9
MOST_REPS = 5000
GRACE_S = 60.0

Run = Callable[[Sequence[Job]], list[ShiftFigures]]


class CannotAdviseError(Exception):
    """Why the question has no answer here, in one line."""


class Tried(msgspec.Struct, frozen=True):
    """One number of reps: in how many runs the list was through, and when (hours into the shift).

    `low` and `high` are the 95 % interval of the share.
    """

    reps: int
    through: int
    runs: int
    share: float
    low: float
    high: float
    hours: Estimate


class RepsNeeded(msgspec.Struct, frozen=True):
    """The least reps with which every lead was called by `by` in SURE of the runs.

    With `surely` reps even the lower end of the interval is at least SURE; None: not found within
    the numbers that were tried.
    """

    by: str
    reps: int | None
    surely: int | None
    tried: list[Tried]


class LimitCost(msgspec.Struct, frozen=True):
    """What a change of the abandon limit does, per figure."""

    before: float
    after: float
    compared: dict[str, Compared]


class Better(msgspec.Struct, frozen=True):
    """Which of two settings is better: talk minutes count, unless one breaks the limit."""

    winner: str  #: "a", "b" or "": not to be told apart
    why: str
    over_limit: tuple[int, int]
    runs: int
    compared: dict[str, Compared]


# --- how many reps --------------------------------------------------------------------------------


def reps_needed(scenario: Scenario, by: str, seeds: int, run: Run) -> RepsNeeded:
    """How many reps it takes for every lead of every list to be called once by `by` ("17:00").

    Tried by doubling, then by halving the gap; of several shifts each keeps about its part, and has
    somebody. Raises CannotAdviseError.
    """
    if not any(scenario.callees_of(name).leads for name in scenario.campaign):
        raise CannotAdviseError(
            "no list has an end: set leads under [callees.NAME] to the number of people in it"
        )
    scenario = _until(scenario, by)
    tried: dict[int, Tried] = {}

    def is_enough(reps: int) -> bool:
        if reps not in tried:
            jobs = [Job(_with_reps(scenario, reps), seed) for seed in range(seeds)]
            tried[reps] = _tried(reps, run(jobs), scenario)
        return tried[reps].share >= SURE

    least = _least(is_enough, scenario.reps_in_all, len(scenario.shifts))
    surely = next((reps for reps in sorted(tried) if tried[reps].low >= SURE), None)
    return RepsNeeded(by, least, surely, [tried[reps] for reps in sorted(tried)])


def _least(is_enough: Callable[[int], bool], guess: int, fewest: int = 1) -> int | None:
    """The least number from `fewest` on that is enough, if more never is less; None above
    MOST_REPS.
    """
    low, high = fewest - 1, max(fewest, guess)
    while not is_enough(high):
        low, high = high, high * 2
        if high > MOST_REPS:
            return None
    while low < fewest < high:
        half = max(fewest, high // 2)
        low, high = (low, half) if is_enough(half) else (half, high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def _tried(reps: int, runs: Sequence[ShiftFigures], scenario: Scenario) -> Tried:
    through = [_through_h(run, scenario) for run in runs]
    hits = sum(math.isfinite(hours) for hours in through)
    part, low, high = share(hits, len(runs))
    return Tried(reps, hits, len(runs), part, low, high, estimate(through, 0.0))


def _through_h(run: ShiftFigures, scenario: Scenario) -> float:
    """Hours until the last list was through; nan if one was not within the shift."""
    limited = [name for name in scenario.campaign if scenario.callees_of(name).leads]
    times = [run.campaigns[name].through_s if name in run.campaigns else None for name in limited]
    if any(time is None or time > run.hours * 3600 + GRACE_S for time in times):
        return math.nan
    return max(time for time in times if time is not None) / 3600


def _with_reps(scenario: Scenario, reps: int) -> Scenario:
    parts = _shared(reps, [shift.reps for shift in scenario.shift])
    shifts = tuple(
        shift.model_copy(update={"reps": part})
        for shift, part in zip(scenario.shift, parts, strict=True)
    )
    settings = scenario.reps.model_copy(update={"count": reps})
    return scenario.model_copy(update={"reps": settings, "shift": shifts})


def _shared(count: int, weights: Sequence[int]) -> list[int]:
    """`count` in whole parts of at least 1, as near to `weights` as can be (largest remainder)."""
    spare, total = count - len(weights), sum(weights)
    wanted = [spare * weight / max(total, 1) for weight in weights]
    parts = [math.floor(want) for want in wanted]
    order = sorted(range(len(parts)), key=lambda i: parts[i] - wanted[i])
    for i in order[: spare - sum(parts)]:
        parts[i] += 1
    return [part + 1 for part in parts]


def _until(scenario: Scenario, by: str) -> Scenario:
    """The scenario ended at a time of its day. Raises CannotAdviseError."""
    try:
        end = minutes(by) * 60
    except ValueError:
        raise CannotAdviseError(f"--by {by}: must be a time of day, as 17:00") from None
    day = scenario.scenario
    start = datetime.fromtimestamp(day.starts_at, zone_named(day.timezone))
    hours = (end - start.hour * 3600 - start.minute * 60 - start.second) / 3600
    if hours <= 0:
        raise CannotAdviseError(f"--by {by} is not after the shift's start, {start:%H:%M}")
    shorter = day.model_copy(update={"hours": hours, "warmup_minutes": 0.0})
    return scenario.model_copy(update={"scenario": shorter})


# --- what a limit costs ---------------------------------------------------------------------------


def limit_cost(scenario: Scenario, before: float, after: float, seeds: int, run: Run) -> LimitCost:
    """The same shifts under one abandon limit and under another."""
    first, second = (_with_limit(scenario, limit) for limit in (before, after))
    runs = run([Job(it, seed) for it in (first, second) for seed in range(seeds)])
    return LimitCost(before, after, compare(runs[:seeds], runs[seeds:]))


def _with_limit(scenario: Scenario, limit: float) -> Scenario:
    campaigns = {
        name: it.model_copy(update={"max_abandon_rate": limit})
        for name, it in scenario.campaign.items()
    }
    pool = scenario.pool.model_copy(update={"max_abandon_rate": None})
    return scenario.model_copy(update={"campaign": campaigns, "pool": pool})


# --- which is better ------------------------------------------------------------------------------


def better(a: Scenario, b: Scenario, limits: tuple[float, float], seeds: int, run: Run) -> Better:
    """Two scenarios on the same callees, run by run. Who goes over his limit more often, and
    surely so, has lost; else who lets reps talk more, if the difference is beyond chance.
    """
    runs = run([Job(it, seed) for it in (a, b) for seed in range(seeds)])
    first, second = runs[:seeds], runs[seeds:]
    over = tuple(
        sum(one.abandon_rate > limit for one in side)
        for side, limit in zip((first, second), limits, strict=True)
    )
    compared = compare(first, second)
    winner, why = _verdict((over[0], over[1]), seeds, compared["talk_min_per_rep_hour"].difference)
    return Better(winner, why, (over[0], over[1]), seeds, compared)


def _verdict(over: tuple[int, int], runs: int, talk: Estimate) -> tuple[str, str]:
    (_, low_a, high_a), (_, low_b, high_b) = (share(hits, runs) for hits in over)
    if low_a > high_b:
        return "b", "limit"
    if low_b > high_a:
        return "a", "limit"
    if talk.low > 0:
        return "b", "talk"
    if talk.high < 0:
        return "a", "talk"
    return "", "alike"


def runner(workers: int | None, title: str, *, shown: bool) -> Run:
    """Runs jobs as `run_all` does."""
    return lambda jobs: run_all(jobs, title=title, shown=shown, workers=workers)
