"""When a rep will be free: learned time-to-free by stage and elapsed time, and by how fast each is.

Four stages of work: talking, wrap-up, and each of them after the rep signalled that it is about to
end. For each, exits are counted on a grid of durations that widens with the duration, so that heavy
tails and mixtures are held without assuming any form; conversations still running are exposure.
The hazard in each cell is shrunk to the stage's mean hazard. A rep's own pace is a factor on the
team's hazards, (k + exits) / (k + exits the team's hazards expect): one who always signals too
early gets a small factor in the signalled stages, and is not believed.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import Any

import numpy as np

from pacing.book import AWAY, READY, TALK, TALK_HINT, WRAP, WRAP_HINT, Agents, AnyFloats, Floats
from pacing.ring import smooth

CELLS = 110
GRID_S, GRID_STEP = 6.0, 0.07  # edge k = 6 s x (e^(0.07 k) - 1): 0.4 s wide at 0, 4.6 s at 60 s
EDGES: Floats = GRID_S * np.expm1(GRID_STEP * np.arange(CELLS + 1))
_EDGES = EDGES.tolist()
MEMORY = 3000.0  # exits
STEP_S, STEPS = 0.5, 120  # grid of forecasts from the start of a stage
PARTS = 12  # steps of the integral from now to a horizon
PRIOR = {  # stage: (mean s, exits it weighs), slow on purpose: too slow is the safe side
    TALK: (240.0, 3.0),
    WRAP: (40.0, 3.0),
    TALK_HINT: (20.0, 4.0),
    WRAP_HINT: (15.0, 4.0),
}
PACE_PRIOR = {TALK: 12.0, WRAP: 10.0, TALK_HINT: 3.0, WRAP_HINT: 3.0}
PACE_MEMORY = 0.985
MAX_REMEMBERED = 5000
IS_BUSY = np.array([stage not in (READY, AWAY) for stage in range(AWAY + 1)])
AWAY_MEMORY = 0.995


class StageLaw:
    """Time in one stage until it is left, whichever way."""

    def __init__(self, stage: int) -> None:
        self.mean_s, self.prior = PRIOR[stage]
        self.weight = 1.0
        self.exits = [0.0] * CELLS
        self.hints = [0.0] * CELLS  # of these exits, those by a signal
        self.partial = [0.0] * CELLS  # s spent in the cell of the exit
        self.refresh(np.zeros(0))

    def add(self, elapsed: float, *, by_hint: bool) -> None:
        cell = min(bisect_right(_EDGES, elapsed) - 1, CELLS - 1)
        self.exits[cell] += self.weight
        self.partial[cell] += self.weight * (elapsed - _EDGES[cell])
        if by_hint:
            self.hints[cell] += self.weight
        self.weight *= 1.0 + 1.0 / MEMORY
        if self.weight > 1e9:
            for column in (self.exits, self.partial, self.hints):
                column[:] = [x / self.weight for x in column]
            self.weight = 1.0

    @property
    def total(self) -> float:
        return sum(self.exits) / self.weight

    def refresh(self, running: Floats) -> None:
        """Learn from what came since; `running`: elapsed times (s) of those in the stage now."""
        w = self.weight
        exits, partial = np.array(self.exits) / w, np.array(self.partial) / w
        cell = np.clip(np.searchsorted(EDGES, running, side="right") - 1, 0, CELLS - 1)
        partial = partial + np.bincount(cell, weights=running - EDGES[cell], minlength=CELLS)
        past = exits + np.bincount(cell, minlength=CELLS)
        beyond = np.cumsum(past[::-1])[::-1] - past
        exposure = partial + beyond * np.diff(EDGES)
        mean_hazard = (self.prior + exits.sum()) / (self.prior * self.mean_s + exposure.sum())
        # Each cell is shrunk to the mean hazard as if it held one exit at that hazard.
        hazard = (smooth(exits) + 1.0) / (smooth(exposure) + 1.0 / mean_hazard)
        self.hint_share = (np.array(self.hints) / w + 0.02 * exits) / (exits + 1.0)
        self.cumulative = np.concatenate([[0.0], np.cumsum(hazard * np.diff(EDGES))])
        self._cumulative = self.cumulative.tolist()
        self.mean_hazard = float(mean_hazard)

    def hazard_to(self, elapsed: float) -> float:
        """Cumulative hazard at `elapsed` s: exits the team's law expects of one such stay."""
        cell = min(bisect_right(_EDGES, elapsed) - 1, CELLS - 1)
        low, high = self._cumulative[cell], self._cumulative[cell + 1]
        part = (elapsed - _EDGES[cell]) / (_EDGES[cell + 1] - _EDGES[cell])
        return float(low + min(part, 1.0) * (high - low))

    def alive(self, elapsed: AnyFloats) -> Floats:
        found: Floats = np.exp(-np.interp(elapsed, EDGES, self.cumulative))
        return found


