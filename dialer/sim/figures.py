"""What a simulated shift came to: counted from the orders of the floor, as any observer could."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import msgspec

from dialer.floor.commands import AgentMoved, CloseAttempt
from figures.catalogue import FIGURES
from figures.facts import milliseconds

#: Width of the shift's picture.
BIN_S = 300.0
#: An hour with fewer answers says little about a rate.
LEAST_ANSWERS = 40
WORK = ("ready", "talking", "wrapup")


class Bin(msgspec.Struct):
    """Five minutes of a shift: rep-seconds by state, and calls counted when they were answered or,
    if nobody did, placed.
    """

    ready_s: float = 0.0
    busy_s: float = 0.0
    away_s: float = 0.0
    placed: int = 0
    answered: int = 0
    abandoned: int = 0


class CampaignFigures(msgspec.Struct):
    placed: int = 0
    answered: int = 0
    abandoned: int = 0
    connected: int = 0
    machines: int = 0
    talk_s: float = 0.0
    #: Leads never called, of a list with an end.
    untouched: int | None = None
    #: Leads that may be called again, or for the first time.
    left: int | None = None
    #: Seconds into the shift when every lead had been called once; None: not in this shift.
    through_s: float | None = None

    @property
    def abandon_rate(self) -> float:
        return _figure("abandon_rate", self.abandoned, self.answered)


class ShiftFigures(msgspec.Struct):
    """One run. Times in seconds, rates 0..1; nan where there is nothing to divide by."""

    seed: int
    reps: int
    hours: float
    utilisation: float
    talk_min_per_rep_hour: float
    wait_mean_s: float
    wait_p90_s: float
    abandon_rate: float
    worst_hour: float
    calls_per_connected: float
    answer_wait_mean_s: float
    answer_wait_p99_s: float
    placed: int
    answered: int
    abandoned: int
    connected: int
    machines: int
    #: People whom the machine detector hung up on: no abandoned calls, but silence to them.
    people_missed: int
    rep_hours: float
    outcomes: dict[str, int]
    campaigns: dict[str, CampaignFigures]
    bins: list[Bin]
    impossible: dict[str, int]
    refused: dict[str, int]
    events: int = 0
    took_s: float = 0.0


@dataclass(slots=True)
class _Rep:
    state: str = "out"
    since: float = 0.0
    ready_since: float | None = None


@dataclass
class Watch:
    """Counts from `starts_at` on; what lies before it (the warm-up) is left out."""

    begins_at: float
    starts_at: float
    ends_at: float
    reps: dict[str, _Rep] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    waits: list[float] = field(default_factory=list)
    answer_waits: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    campaigns: dict[str, CampaignFigures] = field(default_factory=dict)
    by_hour: dict[int, list[int]] = field(default_factory=dict)
    people_missed: int = 0

    def __post_init__(self) -> None:
        count = math.ceil((self.ends_at - self.begins_at) / BIN_S)
        self.bins = [Bin() for _ in range(max(1, count))]
        self._first_hour = self.begins_at - self.begins_at % 3600

    # --- reps -------------------------------------------------------------------------------------

    def moved(self, move: AgentMoved, now: float) -> None:
        rep = self.reps.setdefault(move.agent, _Rep())
        state = "ready" if move.state == "reserved" else move.state
        if state == rep.state:
            return
        self._span(rep.state, rep.since, now)
        if state == "talking" and rep.ready_since is not None and rep.ready_since >= self.starts_at:
            self.waits.append(now - rep.ready_since)
        rep.ready_since = now if state == "ready" else None
        rep.state, rep.since = state, now

    def close(self, now: float) -> None:
        for rep in self.reps.values():
            self._span(rep.state, rep.since, now)
            rep.since = now

    def _span(self, state: str, since: float, until: float) -> None:
        until = min(until, self.ends_at)
        if state == "out" or until <= since:
            return
        counted = until - max(since, self.starts_at)
        if counted > 0:
            self.seconds[state] += counted
        index = int((since - self.begins_at) // BIN_S)
        while since < until and index < len(self.bins):
            edge = min(until, self.begins_at + (index + 1) * BIN_S)
            self._fill(self.bins[index], state, edge - since)
            since, index = edge, index + 1

    def _fill(self, bin_: Bin, state: str, seconds: float) -> None:
        if state == "ready":
            bin_.ready_s += seconds
        elif state == "paused":
            bin_.away_s += seconds
        else:
            bin_.busy_s += seconds

    # --- calls ------------------------------------------------------------------------------------

    def closed(self, record: CloseAttempt, truth: str) -> None:
        self._bin(record.placed_at).placed += 1
        human = record.answered_by == "human" and record.answered_at is not None
        abandoned = record.outcome == "abandoned"
        if human and record.answered_at is not None:
            bin_ = self._bin(record.answered_at)
            bin_.answered += 1
            bin_.abandoned += int(abandoned)
        if record.placed_at < self.starts_at:
            return
        self.outcomes[record.outcome] += 1
        of = self.campaigns.setdefault(record.campaign, CampaignFigures())
        of.placed += 1
        of.machines += record.outcome == "machine"
        of.connected += record.outcome == "connected"
        of.talk_s += record.talk_seconds or 0.0
        self.people_missed += record.outcome == "machine" and truth == "human"
        if human and record.answered_at is not None:
            of.answered += 1
            of.abandoned += int(abandoned)
            self._count_hour(record.answered_at, abandoned)
            if record.connected_at is not None:
                self.answer_waits.append(record.connected_at - record.answered_at)

    def _bin(self, at: float) -> Bin:
        index = int((at - self.begins_at) // BIN_S)
        return self.bins[min(max(index, 0), len(self.bins) - 1)]

    def _count_hour(self, at: float, abandoned: bool) -> None:
        counts = self.by_hour.setdefault(int((at - self._first_hour) // 3600), [0, 0])
        counts[0] += 1
        counts[1] += int(abandoned)

    # --- all of it --------------------------------------------------------------------------------

    def figures(self, seed: int, reps: int) -> ShiftFigures:
        work = sum(self.seconds[state] for state in WORK)
        busy = self.seconds["talking"] + self.seconds["wrapup"]
        each = self.campaigns.values()
        answered, abandoned = sum(c.answered for c in each), sum(c.abandoned for c in each)
        placed, connected = sum(c.placed for c in each), sum(c.connected for c in each)
        hours = [
            _figure("abandon_rate", lost, all_)
            for all_, lost in self.by_hour.values()
            if all_ >= LEAST_ANSWERS
        ]
        return ShiftFigures(
            seed=seed,
            reps=reps,
            hours=(self.ends_at - self.starts_at) / 3600,
            utilisation=_figure("occupancy", milliseconds(busy), milliseconds(work)),
            talk_min_per_rep_hour=60 * _ratio(self.seconds["talking"], work),
            wait_mean_s=_ratio(sum(self.waits), len(self.waits)),
            wait_p90_s=quantile(self.waits, 0.9),
            abandon_rate=_figure("abandon_rate", abandoned, answered),
            worst_hour=max(hours, default=math.nan),
            calls_per_connected=_figure("attempts_per_contact", placed, connected),
            answer_wait_mean_s=_ratio(sum(self.answer_waits), len(self.answer_waits)),
            answer_wait_p99_s=quantile(self.answer_waits, 0.99),
            placed=placed,
            answered=answered,
            abandoned=abandoned,
            connected=connected,
            machines=sum(c.machines for c in each),
            people_missed=self.people_missed,
            rep_hours=work / 3600,
            outcomes=dict(self.outcomes),
            campaigns=self.campaigns,
            bins=self.bins,
            impossible={},
            refused={},
        )


def _figure(name: str, above: int, below: int) -> float:
    """A ratio of the registry; nan where there is nothing to divide by."""
    value = FIGURES[name].value(above, below)
    return math.nan if value is None else value


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def quantile(values: list[float], share: float) -> float:
    """The value that `share` of the others do not exceed; nan of nothing."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]
