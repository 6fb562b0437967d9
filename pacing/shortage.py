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

from pacing.book import Floats

EXACT_REPS, EXACT_CALLS = 24, 150
_ROOT_HALF = math.sqrt(0.5)


class Shortage(Protocol):
    def chance(self, extra: int) -> float:
        """P(nobody is free for one more answer), mean over horizons, with `extra` new calls."""

    def beyond(self, extra: int, budget: int) -> float:
        """Highest P over horizons that more than `budget` answers find nobody."""

    def soon(self, extra: int) -> float:
        """Like `chance`, over the nearer half of the horizons."""


@lru_cache(maxsize=64)
def _frequencies(size: int) -> npt.NDArray[np.complex128]:
    return np.exp(2j * np.pi * np.arange(size // 2 + 1) / size)


@lru_cache(maxsize=512)
def _weights(size: int, low: int, top: int) -> npt.NDArray[np.complex128]:
    """Weights w with Re(phi @ w) = P(low <= X <= top), phi on the non-negative frequencies."""
    roots = _frequencies(size)
    powers = roots[:, None] ** (-np.arange(low, top + 1))[None, :]
    twice = np.full(roots.size, 2.0)
    twice[0] = twice[-1] = 1.0
    return np.asarray(powers.sum(axis=1) * twice / size)


class Exact:
    """Poisson-binomial by its characteristic function; calls and reps are few."""

    def __init__(
        self, net: int, free: Floats, answered: Floats, new: Floats, rel_var: float
    ) -> None:
        """net: ready less waiting; free [reps, J], answered [calls, J], new [J]: chances."""
        reach = 6.0 * math.sqrt(answered.sum(axis=0).max(initial=0.0) + 4.0)
        most = int(answered.sum(axis=0).max(initial=0.0) * 1.5 + reach) + 16
        self._high = max(net, 0) + free.shape[0]
        self._size = 64
        while self._size < self._high + most + max(0, -net) + 2:
            self._size *= 2
        self._low = self._high - self._size + 1
        up = _frequencies(self._size)
        down = up.conj() - 1.0
        phi = (1.0 + free[:, :, None] * (up - 1.0)).prod(axis=0)
        phi = phi * up[None, :] ** net
        # The uncertainty of the answer rate: equal parts of one standard deviation up and down.
        spread = min(math.sqrt(rel_var), 0.5)
        self._parts = []
        for factor in (1.0 - spread, 1.0 + spread):
            chances = np.minimum(answered * factor, 1.0)
            part = phi * (1.0 + chances[:, :, None] * down).prod(axis=0)
            one = 1.0 + np.minimum(new * factor, 1.0)[:, None] * down
            self._parts.append((part, one))

    def _below(self, extra: int, top: int) -> Floats:
        if top < self._low:
            return np.zeros(self._parts[0][0].shape[0])
        weights = _weights(self._size, self._low, min(top, self._high))
        found = [((part * one**extra) @ weights).real for part, one in self._parts]
        return np.clip(0.5 * (found[0] + found[1]), 0.0, 1.0)

    def chance(self, extra: int) -> float:
        return float(self._below(extra, 0).mean())

    def beyond(self, extra: int, budget: int) -> float:
        return float(self._below(extra, -budget - 1).max())

    def soon(self, extra: int) -> float:
        found = self._below(extra, 0)
        return float(found[: found.size // 2].mean())


class Approximate:
    """The refined normal approximation, from the first three moments at each horizon."""

    def __init__(
        self,
        mean: Floats,
        var: Floats,
        third: Floats,
        new: Floats,
        answered: Floats,
        rel_var: float,
    ) -> None:
        """Moments of X without new calls; new [J]: chances of one; answered [J]: their mean sum."""
        self._mean, self._var, self._third = mean.tolist(), var.tolist(), third.tolist()
        self._new = new.tolist()
        self._answered = answered.tolist()
        self._rel_var = rel_var

    def _below(self, j: int, extra: int, top: int) -> float:
        """P(X <= top) at horizon j with `extra` new calls."""
        q = self._new[j]
        mean = self._mean[j] - extra * q
        load = self._answered[j] + extra * q
        var = self._var[j] + extra * q * (1.0 - q) + load * load * self._rel_var
        third = self._third[j] - extra * q * (1.0 - q) * (1.0 - 2.0 * q)
        if var < 1e-9:
            return 1.0 if mean <= top + 0.5 else 0.0
        deviation = math.sqrt(var)
        z = (top + 0.5 - mean) / deviation
        plain = 0.5 * math.erfc(-z * _ROOT_HALF)
        skew = third / (var * deviation)
        bump = skew * (1.0 - z * z) * math.exp(-0.5 * z * z) * 0.0664903800669055  # / 6 sqrt(2 pi)
        return min(max(plain + bump, 0.0), 1.0)

    def chance(self, extra: int) -> float:
        n = len(self._mean)
        return sum(self._below(j, extra, 0) for j in range(n)) / n

    def beyond(self, extra: int, budget: int) -> float:
        return max(self._below(j, extra, -budget - 1) for j in range(len(self._mean)))

    def soon(self, extra: int) -> float:
        n = len(self._mean) // 2
        return sum(self._below(j, extra, 0) for j in range(n)) / n