class ServiceLaw:
    """Time-to-free of all reps; `tables` hold log P(not free within each horizon)."""

    def __init__(self) -> None:
        self.laws = {stage: StageLaw(stage) for stage in PRIOR}
        self.no_wrap = [0.5, 2.0]  # talks that went straight to ready, all talks; with forgetting
        self.away = [0.2, 20.0]  # stays that ended away from work unasked, all stays
        self.skills: dict[str, list[float]] = {}
        self._new = self._exits = 0
        self._refreshed_at = -math.inf

    # Learning -----------------------------------------------------------------------------

    def on_exit(self, agents: Agents, slot: int, at: float, stage: int) -> None:
        """The rep in `slot` leaves its stage for `stage` at `at`."""
        old = int(agents.stage[slot])
        law = self.laws.get(old)
        if law is None:
            return
        elapsed = max(0.0, at - float(agents.since[slot]))
        self._learn_pace(agents, slot, old, law.hazard_to(elapsed))
        self._new += 1
        self._exits += 1
        law.add(elapsed, by_hint=stage in (TALK_HINT, WRAP_HINT))
        if stage in (TALK_HINT, WRAP_HINT):
            return
        if old in (TALK, TALK_HINT):
            self.no_wrap = [x * AWAY_MEMORY for x in self.no_wrap]
            self.no_wrap[1] += 1.0
            self.no_wrap[0] += 1.0 if stage == READY else 0.0
        if stage in (READY, AWAY) and not agents.leaving[slot]:
            self.away = [x * AWAY_MEMORY for x in self.away]
            self.away[1] += 1.0
            self.away[0] += 1.0 if stage == AWAY else 0.0

    def _learn_pace(self, agents: Agents, slot: int, stage: int, expected: float) -> None:
        if self.laws[stage].total < 20.0 and stage in (TALK, WRAP):
            return  # the team's law is not yet worth measuring a rep against
        name = agents.names[slot]
        skill = self.skills.pop(name, None) or [0.0] * 8
        self.skills[name] = skill  # popped and set: the last to be touched is the last to be lost
        if len(self.skills) > MAX_REMEMBERED:
            del self.skills[next(iter(self.skills))]
        at = 2 * (stage - 1)
        skill[at] = skill[at] * PACE_MEMORY + 1.0
        skill[at + 1] = skill[at + 1] * PACE_MEMORY + min(expected, 8.0)
        agents.pace[stage, slot] = _pace(stage, skill)

    def on_login(self, agents: Agents, slot: int) -> None:
        skill = self.skills.get(agents.names[slot])
        if skill:
            for stage in PRIOR:
                agents.pace[stage, slot] = _pace(stage, skill)

    # Forecasting --------------------------------------------------------------------------

    def refresh(self, agents: Agents, now: float) -> None:
        n = len(agents)
        stage, elapsed = agents.stage[:n], now - agents.since[:n]
        for key, law in self.laws.items():
            law.refresh(elapsed[stage == key])
        self._refreshed_at = now
        self._new = 0

    def stale(self, now: float) -> bool:
        """Is there enough new for `refresh` to be worth its while?"""
        waited = now - self._refreshed_at
        return waited >= 2.0 and (self._new > 0.02 * self._exits or waited >= 30.0)

    def tables(self, spans: Floats) -> tuple[Floats, Floats]:
        """([4 x CELLS, spans] log P(not free within span s), P(free | talk starts now) by STEP_S).

        The second is on STEP_S; it counts the whole of talk and wrap-up.
        """
        grid = np.arange(STEPS + 1) * STEP_S
        stays = 1.0 - min(self.away[0] / self.away[1], 0.9)
        no_wrap = self.no_wrap[0] / self.no_wrap[1]
        done = np.ones_like(grid)
        wrap_hinted = self._fresh(WRAP_HINT, grid, done, done)
        wrap = self._fresh(WRAP, grid, done, wrap_hinted)
        after_talk = no_wrap + (1.0 - no_wrap) * wrap
        talk_hinted = self._fresh(TALK_HINT, grid, after_talk, after_talk)
        talk = self._fresh(TALK, grid, after_talk, talk_hinted)
        found = [
            self._running(TALK, spans, grid, after_talk, talk_hinted),
            self._running(WRAP, spans, grid, done, wrap_hinted),
            self._running(TALK_HINT, spans, grid, after_talk, after_talk),
            self._running(WRAP_HINT, spans, grid, done, done),
        ]
        free = np.clip(np.concatenate(found) * stays, 0.0, 1.0 - 1e-9)
        return np.log1p(-free), talk

    def _fresh(self, stage: int, grid: AnyFloats, after: AnyFloats, hinted: AnyFloats) -> Floats:
        """P(free within each time of `grid` | the stage starts now); `after`: free within so long
        of its plain end, `hinted`: of a signal."""
        law = self.laws[stage]
        leave = -np.diff(law.alive(grid))
        share = law.hint_share[_cells(grid[:-1] + 0.5 * STEP_S)]
        plain = np.convolve(leave * (1.0 - share), after)[: grid.size - 1]
        signalled = np.convolve(leave * share, hinted)[: grid.size - 1]
        return np.concatenate([[0.0], plain + signalled])

    def _running(
        self, stage: int, spans: Floats, grid: AnyFloats, after: AnyFloats, hinted: AnyFloats
    ) -> Floats:
        """[CELLS, spans]: P(free within span | in the stage for the cell's middle)."""
        law = self.laws[stage]
        middle = 0.5 * (EDGES[:-1] + EDGES[1:])
        cuts = spans[:, None] * np.arange(PARTS + 1) / PARTS
        times = middle[:, None, None] + cuts[None]
        hazard = np.interp(times.ravel(), EDGES, law.cumulative).reshape(times.shape)
        alive = np.exp(hazard[:, :1, :1] - hazard)
        leave = alive[:, :, :-1] - alive[:, :, 1:]
        mid_cut = 0.5 * (cuts[:, 1:] + cuts[:, :-1])
        left = spans[:, None] - mid_cut
        then = np.interp(left.ravel(), grid, after).reshape(left.shape)
        then_hinted = np.interp(left.ravel(), grid, hinted).reshape(left.shape)
        share = law.hint_share[:, None, None]
        mixed = (1.0 - share) * then[None] + share * then_hinted[None]
        found: Floats = np.sum(leave * mixed, axis=2)
        return found

    # Keeping ------------------------------------------------------------------------------

    def save(self) -> dict[str, Any]:
        def pack(law: StageLaw) -> dict[str, list[float]]:
            columns = ("exits", "hints", "partial")
            return {c: [round(x / law.weight, 6) for x in getattr(law, c)] for c in columns}

        return {
            "stages": {str(stage): pack(law) for stage, law in self.laws.items()},
            "no_wrap": self.no_wrap,
            "away": self.away,
            "skills": self.skills,
        }

    def load(self, data: dict[str, Any]) -> None:
        for stage, law in self.laws.items():
            for name, column in data["stages"][str(stage)].items():
                setattr(law, name, [float(x) for x in column])
            law.refresh(np.zeros(0))
        self.no_wrap = [float(x) for x in data["no_wrap"]]
        self.away = [float(x) for x in data["away"]]
        self.skills = {str(k): [float(x) for x in v] for k, v in data["skills"].items()}


def _pace(stage: int, skill: list[float]) -> float:
    k, at = PACE_PRIOR[stage], 2 * (stage - 1)
    return min(max((k + skill[at]) / (k + skill[at + 1]), 0.05), 20.0)


def _cells(elapsed: AnyFloats) -> Any:
    found = (np.log1p(elapsed * (1.0 / GRID_S)) * (1.0 / GRID_STEP)).astype(np.int64)
    return np.minimum(found, CELLS - 1)


def rows_of(agents: Agents, now: float) -> tuple[Any, Floats]:
    """(rows of the tables, paces) of the reps who talk or wrap up and will stay."""
    n = len(agents)
    stage = agents.stage[:n]
    busy = (IS_BUSY[stage] & ~agents.leaving[:n]).nonzero()[0]
    stages = stage[busy]
    rows = (stages - 1) * CELLS + _cells(now - agents.since[busy])
    return rows, agents.pace[stages, busy]
