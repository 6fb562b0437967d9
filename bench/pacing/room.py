"""A small event-driven room for the pacing benchmark: callees, reps, lines; it drives any Pacer.

It is not the product's simulator: nothing here knows the dialer. One room is one day of one
scenario with one seed; all times are seconds from the start of the shift.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from pacing import AgentState, Pacer, Unanswered, Window

Rate = Callable[[float], float]


@dataclass(frozen=True)
class Group:
    """Calls that behave alike: who answers, and after how long."""

    name: str = ""
    weight: float = 1.0
    human: Rate = field(default=lambda _t: 0.3)  # share a person would answer within the timeout
    machine: float = 0.0
    failed: float = 0.1
    ring_mean_s: float = 12.0
    ring_sigma: float = 0.45
    detection_s: float = 0.0  # a machine detector holds every answer so long
    own_window: bool = False  # the group has an abandon limit of its own


@dataclass(frozen=True)
class Scenario:
    """One floor: sizes, laws and events of a day."""

    name: str
    reps: int
    hours: float
    groups: tuple[Group, ...] = (Group(),)
    talk: Callable[[random.Random, float], float] = field(
        default=lambda r, _t: lognormal(r, 90, 0.9)
    )
    wrap: Callable[[random.Random], float] = field(default=lambda r: r.expovariate(1 / 20))
    ring_timeout: float = 25.0
    patience_s: float = 12.0
    pace_spread: float = 0.0  # sigma of the reps' own talk and wrap factors
    away: tuple[tuple[float, float, float], ...] = ()  # (from s, to s, share of reps on a break)
    joins: tuple[tuple[float, float, float], ...] = ()  # (from s, to s, share): shifts
    max_lines: int | None = None
    calls_per_second: float | None = None
    leads: int | None = None
    hints: float = 0.0  # share of talks whose end the rep signals some seconds before
    instant_ring: bool = False  # exponential ring and service, no grace: the Markov twin
    ring_exp_s: float = 0.0

    @property
    def span_s(self) -> float:
        return self.hours * 3600.0


def lognormal(rng: random.Random, mean: float, sigma: float) -> float:
    return rng.lognormvariate(math.log(mean) - 0.5 * sigma * sigma, sigma)


@dataclass
class Day:
    """What a day came to."""

    logged_in_s: float = 0.0
    busy_s: float = 0.0
    waits: list[float] = field(default_factory=list)
    answered: int = 0
    abandoned: int = 0
    placed: int = 0
    connected: int = 0
    by_hour: dict[int, list[int]] = field(default_factory=dict)
    by_group: dict[str, list[int]] = field(default_factory=dict)

    @property
    def utilisation(self) -> float:
        return self.busy_s / self.logged_in_s if self.logged_in_s else 0.0

    @property
    def abandon_rate(self) -> float:
        return self.abandoned / self.answered if self.answered else 0.0

    def worst_hour(self) -> float:
        rates = [b / a for a, b in self.by_hour.values() if a >= 40]
        return max(rates, default=0.0)


class Room:
    """Drives `pacer` through one day of `scenario`."""

    TICK_S = 0.1  # a pacer is asked so often, but not before it wants to be: as the service does

    def __init__(
        self,
        scenario: Scenario,
        pacer: Pacer,
        seed: int,
        connect_within: float = 2.0,
        *,
        cancels: bool = True,
        limit: float = 0.03,
    ) -> None:
        self.s, self.pacer, self.cancels = scenario, pacer, cancels
        self.connect_within = connect_within
        self.limit = limit
        self.rng = random.Random(f"{scenario.name}/{seed}")
        self.day = Day()
        self.heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self.seq = 0
        self.state: dict[str, AgentState] = {}
        self.since: dict[str, float] = {}
        self.pace: dict[str, float] = {}
        self.break_until: dict[str, float] = {}
        self.settled_at: dict[str, float] = {}
        self.ready: deque[str] = deque()
        self.waiting: dict[str, float] = {}  # call -> answered at, in order of answer
        self.live: dict[str, Group] = {}
        self.end = scenario.span_s  # earlier if the list runs out
        self.talks = 0
        self.calls = 0

    # The clock ----------------------------------------------------------------------------

    def at(self, t: float, act: Callable[..., None], *args: object) -> None:
        self.seq += 1
        heapq.heappush(self.heap, (t, self.seq, act, args))

    def run(self) -> Day:
        s = self.s
        if s.calls_per_second is not None or s.max_lines is not None:
            self.pacer.limits(0.0, lines=s.max_lines, calls_per_second=s.calls_per_second)
        limited = [Window(g.name, self.limit) for g in s.groups if g.own_window]
        if limited:
            self.pacer.windows(0.0, limited)
        self._plan_reps()
        self.at(0.0, self.tick)
        heap = self.heap
        while heap and heap[0][0] <= self.end:
            t, _, act, args = heapq.heappop(heap)
            act(t, *args)
        # The shift is over: everybody leaves by request, nothing new is placed, and what rings
        # is settled before the window closes.
        end = self.end
        for rep in list(self.state):
            if self.state[rep] != "out":
                self.account(rep, end)
                self.pacer.leaving(end, rep) if self.state[rep] != "paused" else None
        self.closing = True
        while heap:
            t, _, act, args = heapq.heappop(heap)
            if act != self.tick and t < end + 120.0:
                act(t, *args)
        return self.day

    closing = False

    def _plan_reps(self) -> None:
        s = self.s
        shifts = [(0.0, s.span_s, 1.0)] if not s.joins else list(s.joins)
        number = 0
        for start, stop, share in shifts:
            for _ in range(round(share * s.reps)):
                rep = f"r{number}"
                number += 1
                self.pace[rep] = (
                    math.exp(self.rng.gauss(0.0, s.pace_spread)) if s.pace_spread else 1.0
                )
                self.at(start + self.rng.uniform(0, 60 if start else 2), self.login, rep)
                if stop < s.span_s:
                    self.at(stop + self.rng.uniform(-300, 300), self.ask_break, rep, math.inf)
        for start, stop, share in s.away:
            for i in range(number):
                if self.rng.random() < share:
                    begin = start + self.rng.uniform(0, 300)
                    self.at(begin, self.ask_break, f"r{i}", begin + stop - start)

    # Reps ---------------------------------------------------------------------------------

    def account(self, rep: str, t: float) -> None:
        """Book the time since the rep's last change, within the shift."""
        state, since = self.state[rep], self.since[rep]
        span = min(t, self.end) - min(since, self.end)
        if state in ("ready", "talking", "wrapup"):
            self.day.logged_in_s += span
            if state != "ready":
                self.day.busy_s += span
            elif span > 0 or t > since:
                self.day.waits.append(t - since)
        self.since[rep] = t

    def become(self, t: float, rep: str, state: AgentState) -> None:
        if rep in self.state:
            self.account(rep, t)
        self.state[rep], self.since[rep] = state, t
        self.pacer.agent(t, rep, state)

    def login(self, t: float, rep: str) -> None:
        if not self.closing:
            self.come_free(t, rep)

    def come_free(self, t: float, rep: str) -> None:
        until = self.break_until.get(rep)
        if until is not None and not self.closing and t >= self.settled_at.get(rep, 0.0):
            self.become(t, rep, "paused" if until < math.inf else "out")
            del self.break_until[rep]
            if until < math.inf:
                self.at(max(until, t), self.login, rep)
            return
        self.become(t, rep, "ready")
        self.ready.append(rep)
        if self.waiting:
            self.connect(t, next(iter(self.waiting)))
        elif until is not None and not self.closing:
            settled = max(t, self.settled_at.get(rep, 0.0))
            self.at(settled, self.take_break, rep, self.since[rep])

    def ask_break(self, t: float, rep: str, until: float) -> None:
        if self.state.get(rep, "out") in ("paused", "out") or self.closing:
            return
        # A wish to leave takes effect once the calls that ring at the wish are settled.
        self.break_until[rep] = until
        self.settled_at[rep] = t + self.s.ring_timeout + self.connect_within + 1.0
        self.pacer.leaving(t, rep)
        if self.state[rep] == "ready":
            self.at(self.settled_at[rep], self.take_break, rep, self.since[rep])

    def take_break(self, t: float, rep: str, since: float) -> None:
        if self.state[rep] == "ready" and self.since[rep] == since and rep in self.break_until:
            self.ready.remove(rep)
            self.come_free(t, rep)

    # Calls --------------------------------------------------------------------------------

    def tick(self, t: float) -> None:
        pacer = self.pacer
        if t < pacer.ask_again_at() and self.end - t > self.TICK_S:
            self.at(t + self.TICK_S, self.tick)
            return
        if self.cancels:
            for call in pacer.calls_to_cancel(t):
                if call in self.live:
                    del self.live[call]
                    pacer.ended(t, call, "cancelled")
        n = pacer.calls_to_place(t)
        if self.s.leads is not None:
            n = min(n, self.s.leads - self.calls)
            if self.calls >= self.s.leads:
                self.end = min(self.end, t + self.s.ring_timeout)
        shares = {g.name: n for g in self.s.groups}
        if len(shares) > 1 and n > 0:
            shares = {name: pacer.share(t, name) for name in shares}
        for _ in range(n):
            open_groups = [g for g in self.s.groups if shares[g.name] > 0]
            if not open_groups:
                break
            weights = [g.weight for g in open_groups]
            group = (
                open_groups[0] if len(weights) == 1 else self.rng.choices(open_groups, weights)[0]
            )
            shares[group.name] -= 1
            self.place(t, group)
        if t < self.end - self.TICK_S:
            self.at(t + self.TICK_S, self.tick)

    def place(self, t: float, group: Group) -> None:
        s, rng = self.s, self.rng
        self.calls += 1
        call = f"c{self.calls}"
        self.live[call] = group
        self.day.placed += 1
        self.pacer.placed(t, call, group.name)
        draw = rng.random()
        if s.ring_exp_s:
            by = "human" if draw < group.human(t) else "no_answer"
            self.at(t + rng.expovariate(1 / s.ring_exp_s), self.over, call, by)
            return
        if draw < group.failed:
            self.at(t + rng.uniform(1, 3), self.over, call, "failed" if draw < 0.05 else "busy")
            return
        setup = rng.uniform(0.5, 1.5)
        self.at(t + setup, self.rings, call)
        draw = rng.random() * (1.0 - group.failed)
        human = group.human(t)
        if draw < human + group.machine:
            while True:
                delay = lognormal(rng, group.ring_mean_s, group.ring_sigma)
                if setup < delay < s.ring_timeout:
                    break
            by = "human" if draw < human else "machine"
            self.at(t + delay + group.detection_s, self.over, call, by)
        else:
            self.at(t + s.ring_timeout, self.over, call, "no_answer")

    def rings(self, t: float, call: str) -> None:
        if call in self.live:
            self.pacer.ringing(t, call)

    def over(self, t: float, call: str, how: Unanswered | Literal["human", "machine"]) -> None:
        group = self.live.pop(call, None)
        if group is None:
            return
        if how == "machine":
            self.pacer.answered(t, call, "machine")
            return
        if how != "human":
            self.pacer.ended(t, call, how)
            return
        self.pacer.answered(t, call, "human")
        self.count(t, group, 0)
        self.waiting[call] = t
        self.live[call] = group
        if self.ready:
            self.connect(t, call)
            return
        patience = self.rng.expovariate(1 / self.s.patience_s) if self.s.patience_s else math.inf
        self.at(t + min(patience, self.connect_within), self.give_up, call)

    def count(self, t: float, group: Group, column: int) -> None:
        day = self.day
        if column:
            day.abandoned += 1
        else:
            day.answered += 1
        # What is settled after the end belongs to the last hour.
        day.by_hour.setdefault(int(min(t, self.end - 1.0) // 3600), [0, 0])[column] += 1
        day.by_group.setdefault(group.name, [0, 0])[column] += 1

    def give_up(self, t: float, call: str) -> None:
        if call in self.waiting:
            # Booked in the hour of the answer.
            self.count(self.waiting.pop(call), self.live.pop(call), 1)
            self.pacer.abandoned(t, call)

    def connect(self, t: float, call: str) -> None:
        del self.waiting[call], self.live[call]
        rep = self.ready.popleft()
        self.day.connected += 1
        self.pacer.connected(t, call, rep)
        self.become(t, rep, "talking")
        rng, s = self.rng, self.s
        talk = s.talk(rng, t) * self.pace[rep]
        self.talks += 1
        self.at(t + talk, self.hang_up, rep)
        if s.hints and rng.random() < s.hints:
            self.at(max(t, t + talk - rng.uniform(3, 15)), self.signal, rep, self.talks)

    def signal(self, t: float, rep: str, _talk: int) -> None:
        if self.state[rep] == "talking":
            self.pacer.finishing(t, rep)

    def hang_up(self, t: float, rep: str) -> None:
        wrap = self.s.wrap(self.rng) * self.pace[rep]
        if wrap <= 0.0:
            self.come_free(t, rep)
            return
        self.become(t, rep, "wrapup")
        self.at(t + wrap, self.come_free, rep)
