"""What becomes of a ringing call, by its age: learned hazards, and forecasts from them.

Ages are cut into bins. For each group, and for all groups together, ends are counted by bin; calls
still ringing, and calls we gave up, are exposure without an event (the life-table estimate under
censoring). The shape by age has a long memory. How high the answer rate is just now is a second,
quick estimate: answers counted / answers the shape expects of the same exposure, with a memory of
about a quarter of an hour, cut short when a two-sided CUSUM test says that the rate has changed.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from pacing.book import AnyFloats, Floats, Ints

BINS = 90  # bins of ring_timeout / 50
HORIZONS = 6  # quantiles of the answer delay that a decision looks at
SHAPE_MEMORY = 3000.0  # calls
PRIOR_CALLS, GROUP_PRIOR_CALLS = 6.0, 15.0
PRIOR_ANSWER_RATE = 0.4  # before anything is known: too high is the safe side
LEVEL_SPAN_S = 900.0
LEVEL_MEMORY = (60.0, 500.0)  # answers
POOL_PRIOR_ANSWERS, GROUP_PRIOR_ANSWERS = 3.0, 8.0
CAUTION_TODAY = 1.0  # the same, of how high the rate is of late
CAUTION = 3.0  # standard deviations of the answer rate, of which KNOWN_SPREAD (60 answers) is free
KNOWN_SPREAD = 0.13
CHANGE_UP, CHANGE_DOWN, ALARM = 1.6, 0.6, 6.5
GROUPS_AT_ONCE = 4
TELLING = ("human", "machine", "no_answer")  # ends that tell when people answer; others come early
SMOOTH = np.array([1.0, 2.0, 3.0, 4.0, 3.0, 2.0, 1.0]) / 16.0


@cache
def _smoothing(size: int) -> Floats:
    """[size, size]: what `smooth` does, as a matrix."""
    padded = np.pad(np.eye(size), ((3, 3), (0, 0)), mode="edge")
    found: Floats = np.stack([SMOOTH @ padded[i : i + 7] for i in range(size)])
    return found


def smooth(values: Floats) -> Floats:
    """Running mean over about three bins to either side; the ends see what there is."""
    found: Floats = _smoothing(values.size) @ values
    return found


class Counts:
    """Calls over, by age bin, with forgetting: the newest call weighs `weight`, older ones less."""

    def __init__(self, memory: float) -> None:
        self.weight = 1.0
        self.growth = 1.0 + 1.0 / memory
        self.human = [0.0] * BINS
        self.other = [0.0] * BINS
        self.censored = [0.0] * BINS

    def add(self, bin_: int, outcome: str) -> None:
        if outcome == "human":
            self.human[bin_] += self.weight
        elif outcome == "cancelled":
            self.censored[bin_] += self.weight
        else:
            self.other[bin_] += self.weight
        self.weight *= self.growth
        if self.weight > 1e9:
            for column in (self.human, self.other, self.censored):
                column[:] = [x / self.weight for x in column]
            self.weight = 1.0

    @property
    def answers(self) -> float:
        return sum(self.human) / self.weight

    def arrays(self) -> tuple[Floats, Floats, Floats]:
        """(human, other, all) ends by bin, the newest call weighing 1."""
        human = np.array(self.human) / self.weight
        other = np.array(self.other) / self.weight
        return human, other, human + other + np.array(self.censored) / self.weight


class Level:
    """Answers against what the shape expects, lately; and whether that has changed."""

    def __init__(self) -> None:
        self.ratio = 1.0
        self.rel_var = 1.0 / POOL_PRIOR_ANSWERS
        self.changes = 0
        self._weight = 1.0
        self._answers = 0.0
        self._over = np.zeros(BINS)
        self._offset = 0.0  # expected answers of the running calls when the memory was cut
        self._new_answers = 0.0
        self._new_over = np.zeros(BINS)
        self._running = 0.0
        self._up = self._down = 0.0
        self._since = {True: self._nothing(), False: self._nothing()}
        self._gap_s = 10.0
        self._last_answer_at = -math.inf

    def add(self, bin_: int, outcome: str, at: float) -> None:
        self._over[bin_] += self._weight
        self._new_over[bin_] += 1.0
        if outcome != "human":
            return
        self._answers += self._weight
        self._new_answers += 1.0
        if self._last_answer_at > -math.inf:
            self._gap_s += (min(at - self._last_answer_at, 120.0) - self._gap_s) * 0.05
        self._last_answer_at = at
        memory = min(max(LEVEL_SPAN_S / max(self._gap_s, 1e-3), LEVEL_MEMORY[0]), LEVEL_MEMORY[1])
        self._weight *= 1.0 + 1.0 / memory
        if self._weight > 1e9:
            self._answers /= self._weight
            self._over /= self._weight
            self._offset /= self._weight
            self._weight = 1.0

    def refresh(
        self, expected: Floats, running: Floats, prior: float, prior_answers: float
    ) -> None:
        """`expected`: answers expected of a call over in bin b; `running`: calls ringing by bin."""
        now_running = float(running @ expected)
        over = float(self._new_over @ expected)
        self._test(over + now_running - self._running, now_running)
        self._new_answers = 0.0
        self._new_over = np.zeros(BINS)
        self._running = now_running
        w = self._weight
        exposure = max(0.0, float(self._over @ expected - self._offset) / w + now_running)
        answers = self._answers / w
        self.ratio = (prior_answers * prior + answers) / (prior_answers + exposure)
        self.ratio = min(max(self.ratio, 0.02), 50.0)
        self.rel_var = 1.0 / (prior_answers + answers)

    def _test(self, exposure: float, running: float) -> None:
        for up, factor in ((True, CHANGE_UP), (False, CHANGE_DOWN)):
            since = self._since[up]
            since["answers"] += self._new_answers
            since["over"] += self._new_over
            step = self._new_answers * math.log(factor) - (factor - 1.0) * self.ratio * exposure
            score = since["score"] = max(0.0, since["score"] + step)
            if score == 0.0:
                self._since[up] = self._nothing(running)
        if max(self._since[True]["score"], self._since[False]["score"]) > ALARM:
            self._cut(self._since[self._since[True]["score"] > ALARM], running)

    def _cut(self, since: dict[str, Any], running: float) -> None:
        self._weight = 1.0
        self._answers, self._over = since["answers"], since["over"].copy()
        self._offset = since["running"]
        self._since = {True: self._nothing(running), False: self._nothing(running)}
        self.changes += 1

    @staticmethod
    def _nothing(running: float = 0.0) -> dict[str, Any]:
        return {"score": 0.0, "answers": 0.0, "over": np.zeros(BINS), "running": running}


class Forecast:
    """What will become of calls of one group, by age bin: tables over the horizons."""

    def __init__(self, human: Floats, other: Floats) -> None:
        self.human, self.other = human, other
        alive = np.cumprod(np.concatenate([[1.0], np.clip(1.0 - human - other, 0.0, 1.0)]))
        self.alive = np.maximum(alive, 1e-12)  # at the bins' edges
        self.answered = np.concatenate([[0.0], np.cumsum(alive[:-1] * human)])

    def within(self, start: AnyFloats, span: AnyFloats) -> Floats:
        """P(answered by a human within `span` bins | rings at age `start` bins), both broadcast."""
        edges = np.arange(BINS + 1.0)
        gone = np.interp(start + span, edges, self.answered)
        had = np.interp(start, edges, self.answered)
        alive = np.interp(start, edges, self.alive)
        found: Floats = np.clip((gone - had) / alive, 0.0, 1.0)
        return found


class RingLaw:
    """Forecasts of ringing calls, learned from calls over. Index 0 is the pool, g + 1 group g."""

    def __init__(self, ring_timeout: float) -> None:
        self.width = ring_timeout / 50.0
        self.shapes = [Counts(SHAPE_MEMORY)]
        self.levels = [Level()]
        self.forecasts: list[Forecast] = []
        self._dirty = [True]
        self._next = 0  # the group to refresh next
        self.known = 0.0  # calls of which it was seen how they end, and whose end tells something
        prior = self._prior(ring_timeout)
        self._prior_human, self._prior_other = prior
        self._shape_human = [prior[0]]
        self._shape_other = [prior[1]]
        self.refresh(np.zeros(0), np.zeros(0, dtype=np.int64))

    def _prior(self, ring_timeout: float) -> tuple[Floats, Floats]:
        """Hazards per bin before anything is known: answers about 0.4 of the ring timeout."""
        middle = (np.arange(BINS) + 0.5) * self.width
        density = np.exp(-0.5 * (np.log(middle / (0.4 * ring_timeout)) / 0.6) ** 2) / middle
        density *= PRIOR_ANSWER_RATE / density.sum()
        alive = 1.0 - np.concatenate([[0.0], np.cumsum(density)[:-1]])
        other = np.full(BINS, 0.003)
        other[50:] = 0.4
        return density / alive, other

    def add_group(self, group: int) -> None:
        """A new group at this index (anew, if the index was another's), known as all are."""
        lists: tuple[tuple[list[Any], Any], ...] = (
            (self.shapes, Counts(SHAPE_MEMORY)),
            (self.levels, Level()),
            (self._dirty, True),
            (self._shape_human, self._shape_human[0]),
            (self._shape_other, self._shape_other[0]),
            (self.forecasts, self.forecasts[0]),
        )
        for column, value in lists:
            column[group + 1 : group + 2] = [value]

    def bins(self, ages: Floats) -> Ints:
        return np.minimum((ages / self.width).astype(np.int64), BINS - 1)

    def on_over(self, group: int, age: float, outcome: str, at: float) -> None:
        """A call of `group` was over at `age` s: "human", "cancelled" (censored) or any other."""
        bin_ = min(int(age / self.width), BINS - 1)
        self.known += outcome in TELLING
        for index in (0, group + 1):
            self.shapes[index].add(bin_, outcome)
            self.levels[index].add(bin_, outcome, at)
            self._dirty[index] = True

    def refresh(self, ages: Floats, groups: Ints) -> list[int]:
        """Learn from what came since; `ages` (s) and `groups` of the calls ringing now.

        The pool and at most GROUPS_AT_ONCE groups are done, the others by the next calls: a
        decision must not wait for hundreds of groups. Returns the groups done.
        """
        bins = self.bins(ages)
        if self._dirty[0]:
            self._refresh(0, np.bincount(bins, minlength=BINS).astype(float))
        done = []
        for step in range(1, len(self.shapes)):
            group = (self._next + step - 1) % (len(self.shapes) - 1)
            if self._dirty[group + 1]:
                mine = bins[groups == group]
                self._refresh(group + 1, np.bincount(mine, minlength=BINS).astype(float))
                done.append(group)
                if len(done) == GROUPS_AT_ONCE:
                    break
        self._next = (done[-1] + 1) if done else 0
        return done

    @property
    def stale(self) -> bool:
        """Is there a group of which something came since it was last refreshed?"""
        return any(self._dirty)

    def _refresh(self, index: int, running: Floats) -> None:
        human, other = self._shape(index, running)
        self._shape_human[index], self._shape_other[index] = human, other
        # Answers expected of a call seen up to bin b: its hazards so far, half of the last bin's.
        expected = np.cumsum(human) - 0.5 * human
        pool = self.levels[0].ratio if index else 1.0
        prior_answers = GROUP_PRIOR_ANSWERS if index else POOL_PRIOR_ANSWERS
        # A group's shape holds its own long-run rate; the pool's quick estimate says by how much
        # the hour differs, which is the better guess until the group has answers of its own.
        self.levels[index].refresh(expected, running, pool, prior_answers)
        lifted = np.minimum(human * self.levels[index].ratio * self._caution(), 0.9)
        forecast = Forecast(lifted, np.minimum(other, 1.0 - lifted))
        if index < len(self.forecasts):
            self.forecasts[index] = forecast
        else:
            self.forecasts.append(forecast)
        self._dirty[index] = False

    def _caution(self) -> float:
        """A factor on rates while few answers are known.

        Two answers of sixty calls may be a floor on which twice as many answer, and a quiet minute
        in the morning is no quiet day.
        """
        ever = 1.0 / math.sqrt(1.0 + self.shapes[0].answers) - KNOWN_SPREAD
        today = math.sqrt(self.levels[0].rel_var) - KNOWN_SPREAD
        return 1.0 + max(0.0, CAUTION * ever, CAUTION_TODAY * today)

    def _shape(self, index: int, running: Floats) -> tuple[Floats, Floats]:
        """(human, other) hazards per bin, shrunk to the pool's or to the prior."""
        human, other, over = self.shapes[index].arrays()
        seen = over + running
        exposure = np.cumsum(seen[::-1])[::-1] - 0.5 * seen
        prior = GROUP_PRIOR_CALLS if index else PRIOR_CALLS
        prior_human = self._shape_human[0] if index else self._prior_human
        prior_other = self._shape_other[0] if index else self._prior_other
        found = (smooth(human) + prior * prior_human) / (smooth(exposure) + prior)
        # Ends without an answer come in spikes (the ring timeout), so they are not smoothed.
        # In its own bin an ended call counts as exposed for the whole of it here.
        ended = (other + prior * prior_other) / (exposure + 0.5 * seen + prior)
        return np.minimum(found, 0.9), np.minimum(ended, 1.0)

    def delay_quantiles(self) -> Floats:
        """Answer delays (s) of a new call at the HORIZONS mid-quantiles, over all groups."""
        answered = self.forecasts[0].answered
        wanted = (np.arange(HORIZONS) + 0.5) / HORIZONS * answered[-1]
        delays: Floats = np.interp(wanted, answered, np.arange(BINS + 1.0)) * self.width
        return delays

    def table(self, group: int, horizons: Floats, free_again: Floats) -> Floats:
        """[bins, horizons]: P(a call is answered by then and still holds its rep).

        `free_again` [k, horizons]: P(an answer in the k-th bin from now has freed its rep again).
        """
        forecast = self.forecasts[group + 1]
        edges = forecast.answered
        # Calls are taken to be in the middle of their bins: from one middle to the next.
        middles = 0.5 * (edges[1:] + edges[:-1])
        steps = np.zeros(BINS + free_again.shape[0])
        steps[: BINS - 1] = np.diff(middles)
        steps[BINS - 1] = edges[-1] - middles[-1]
        by_bin = sliding_window_view(steps, free_again.shape[0])[:BINS]
        alive = 0.5 * (forecast.alive[1:] + forecast.alive[:-1])
        until = np.arange(BINS)[:, None] + (0.5 + horizons / self.width)
        gone = np.interp(until.ravel(), np.arange(BINS + 1.0), edges).reshape(until.shape)
        held = (gone - middles[:, None] - by_bin @ free_again) / alive[:, None]
        chances: Floats = np.minimum(np.maximum(held, 0.0), 1.0)
        return chances

    def answer_rate(self, group: int = -1) -> float:
        """Chance that a new call of the group (default: any) is answered by a human.

        As far as is known, without the caution that decisions add.
        """
        return float(self.forecasts[group + 1].answered[-1]) / self._caution()

    def save(self, names: list[str]) -> dict[str, Any]:
        def pack(index: int) -> dict[str, list[float]]:
            counts = self.shapes[index]
            w = counts.weight
            columns = ("human", "other", "censored")
            return {c: [round(x / w, 6) for x in getattr(counts, c)] for c in columns}

        groups = {name: pack(g + 1) for g, name in enumerate(names)}
        return {"width": self.width, "pool": pack(0), "groups": groups}

    def load(self, index: int, data: dict[str, list[float]]) -> None:
        """Take over saved counts; at most a day old knowledge, so it weighs at most half."""
        counts = self.shapes[index]
        for name in ("human", "other", "censored"):
            setattr(counts, name, [float(x) for x in data[name]])
        if index == 0:
            self.known = sum(counts.human) + sum(counts.other)
        self._dirty[index] = True
