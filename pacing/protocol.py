"""The interface every pacer has, for callers to be typed against."""

from __future__ import annotations

from collections.abc import Sequence
from types import EllipsisType
from typing import Any, Literal, NamedTuple, Protocol

from pacing.limits import Out
from pacing.settings import Window

AgentState = Literal["ready", "talking", "wrapup", "paused", "out"]
Unanswered = Literal["no_answer", "busy", "failed", "cancelled"]
AnsweredBy = Literal["human", "machine"]


class Seen(NamedTuple):
    """What the last decision saw: reps ready and talking, calls ringing and callees waiting, and
    how many calls it wished for; `bound_by`: what kept it from more.
    """

    method: str
    place: int
    ready: int
    talking: int
    ringing: int
    waiting: int
    bound_by: str


class Pacer(Protocol):
    """Says how many calls to place. Times are seconds on any one clock and never go back.

    Every method raises ValueError, with one line and nothing changed, on what cannot be: a call or
    an agent it was never told of, a call placed twice, an unknown state, time going backwards, NaN.
    """

    def agent(self, at: float, agent: str, state: AgentState) -> None:
        """A rep's state became `state`."""

    def placed(self, at: float, call: str, group: str = "") -> None:
        """A call was started; calls of one group are thought to behave alike."""

    def ended(self, at: float, call: str, outcome: Unanswered) -> None:
        """It ended before anyone answered."""

    def answered(self, at: float, call: str, by: AnsweredBy) -> None:
        """It is known who answered; "machine" also ends the call for the pacer."""

    def connected(self, at: float, call: str, agent: str) -> None:
        """An answered callee and a rep hear each other; the rep counts as talking from here."""

    def abandoned(self, at: float, call: str) -> None:
        """An answered human got no rep in time, or hung up while waiting."""

    def calls_to_place(self, now: float) -> int:
        """How many calls to start now. A wish: only `placed` counts."""

    def ringing(self, at: float, call: str) -> None:
        """It rings at the callee's; only such calls are ever offered for cancelling."""

    def calls_to_cancel(self, now: float) -> list[str]:
        """Calls that have rung the legal minimum and had better be given up now."""

    def leaving(self, at: float, agent: str) -> None:
        """The rep asked to pause or leave after this call."""

    def finishing(self, at: float, agent: str) -> None:
        """The rep signalled that what he does now (talk or wrap-up) is about to end."""

    def windows(self, at: float, windows: Sequence[Window]) -> None:
        """The legal windows as the caller's ledger has them; replaces what was known."""

    def limits(
        self,
        at: float,
        lines: int | EllipsisType | None = ...,
        calls_per_second: float | EllipsisType | None = ...,
        out: Out = "",
    ) -> None:
        """What trunks, nodes and caller numbers allow now; None: no limit; left out: as before.

        `out`: why only probes may go out: "trunks" or "switch".
        """

    def share(self, now: float, group: str) -> int:
        """How many of `calls_to_place(now)` may be of this group: its own windows allow no more."""

    def ask_again_at(self) -> float:
        """No later than this the answer may change by itself; any event may change it sooner."""

    def seen(self) -> Seen:
        """The last decision in few figures, for the record of each call it places."""

    def explain(self) -> dict[str, Any]:
        """The last decision in plain figures, and as sentences under "why" ("en", "zh")."""

    def save(self) -> bytes:
        """What it has learned, as versioned JSON, for `open_pacer(..., saved=)`."""
