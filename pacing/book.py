"""Who is doing what: the reps' stages and the calls in progress, as arrays for a decision.

The book only keeps; whether a report may be true is judged before (pacing/reports.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

READY, TALK, WRAP, TALK_HINT, WRAP_HINT, AWAY = range(6)
STAGES = 5  # stages of a logged-in rep at work; AWAY is not at work
Floats = npt.NDArray[np.float64]
AnyFloats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]


class Ringing:
    """Calls placed and not yet answered or ended: dense arrays, removal by swapping the last in."""

    def __init__(self) -> None:
        self.slot: dict[str, int] = {}
        self.names: list[str] = []
        self.placed: Floats = np.zeros(64)
        self.rang: Floats = np.full(64, np.nan)
        self.group: Ints = np.zeros(64, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.names)

    def add(self, call: str, at: float, group: int) -> None:
        n = len(self.names)
        if n == self.placed.size:
            self.placed = np.concatenate([self.placed, np.zeros(n)])
            self.rang = np.concatenate([self.rang, np.full(n, np.nan)])
            self.group = np.concatenate([self.group, np.zeros(n, dtype=np.int64)])
        self.slot[call] = n
        self.names.append(call)
        self.placed[n] = at
        self.rang[n] = np.nan
        self.group[n] = group

    def remove(self, call: str) -> tuple[float, int]:
        """(placed at, group) of the call, which is forgotten."""
        i = self.slot.pop(call)
        found = float(self.placed[i]), int(self.group[i])
        last = self.names.pop()
        n = len(self.names)
        if i != n:
            self.names[i] = last
            self.slot[last] = i
            self.placed[i], self.rang[i] = self.placed[n], self.rang[n]
            self.group[i] = self.group[n]
        return found


class Agents:
    """Reps logged in: stage, since when, and how fast each is (pacing/service.py gives `pace`)."""

    def __init__(self, settle_s: float = 30.0) -> None:
        """settle_s: a rep who asked to leave stays at most so long for calls already ringing."""
        self.settle_s = settle_s
        self.slot: dict[str, int] = {}
        self.names: list[str] = []
        self.asked: Floats = np.zeros(16)  # when the rep asked to leave
        self.stage: Ints = np.full(16, AWAY, dtype=np.int64)
        self.since: Floats = np.zeros(16)
        self.pace: Floats = np.ones((STAGES, 16))  # hazard of each stage against the team's
        self.leaving: npt.NDArray[np.bool_] = np.zeros(16, dtype=np.bool_)
        self.joined: npt.NDArray[np.bool_] = np.zeros(16, dtype=np.bool_)
        self.count = [0] * 6  # reps by stage
        self.ready_leaving = 0
        self.at_work_leaving = 0  # leaving, in any stage but AWAY

    def __len__(self) -> int:
        return len(self.names)

    def add(self, agent: str, at: float) -> int:
        """The slot of a new rep, AWAY since `at`."""
        n = len(self.names)
        if n == self.stage.size:
            self.stage = np.concatenate([self.stage, np.full(n, AWAY, dtype=np.int64)])
            self.since = np.concatenate([self.since, np.zeros(n)])
            self.asked = np.concatenate([self.asked, np.zeros(n)])
            self.pace = np.concatenate([self.pace, np.ones((STAGES, n))], axis=1)
            self.leaving = np.concatenate([self.leaving, np.zeros(n, dtype=np.bool_)])
            self.joined = np.concatenate([self.joined, np.zeros(n, dtype=np.bool_)])
        self.slot[agent] = n
        self.names.append(agent)
        self.stage[n], self.since[n] = AWAY, at
        self.pace[:, n] = 1.0
        self.leaving[n] = self.joined[n] = False
        self.count[AWAY] += 1
        return n

    def move(self, i: int, stage: int, at: float) -> None:
        """The rep in slot `i` enters `stage`. Going away ends a wish to leave; so does being ready
        later than any call that rang at the wish could have settled: it was withdrawn."""
        old = int(self.stage[i])
        if stage in (AWAY, READY):
            self.forget_leaving(i, at if stage == READY else np.inf)
        self.count[old] -= 1
        self.count[stage] += 1
        if self.leaving[i]:
            self.ready_leaving += (stage == READY) - (old == READY)
        self.stage[i], self.since[i] = stage, at
        self.joined[i] = False

    def leave(self, i: int, at: float) -> None:
        if not self.leaving[i] and self.stage[i] != AWAY:
            self.asked[i] = at
            self._mark(i, int(self.stage[i]), leaving=True)

    def forget_leaving(self, i: int, at: float) -> None:
        """End the wish to leave if, at `at`, it is older than the settling of calls takes."""
        if self.leaving[i] and at > self.asked[i] + self.settle_s:
            self._mark(i, int(self.stage[i]), leaving=False)

    def _mark(self, i: int, stage: int, *, leaving: bool) -> None:
        step = 1 if leaving else -1
        self.leaving[i] = leaving
        if stage == READY:
            self.ready_leaving += step
        if stage != AWAY:
            self.at_work_leaving += step

    def remove(self, agent: str) -> None:
        """Forget a rep who is AWAY."""
        i = self.slot.pop(agent)
        self.count[AWAY] -= 1
        last = self.names.pop()
        n = len(self.names)
        if i != n:
            self.names[i] = last
            self.slot[last] = i
            for column in (self.stage, self.since, self.asked, self.leaving, self.joined):
                column[i] = column[n]
            self.pace[:, i] = self.pace[:, n]

    @property
    def at_work(self) -> int:
        """Reps in any stage but AWAY."""
        return len(self.names) - self.count[AWAY]

    @property
    def staying(self) -> int:
        """Reps at work who have not asked to leave."""
        return self.at_work - self.at_work_leaving

    @property
    def talking(self) -> int:
        return self.count[TALK] + self.count[TALK_HINT]
