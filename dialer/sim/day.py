"""A recorded day: its logs run again, what it came to, and a scenario fitted to it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dialer.engine.floorlog import Entry, Start
from dialer.floor import Floor
from dialer.floor.commands import AgentMoved, CloseAttempt, Command
from dialer.floor.rules import CampaignRules, PoolRules
from dialer.sim.figures import ShiftFigures, Watch
from dialer.sim.fit import EVERYBODY, fit_scenario
from dialer.sim.floor_replay import Replayed, logs_of, reaches, replay
from dialer.sim.records import Record, Seen, Span
from dialer.words import OUTCOMES
from dialer.zonedata import zone_named

Data = dict[str, Any]
#: Fewer calls than this are no day to fit anything to.
LEAST_CALLS = 30
_POOL_KEYS = (
    "method",
    "ratio",
    "max_abandon_rate",
    "max_lines",
    "seed",
    "ask_every",
    "leave_when_settled",
)
_CAMPAIGN_KEYS = (
    "weight",
    "routing",
    "sticky",
    "connect_within",
    "ring_timeout",
    "wrapup_limit",
    "hold_limit",
    "max_abandon_rate",
)
LINE = "line"


@dataclass
class RecordedDay:
    """The logs of a pool's day, run again. `figures` is None where nobody worked."""

    pool: str
    starts_at: float
    ends_at: float
    zone: str
    replayed: list[Replayed] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    pool_rules: PoolRules = field(default_factory=PoolRules)
    campaigns: dict[str, CampaignRules] = field(default_factory=dict)
    lines: int | None = None
    calls_per_second: float | None = None
    saved: bytes | None = None
    #: Campaigns whose list had nothing due at some time.
    dry: set[str] = field(default_factory=set)
    figures: ShiftFigures | None = None

    @property
    def is_identical(self) -> bool:
        return all(log.is_identical for log in self.replayed)


def day_bounds(day: str, zone: str) -> tuple[float, float]:
    """Midnight to midnight of "2026-03-02". Raises ValueError."""
    midnight = datetime.fromisoformat(day).replace(
        hour=0, minute=0, second=0, microsecond=0, tzinfo=zone_named(zone)
    )
    return midnight.timestamp(), (midnight + timedelta(days=1)).timestamp()


def day_logs(state_dir: Path, pool: str, start: float, end: float) -> list[tuple[Path, Start]]:
    """Logs in which something happened on that day."""
    return [
        (path, begun)
        for path, begun in logs_of(state_dir, pool)
        if begun.at < end and reaches(path, start, end)
    ]


def run_again(
    logs: Sequence[tuple[Path, Start]], pool: str, bounds: tuple[float, float], zone: str
) -> RecordedDay:
    """Every log from its beginning to the end of the day; stops at the first divergence."""
    day = RecordedDay(pool, *bounds, zone)
    watch = Watch(bounds[0], bounds[0], bounds[1])
    for path, start in logs:
        seen = Seen(start.rules)
        watcher = _Both(seen, watch, bounds)
        result = replay(path, bounds[1], watcher)
        day.replayed.append(result)
        if not result.is_identical:
            return day
        watcher.close(result.until)
        _take(day, seen, start)
    if day.records:
        day.figures = watch.figures(0, len({span.agent for span in day.spans}))
    return day


class _Both:
    """Feeds a replay to the records and, within the day, to the figures."""

    def __init__(self, seen: Seen, watch: Watch, bounds: tuple[float, float]) -> None:
        self.seen, self.watch, self.bounds = seen, watch, bounds

    def __call__(self, floor: Floor, entry: Entry, commands: Sequence[Command]) -> None:
        self.seen(floor, entry, commands)
        for command in commands:
            if isinstance(command, AgentMoved):
                self.watch.moved(command, entry.now)
            elif isinstance(command, CloseAttempt) and command.placed_at >= self.bounds[0]:
                self.watch.closed(command, "")

    def close(self, now: float) -> None:
        self.seen.close(now)
        self.watch.close(now)


def _take(day: RecordedDay, seen: Seen, start: Start) -> None:
    if not day.records:
        day.saved = start.knowledge()
    day.pool_rules, day.campaigns = seen.pool, {**day.campaigns, **seen.campaigns}
    day.lines = max(filter(None, (day.lines, seen.lines)), default=None)
    day.calls_per_second = seen.calls_per_second
    day.records += [r for r in seen.records.values() if r.placed_at >= day.starts_at]
    day.spans += within(seen.spans, max(day.starts_at, seen.ran_since), seen.ran_until)
    day.dry |= seen.dry


def fitted(day: RecordedDay, seed: int = 0) -> Data:
    """A scenario's data as this day was. Seeds other than 0 fit to a resample of its calls, so that
    many of them show how sure the fit is (the bootstrap; B. Efron, 1979).
    """
    records = day.records
    if seed:
        chance = random.Random(f"fit/{seed}")  # noqa: S311  (a simulation keeps no secrets)
        records = chance.choices(records, k=len(records))
    data = fit_scenario(
        records,
        day.zone,
        title=day.pool,
        spans=day.spans,
        campaigns={name: _campaign(rules, day) for name, rules in day.campaigns.items()},
        pool=_pool(day.pool_rules),
    )
    for campaign in day.dry & set(data["callees"]):
        calls = sum(record.campaign == campaign for record in day.records)
        _ends_with_its_list(data, campaign, calls)
    if day.lines is not None or day.calls_per_second is not None:
        trunk = {
            "name": LINE,
            "max_lines": day.lines,
            "calls_per_second": day.calls_per_second,
        }
        data["trunk"] = [{key: value for key, value in trunk.items() if value is not None}]
        for campaign in data["campaign"].values():
            campaign["trunks"] = [LINE]
    return data


def within(spans: Sequence[Span], start: float, end: float) -> list[Span]:
    """The parts of `spans` that lie in [start, end)."""
    cut = [Span(s.agent, max(s.since, start), min(s.until, end), s.away) for s in spans]
    return [span for span in cut if span.until > span.since]


def _ends_with_its_list(data: Data, campaign: str, calls: int) -> None:
    """The list was through on that day: so many calls, to a person each, and no more."""
    data["callees"][campaign]["leads"] = calls
    once = {"after_minutes": 0.0, "up_to_attempts": 1}
    outcomes = [it for it in OUTCOMES if it != "connected"]
    data["campaign"][campaign]["recycle"] = dict.fromkeys(outcomes, once)


def _pool(rules: PoolRules) -> Data:
    found = {key: getattr(rules, key) for key in _POOL_KEYS}
    found["phone_retry"] = list(rules.phone_retry)
    return {key: value for key, value in found.items() if value is not None}


def _campaign(rules: CampaignRules, day: RecordedDay) -> Data:
    found: Data = {key: getattr(rules, key) for key in _CAMPAIGN_KEYS}
    # Who was called had passed the gate: the fitted list has nobody whom it would refuse.
    found["calling"] = dict(EVERYBODY)
    found["amd"] = any(r.outcome == "machine" for r in day.records)
    return found
