"""The strategies a campaign can choose, by name.

Each sees the free reps in the order of their idle time, longest first, so that the commonest one
looks at a single rep and every tie falls to the one who has waited longest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from routing.candidates import Caller, Candidate, may_take

Strategy = Callable[[Iterable[Candidate], Caller], str | None]


def longest_idle(free: Iterable[Candidate], caller: Caller) -> str | None:
    """The first who may take it."""
    return next((c.agent for c in free if may_take(c, caller)), None)


def fewest_calls(free: Iterable[Candidate], caller: Caller) -> str | None:
    """Whoever has taken the fewest calls since login."""
    return _least(free, caller, lambda c: c.calls)


def weighted(free: Iterable[Candidate], caller: Caller) -> str | None:
    """Whoever is furthest behind their share: calls taken, plus the one at hand, over weight.
    Weight 0 comes last.
    """
    return _least(
        free, caller, lambda c: (c.calls + 1) / c.weight if c.weight > 0 else float("inf")
    )


def best_skill(free: Iterable[Candidate], caller: Caller) -> str | None:
    """Whoever has the most skill in what the caller needs: the sum of the levels asked for."""
    return _least(free, caller, lambda c: -sum(c.skills.get(skill, 0) for skill in caller.needs))


STRATEGIES: Mapping[str, Strategy] = {
    "longest_idle": longest_idle,
    "fewest_calls": fewest_calls,
    "weighted": weighted,
    "best_skill": best_skill,
}


def choose(
    strategy: Strategy, free: Iterable[Candidate], caller: Caller, sticky: Candidate | None = None
) -> str | None:
    """`strategy`'s rep, unless the rep this lead knows (`sticky`, free now) may take it."""
    if sticky is not None and sticky.agent == caller.sticky and may_take(sticky, caller):
        return sticky.agent
    return strategy(free, caller)


def _least(
    free: Iterable[Candidate], caller: Caller, key: Callable[[Candidate], float]
) -> str | None:
    best = min((c for c in free if may_take(c, caller)), key=key, default=None)
    return None if best is None else best.agent
