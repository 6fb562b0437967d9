"""What the reps of a made-up day did between their calls. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from dialer.demo.year.calls import Columns

Stretch = tuple[str, str, str, float, float]  # rep, state, reason, from, until

#: Reps come so long before their first call, and leave so long after their last.
AROUND_S = 300.0
#: A wait that is longer than this was a break, in which nobody was called.
BREAK_FROM_S, LUNCH_FROM_S = 1800.0, 3000.0
READY: Final = "ready"


def stretches(calls: Columns) -> Iterator[Stretch]:
    """Of every rep who talked that day, from coming to leaving, without a gap, in order."""
    by_rep: dict[str, list[tuple[float, float, float]]] = {}
    rows = zip(*(calls[it] for it in _NEEDED), strict=True)
    for agent, connected, ended, wrapup in rows:
        if agent is not None:
            by_rep.setdefault(agent, []).append((connected, ended, ended + wrapup))
    for agent, talks in sorted(by_rep.items()):
        yield from _day(agent, sorted(talks))


_NEEDED = ("agent", "connected_at", "ended_at", "wrapup_seconds")


def _day(agent: str, talks: Sequence[tuple[float, float, float]]) -> Iterator[Stretch]:
    at = talks[0][0] - AROUND_S
    for times in talks:
        began, ended, done = (max(at, it) for it in times)
        yield from _between(agent, at, began)
        yield from _some(agent, "talking", "", began, ended)
        yield from _some(agent, "wrapup", "", ended, done)
        at = done
    yield from _some(agent, READY, "", at, at + AROUND_S)


def _between(agent: str, at: float, until: float) -> Iterator[Stretch]:
    """Ready; of a long wait the middle is a break."""
    if until - at < BREAK_FROM_S:
        yield from _some(agent, READY, "", at, until)
        return
    reason = "lunch" if until - at >= LUNCH_FROM_S else "break"
    third = (until - at) / 3
    yield from _some(agent, READY, "", at, at + third)
    yield from _some(agent, "paused", reason, at + third, until - third)
    yield from _some(agent, READY, "", until - third, until)


def _some(agent: str, state: str, reason: str, began: float, ended: float) -> Iterator[Stretch]:
    if ended > began:
        yield agent, state, reason, round(began, 3), round(ended, 3)


def as_columns(found: Sequence[Stretch], more: Columns) -> dict[str, Sequence[Any]]:
    """Columns of the table of work times; `more`: those that a stretch does not know."""
    names = ("agent_id", "state", "reason", "began_at", "ended_at")
    parts = list(zip(*found, strict=True)) or [()] * len(names)
    return {**more, **dict(zip(names, parts, strict=True))}
