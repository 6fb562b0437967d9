"""Laws of durations: how long it rings, how long they talk. Drawn with the caller's own chance."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Protocol


class Law(Protocol):
    """Durations in seconds, never negative."""

    def draw(self, chance: Random) -> float: ...

    @property
    def mean(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Constant:
    value: float

    def draw(self, chance: Random) -> float:
        return self.value

    @property
    def mean(self) -> float:
        return self.value


@dataclass(frozen=True, slots=True)
class Uniform:
    low: float
    high: float

    def draw(self, chance: Random) -> float:
        return self.low + (self.high - self.low) * chance.random()

    @property
    def mean(self) -> float:
        return 0.5 * (self.low + self.high)


@dataclass(frozen=True, slots=True)
class Exponential:
    mean: float

    def draw(self, chance: Random) -> float:
        return -self.mean * math.log(1.0 - chance.random())


@dataclass(frozen=True, slots=True)
class Lognormal:
    """`mean` is the mean of the durations themselves, `sigma` that of their logarithm."""

    mean: float
    sigma: float

    def draw(self, chance: Random) -> float:
        mu = math.log(self.mean) - 0.5 * self.sigma * self.sigma
        return math.exp(chance.gauss(mu, self.sigma))


@dataclass(frozen=True, slots=True)
class Mixture:
    """One law or another; `weights` need not sum to 1."""

    parts: tuple[Law, ...]
    weights: tuple[float, ...]

    def draw(self, chance: Random) -> float:
        ladder = list(accumulate(self.weights))
        rung = bisect_right(ladder, chance.random() * ladder[-1])
        return self.parts[min(rung, len(self.parts) - 1)].draw(chance)

    @property
    def mean(self) -> float:
        pairs = zip(self.parts, self.weights, strict=True)
        return sum(part.mean * weight for part, weight in pairs) / sum(self.weights)


@dataclass(frozen=True, slots=True)
class Empirical:
    """What was seen: each of `values` is as likely as the others."""

    values: tuple[float, ...]

    def draw(self, chance: Random) -> float:
        return self.values[int(chance.random() * len(self.values))]

    @property
    def mean(self) -> float:
        return sum(self.values) / len(self.values)


@dataclass(frozen=True, slots=True)
class Capped:
    """Another law, cut off at `most`."""

    law: Law
    most: float

    def draw(self, chance: Random) -> float:
        return min(self.most, self.law.draw(chance))

    @property
    def mean(self) -> float:
        """An upper bound: that of the law without the cap."""
        return min(self.most, self.law.mean)


@dataclass(frozen=True, slots=True)
class Steps:
    """A figure by time of day, constant from each time to the next; the last holds past midnight.

    `times` are seconds after midnight, ascending.
    """

    times: tuple[float, ...]
    values: tuple[float, ...]

    def at(self, second_of_day: float) -> float:
        return self.values[bisect_right(self.times, second_of_day) - 1]
