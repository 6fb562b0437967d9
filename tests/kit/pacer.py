"""A pacer that does what a test says and lets nothing pass that the pacing contract forbids."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import EllipsisType
from typing import Any

from pacing import Pacer, Seen, Window
from pacing.protocol import AgentState, AnsweredBy, Unanswered


class BrokenContract(AssertionError):  # noqa: N818  (says what it found)
    """The caller did what the contract of a pacer forbids."""


class ScriptedPacer:
    """Implements `pacing.Pacer`. Wishes `wish` calls in all; `cancel` names calls to give up.

    `calls` has where each call stands: placed, ringing, answered, or the word that ended it.
    `rooms` limits single groups. Every report is checked and kept in `told`.
    """

    def __init__(self, wish: int = 0) -> None:
        self.wish = wish
        self.rooms: dict[str, int] = {}
        self.cancel: list[str] = []
        self.calls: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.agents: dict[str, str] = {}
        self.going: set[str] = set()
        self.known_windows: list[Window] = []
        self.known_limits: tuple[int | None, float | None] = (None, None)
        self.told: list[tuple[Any, ...]] = []
        self._now = -math.inf

    def agent(self, at: float, agent: str, state: AgentState) -> None:
        self._at(at, "agent", agent, state)
        self._check(state in {"ready", "talking", "wrapup", "paused", "out"}, state)
        if state in {"ready", "paused", "out"}:
            self.going.discard(agent)
        if state == "out":
            self.agents.pop(agent, None)
        else:
            self.agents[agent] = state

    def placed(self, at: float, call: str, group: str = "") -> None:
        self._at(at, "placed", call, group)
        self._check(call not in self.calls, f"{call} was placed before")
        self.calls[call], self.groups[call] = "placed", group
        self.wish = max(0, self.wish - 1)

    def ringing(self, at: float, call: str) -> None:
        self._at(at, "ringing", call)
        self._was(call, "placed", "ringing")
        self.calls[call] = "ringing"

    def ended(self, at: float, call: str, outcome: Unanswered) -> None:
        self._at(at, "ended", call, outcome)
        self._was(call, "placed", "ringing")
        self._check(outcome in {"no_answer", "busy", "failed", "cancelled"}, outcome)
        self.calls[call] = outcome

    def answered(self, at: float, call: str, by: AnsweredBy) -> None:
        self._at(at, "answered", call, by)
        self._was(call, "placed", "ringing")
        self._check(by in {"human", "machine"}, by)
        self.calls[call] = "answered" if by == "human" else "machine"

    def connected(self, at: float, call: str, agent: str) -> None:
        self._at(at, "connected", call, agent)
        self._was(call, "answered")
        self._check(agent in self.agents, f"{agent} is not known")
        self.calls[call], self.agents[agent] = "connected", "talking"

    def abandoned(self, at: float, call: str) -> None:
        self._at(at, "abandoned", call)
        self._was(call, "answered")
        self.calls[call] = "abandoned"

    def leaving(self, at: float, agent: str) -> None:
        self._at(at, "leaving", agent)
        self._check(agent in self.agents, f"{agent} is not known")
        self.going.add(agent)

    def finishing(self, at: float, agent: str) -> None:
        self._at(at, "finishing", agent)
        self._check(agent in self.agents, f"{agent} is not known")

    def windows(self, at: float, windows: Sequence[Window]) -> None:
        self._at(at, "windows")
        self.known_windows = list(windows)

    def limits(
        self,
        at: float,
        lines: int | EllipsisType | None = ...,
        calls_per_second: float | EllipsisType | None = ...,
        out: str = "",
    ) -> None:
        self._at(at, "limits", lines, calls_per_second)
        before = self.known_limits
        self.known_limits = (
            before[0] if isinstance(lines, EllipsisType) else lines,
            before[1] if isinstance(calls_per_second, EllipsisType) else calls_per_second,
        )

    def calls_to_place(self, now: float) -> int:
        self._time(now)
        return self.wish

    def calls_to_cancel(self, now: float) -> list[str]:
        self._time(now)
        return list(self.cancel)

    def share(self, now: float, group: str) -> int:
        self._time(now)
        return min(self.wish, self.rooms.get(group, self.wish))

    def ask_again_at(self) -> float:
        return self._now + 0.25

    def seen(self) -> Seen:
        return Seen("scripted", self.wish, 0, 0, len(self.calls), 0, "risk")

    def explain(self) -> dict[str, Any]:
        return {"method": "scripted", "place": self.wish}

    def save(self) -> bytes:
        return b'{"format":"pacing","version":1}'

    @property
    def open_calls(self) -> set[str]:
        """Calls the pacer still waits to hear the end of."""
        return {c for c, s in self.calls.items() if s in {"placed", "ringing", "answered"}}

    def _at(self, at: float, *told: Any) -> None:
        self._time(at)
        self.told.append(told)

    def _time(self, at: float) -> None:
        self._check(math.isfinite(at) and at >= self._now, f"time went back to {at}")
        self._now = at

    def _was(self, call: str, *states: str) -> None:
        state = self.calls.get(call, "never placed")
        self._check(state in states, f"{call} is {state}, not {' or '.join(states)}")

    def _check(self, is_right: bool, why: str) -> None:
        if not is_right:
            last = self.told[-1] if self.told else ()
            raise BrokenContract(f"{why}: {last}")


class CheckedPacer:
    """A real pacer, every report to it checked first; otherwise it is the pacer itself."""

    def __init__(self, inner: Pacer) -> None:
        self.inner = inner
        self.checks = ScriptedPacer()

    def __getattr__(self, name: str) -> Any:
        do = getattr(self.inner, name)
        if name not in _REPORTS:
            return do
        check = getattr(self.checks, name)

        def both(*args: Any, **kwargs: Any) -> None:
            check(*args, **kwargs)
            do(*args, **kwargs)

        return both


_REPORTS = {
    "agent", "placed", "ringing", "ended", "answered", "connected", "abandoned", "leaving",
    "finishing", "windows", "limits",
}  # fmt: skip
