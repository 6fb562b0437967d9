"""A tiny floor for tests: it drives a pacer second by second as an adversary or chance wishes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from pacing import Pacer
from pacing.ledger import BAND, reserve


@dataclass
class TestFloor:
    """Reps leave by request only. `answer_rate` and `talk_s` may be changed between steps."""

    __test__ = False

    pacer: Pacer
    reps: int
    seed: int = 0
    answer_rate: float = 0.3
    ring_s: tuple[float, float] = (4.0, 20.0)
    talk_s: tuple[float, float] = (20.0, 120.0)
    step_s: float = 0.5
    connect_within: float = 2.0
    now: float = 0.0
    answered: int = 0
    abandoned: int = 0
    placed: int = 0
    lowest_budget: float = 0.0
    limit: float = 0.03
    most_uncovered: int = 0
    pick: Callable[[float], str] = lambda _now: ""
    calls: dict[str, tuple[float, str]] = field(default_factory=dict)
    waiting: dict[str, float] = field(default_factory=dict)
    ready: list[str] = field(default_factory=list)
    busy: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        for i in range(self.reps):
            self.pacer.agent(self.now, f"r{i}", "ready")
            self.ready.append(f"r{i}")

    @property
    def budget(self) -> float:
        return self.limit * self.answered - self.abandoned

    def step(self) -> int:
        """One step of time; the number of calls placed in it."""
        self.now += self.step_s
        for rep in [r for r, until in self.busy.items() if until <= self.now]:
            del self.busy[rep]
            self.pacer.agent(self.now, rep, "ready")
            self.ready.append(rep)
        for call, since in list(self.waiting.items()):
            self._serve(call, since)
        for call, (due, how) in list(self.calls.items()):
            if due <= self.now:
                self._over(call, how)
        n = self.pacer.calls_to_place(self.now)
        for _ in range(n):
            self._place()
        in_progress = len(self.calls) + len(self.waiting)
        if self.budget >= -BAND * reserve(self.reps, self.limit):
            self.most_uncovered = max(self.most_uncovered, in_progress - len(self.ready))
        self.lowest_budget = min(self.lowest_budget, self.budget)
        return n

    def run(self, seconds: float) -> None:
        for _ in range(int(seconds / self.step_s)):
            self.step()

    def _place(self) -> None:
        call = f"c{self.placed}"
        self.placed += 1
        self.pacer.placed(self.now, call, self.pick(self.now))
        if self.rng.random() < self.answer_rate:
            self.calls[call] = (self.now + self.rng.uniform(*self.ring_s), "human")
        else:
            self.calls[call] = (self.now + 25.0, "no_answer")

    def _over(self, call: str, how: str) -> None:
        del self.calls[call]
        if how == "no_answer":
            self.pacer.ended(self.now, call, "no_answer")
            return
        self.pacer.answered(self.now, call, "human")
        self.answered += 1
        self.waiting[call] = self.now
        self._serve(call, self.now)

    def _serve(self, call: str, since: float) -> None:
        if self.ready:
            rep = self.ready.pop(0)
            del self.waiting[call]
            self.pacer.connected(self.now, call, rep)
            self.pacer.agent(self.now, rep, "talking")
            self.busy[rep] = self.now + self.rng.uniform(*self.talk_s)
        elif self.now - since >= self.connect_within:
            del self.waiting[call]
            self.abandoned += 1
            self.pacer.abandoned(self.now, call)
