"""The chance that callees outnumber the reps there to take them, at several horizons.

X = net ready reps + reps who come free - calls answered: sums of independent Bernoulli variables,
so X is exactly Poisson-binomial for given chances. `Exact` inverts its characteristic function on a
grid of frequencies; `Approximate` is the normal with continuity and skewness correction (the
refined normal approximation), whose error is of the order 1 / variance. Both let the answer chances
be uncertain together (relative variance `rel_var`).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pacing.book import Floats, Ints

EXACT_REPS, EXACT_ANSWERS = 16, 60.0
SURGE = 2.0
_ROOT_HALF = math.sqrt(0.5)
_SKEWNESS = 1.0 / (6.0 * math.sqrt(2.0 * math.pi))
_Complex = npt.NDArray[np.complex128]
_Part = tuple[_Complex, _Complex]


class Shortage(Protocol):
    def chance(self, extra: int) -> float:
        """P(nobody is free for one more answer), mean over horizons, with `extra` new calls."""

    def beyond(self, extra: int, budget: int) -> float:
        """Highest P over horizons that more than `budget` answers find nobody."""

    def surged(self, extra: int, budget: int) -> float:
        """Like `beyond`, were the answer rate SURGE times as high from this moment."""

    def soon(self, extra: int) -> float:
        """Like `chance`, over the nearer half of the horizons."""


@lru_cache(maxsize=64)
def _frequencies(size: int) -> _Complex:
    found: _Complex = np.exp(2j * np.pi * np.arange(size // 2 + 1) / size)
    return found


@lru_cache(maxsize=512)
def _weights(size: int, low: int, top: int) -> _Complex:
    """Weights w with Re(phi @ w) = P(low <= X <= top), phi on the non-negative frequencies."""
    roots = _frequencies(size)
    powers = roots[:, None] ** (-np.arange(low, top + 1))[None, :]
    twice = np.full(roots.size, 2.0)
    twice[0] = twice[-1] = 1.0
    return np.asarray(powers.sum(axis=1) * twice / size)


class Exact:
    """Poisson-binomial by its characteristic function; calls and reps are few."""

    def __init__(
        self,
        net: int,
        free: Floats,
        answered: Floats,
        new: Floats,
        rel_var: float,
        *,
        alike: Ints | None = None,
    ) -> None:
        """net: ready less waiting; free [reps, J], answered [calls, J], new [J]: chances.

        `alike` [calls]: how many calls each row of `answered` stands for; without it: one.
        """
        self._alike = alike
        loads = answered.sum(axis=0) if alike is None else alike @ answered
        load = SURGE * float(loads.max(initial=0.0))
        most = int(load + 5.0 * math.sqrt(load + 2.0)) + 4  # answers beyond are out of the question
        self._high = max(net, 0) + free.shape[0]
        self._size = 32
        while self._size < self._high + most + max(0, -net) + 2:
            self._size *= 2
        self._low = self._high - self._size + 1
        up = _frequencies(self._size)
        down = up.conj() - 1.0
        phi = (1.0 + free[:, :, None] * (up - 1.0)).prod(axis=0)
        self._phi = phi * up[None, :] ** net
        self._down, self._answered, self._new = down, answered, new
        # The uncertainty of the answer rate: equal parts of one standard deviation up and down.
        # Where it would widen X by less than a tenth of a call squared, it is left out of the
        # mean, but not of the tail.
        spread = min(math.sqrt(rel_var), 0.5)
        self._factors = (1.0 - spread, 1.0 + spread)
        narrow = (load / SURGE * spread) ** 2 < 0.1
        self._parts = [self._part(f) for f in ((1.0,) if narrow else self._factors)]
        self._wide: list[_Part] = [] if narrow else self._parts
        self._surged: list[_Part] = []

    def _part(self, factor: float) -> _Part:
        """Characteristic functions of X and of one new call, answer chances times `factor`."""
        chances = np.minimum(self._answered * factor, 1.0)
        each = 1.0 + chances[:, :, None] * self._down
        if self._alike is not None:
            each **= self._alike[:, None, None]
        part = self._phi * each.prod(axis=0)
        return part, 1.0 + np.minimum(self._new * factor, 1.0)[:, None] * self._down

    def _below(self, extra: int, top: int, parts: list[_Part] | None = None) -> list[float]:
        """P(X <= top) at each horizon, with `extra` new calls."""
        parts = parts or self._parts
        if top < self._low:
            return [0.0] * self._new.size
        weights = _weights(self._size, self._low, min(top, self._high))
        found = [((part * one**extra if extra else part) @ weights).real for part, one in parts]
        mean: list[float] = (found[0] if len(found) == 1 else 0.5 * (found[0] + found[1])).tolist()
        return mean

    def chance(self, extra: int) -> float:
        found = self._below(extra, 0)
        return min(max(sum(found) / len(found), 0.0), 1.0)

    def beyond(self, extra: int, budget: int) -> float:
        if not self._wide:
            self._wide = [self._part(factor) for factor in self._factors]
        return min(max(*self._below(extra, -budget - 1, self._wide), 0.0), 1.0)

    def surged(self, extra: int, budget: int) -> float:
        if not self._surged:
            self._surged = [self._part(SURGE)]
        return min(max(*self._below(extra, -budget - 1, self._surged), 0.0), 1.0)

    def soon(self, extra: int) -> float:
        found = self._below(extra, 0)
        return sum(found[: len(found) // 2]) / max(1, len(found) // 2)


class Approximate:
    """The refined normal approximation, from the first three moments at each horizon."""

    def __init__(
        self, moments: tuple[Floats, Floats, Floats], new: Floats, answered: Floats, rel_var: float
    ) -> None:
        """moments: mean, variance and third central moment of X [J] without new calls; new [J]:
        chances of a new call; answered [J]: expected answers."""
        self._mean: list[float] = moments[0].tolist()
        self._var: list[float] = moments[1].tolist()
        self._third: list[float] = moments[2].tolist()
        self._new: list[float] = new.tolist()
        self._answered: list[float] = answered.tolist()
        self._rel_var = rel_var
        self._known: dict[int, list[float]] = {}  # P(X <= 0) by new calls

    def _below(self, extra: int, top: int, factor: float = 1.0) -> list[float]:
        """P(X <= top) at each horizon with `extra` new calls, answer chances times `factor`."""
        found = []
        columns = zip(self._mean, self._var, self._third, self._new, self._answered, strict=True)
        for mean_0, var_0, third_0, q, answered in columns:
            more = extra * q
            load = answered + more
            mean = mean_0 - more - (factor - 1.0) * load
            var = var_0 + more * (1.0 - q) + load * load * self._rel_var
            third = third_0 - more * (1.0 - q) * (1.0 - 2.0 * q)
            if var < 1e-9:
                found.append(1.0 if mean <= top + 0.5 else 0.0)
                continue
            deviation = math.sqrt(var)
            z = (top + 0.5 - mean) / deviation
            chance = 0.5 * math.erfc(-z * _ROOT_HALF)
            bend = (1.0 - z * z) * math.exp(-0.5 * z * z) * _SKEWNESS
            chance += third / (var * deviation) * bend
            found.append(0.0 if chance < 0.0 else min(chance, 1.0))
        return found

    def _short(self, extra: int) -> list[float]:
        if extra not in self._known:
            self._known[extra] = self._below(extra, 0)
        return self._known[extra]

    def chance(self, extra: int) -> float:
        found = self._short(extra)
        return sum(found) / len(found)

    def beyond(self, extra: int, budget: int) -> float:
        return max(self._below(extra, -budget - 1))

    def surged(self, extra: int, budget: int) -> float:
        return max(self._below(extra, -budget - 1, SURGE))

    def soon(self, extra: int) -> float:
        found = self._short(extra)
        return sum(found[: len(found) // 2]) / (len(found) // 2)
