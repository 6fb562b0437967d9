"""What a change of settings would do to a floor as it is now: paired runs of its next minutes.

Reps, learned pacing, today's calls and the abandon ledger are the floor's own. Both settings meet
the same callees, run by run, so that the difference is theirs and not that of chance.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from dialer.settings import CampaignSettings, PoolSettings
from dialer.sim.figures import ShiftFigures
from dialer.sim.fit import EVERYBODY, fit_callees, fit_paces, fit_reps
from dialer.sim.records import Record
from dialer.sim.scenario import SHARES
from dialer.sim.summary import FIGURES

Data = dict[str, Any]

#: What is told of both.
TOLD = (
    "utilisation", "wait_mean_s", "wait_p90_s", "abandon_rate", "calls_per_connected", "connected",
    "talk_min_per_rep_hour",
)  # fmt: skip
WARMUP_MINUTES = 3.0
#: Below the first, calls tell nothing that is better than a guess; below the second, the answer
#: rate is drawn towards the guess.
LEAST_CALLS, ENOUGH_CALLS = 30, 200
#: The guess counts as so many calls.
PRIOR_CALLS, PRIOR_ANSWER_RATE = 50, 0.3
LEAST_WRAPUPS = 10
#: A list longer than this does not run out in an hour.
ENDLESS = 20_000
_CAMPAIGN_KEYS = (
    "weight", "routing", "needs", "sticky", "connect_within", "ring_timeout", "wrapup_limit",
    "hold_limit", "max_abandon_rate", "amd", "trunks",
)  # fmt: skip
_POOL_KEYS = ("method", "ratio", "max_abandon_rate", "max_lines", "ask_every")


class Reps(Struct, frozen=True):
    """Reps at work who may take the same calls."""

    count: int
    skills: dict[str, int] = {}
    campaigns: tuple[str, ...] = ()  # none: all
    weight: float = 1.0


class Line(Struct, frozen=True):
    name: str
    max_lines: int | None = None
    calls_per_second: float | None = None


class FloorNow(Struct, frozen=True, kw_only=True):
    """A floor as a simulation needs it. `ledger`: abandoned and answered so far, of each
    campaign's tightest legal window; `dialable`: leads that may be called.
    """

    at: float
    zone: str
    reps: list[Reps]
    paused: int = 0
    records: dict[str, list[Record]] = {}
    ledger: dict[str, tuple[int, int]] = {}
    dialable: dict[str, int] = {}
    lines: list[Line] = []


class Note(Struct, frozen=True):
    """Something that whoever reads the answer should know."""

    slug: str
    words: str
    campaign: str = ""


class Interval(Struct, frozen=True):
    """A mean over the runs with its 90 % interval; None where the runs do not tell."""

    mean: float | None
    low: float | None
    high: float | None


def scenario_data(
    floor: FloorNow,
    pool: PoolSettings,
    campaigns: Mapping[str, CampaignSettings],
    minutes: float,
) -> tuple[Data, list[Note]]:
    """The data of a scenario file, and what had to be guessed for it."""
    records = [record for name in campaigns for record in floor.records.get(name, [])]
    paces = fit_paces(records)
    callees, notes = {}, []
    for name, campaign in campaigns.items():
        own = floor.records.get(name, [])
        fitted: Data = {}
        if len(own) >= LEAST_CALLS:
            fitted = fit_callees(own, floor.zone, campaign.connect_within, paces)
        if len(own) < ENOUGH_CALLS:
            notes.append(_few(name, len(own)))
            _draw_to_prior(fitted, len(own))
        leads = floor.dialable.get(name)
        callees[name] = {**fitted, **({} if leads is None or leads > ENDLESS else {"leads": leads})}
    if floor.paused:
        notes.append(Note("paused", f"{floor.paused} paused reps are left out"))
    notes.append(Note("hours", "times of day at which nobody may be called are not part of it"))
    local = datetime.fromtimestamp(floor.at, UTC)
    data = {
        "scenario": {
            "start": f"{local:%Y-%m-%dT%H:%M:%S}+00:00",
            "timezone": floor.zone,
            "hours": (minutes + WARMUP_MINUTES) / 60,
            "warmup_minutes": WARMUP_MINUTES,
        },
        "pool": _chosen(pool, _POOL_KEYS),
        "campaign": {name: _campaign(it, floor) for name, it in campaigns.items()},
        "callees": callees,
        "reps": _reps(records, notes),
        "shift": [_shift(group, campaigns) for group in floor.reps],
        "trunk": [_line(line) for line in floor.lines],
    }
    return data, notes


def _few(name: str, calls: int) -> Note:
    words = f"{name} had {calls} calls lately: "
    words += "usual figures are taken" if calls < LEAST_CALLS else "its figures are uncertain"
    return Note("few-calls", words, name)


def _draw_to_prior(fitted: Data, calls: int) -> None:
    rate = fitted.get("answer_rate")
    if isinstance(rate, float):
        whole = calls * rate + PRIOR_CALLS * PRIOR_ANSWER_RATE
        room = 1.0 - sum(
            float(fitted.get(other, 0.0)) for other in SHARES if other != "answer_rate"
        )
        drawn = whole / (calls + PRIOR_CALLS)
        fitted["answer_rate"] = round(max(0.0, min(room, drawn)), 4)


def _reps(records: Sequence[Record], notes: list[Note]) -> Data:
    wrapups = sum(record.wrapup_seconds is not None for record in records)
    found: Data = {"login_spread_s": 30.0}
    if wrapups >= LEAST_WRAPUPS:
        found |= {**fit_reps(records, fit_paces(records)), "login_spread_s": 30.0}
    else:
        notes.append(Note("few-wrapups", f"{wrapups} wrap-ups lately: a usual one is taken"))
    return found


def _campaign(campaign: CampaignSettings, floor: FloorNow) -> Data:
    found = _chosen(campaign, _CAMPAIGN_KEYS)
    known = {line.name for line in floor.lines}
    found["trunks"] = [name for name in campaign.trunks if name in known]
    found["calling"] = dict(EVERYBODY)
    return found


def _chosen(section: PoolSettings | CampaignSettings, keys: Sequence[str]) -> Data:
    dumped = section.model_dump(mode="json")
    return {key: dumped[key] for key in keys if dumped[key] is not None}


def _shift(group: Reps, campaigns: Mapping[str, CampaignSettings]) -> Data:
    own = [name for name in group.campaigns if name in campaigns]
    return {
        "reps": group.count,
        "skills": dict(group.skills),
        "weight": group.weight,
        "campaigns": own,
    }


def _line(line: Line) -> Data:
    found: Data = {"name": line.name, "max_lines": line.max_lines}
    return {**found, "calls_per_second": line.calls_per_second}


def figures_of(run: ShiftFigures) -> dict[str, float | None]:
    """What is told of one run."""
    found = {name: FIGURES[name][0](run) for name in TOLD}
    return {name: value if math.isfinite(value) else None for name, value in found.items()}


Runs = Sequence[Mapping[str, float | None]]


def compared(now: Runs, then: Runs) -> dict[str, dict[str, Interval]]:
    """Means of both and of their differences, figure by figure, run by run."""
    found: dict[str, dict[str, Interval]] = {"now": {}, "then": {}, "difference": {}}
    for name in TOLD:
        ours, theirs = [run.get(name) for run in now], [run.get(name) for run in then]
        pairs = zip(ours, theirs, strict=True)
        both = [b - a for a, b in pairs if a is not None and b is not None]
        found["now"][name] = interval([it for it in ours if it is not None], least=0.0)
        found["then"][name] = interval([it for it in theirs if it is not None], least=0.0)
        found["difference"][name] = interval(both)
    return found


def interval(values: Sequence[float], least: float = -math.inf) -> Interval:
    """A mean with its 90 % interval (Student's t)."""
    if not values:
        return Interval(None, None, None)
    mean, n = statistics.fmean(values), len(values)
    if n == 1:
        return Interval(mean, None, None)
    half = t_90(n - 1) * statistics.stdev(values) / math.sqrt(n)
    return Interval(mean, max(least, mean - half), mean + half)


_T90 = {1: 6.3138, 2: 2.9200, 3: 2.3534, 4: 2.1318, 5: 2.0150}


def t_90(freedom: int) -> float:
    """Two-sided 90 % of Student's t: by the first terms of the Cornish-Fisher expansion
    (Abramowitz and Stegun 26.7.5), off by less than 0.002 from 6 degrees on.
    """
    if freedom in _T90:
        return _T90[freedom]
    z, n = 1.644854, freedom
    first = (z**3 + z) / (4 * n)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
    return z + first + second + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
