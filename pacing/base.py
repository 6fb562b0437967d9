"""What every pacer shares: questions, standing decisions, and the limits of lines and rate."""

from __future__ import annotations

import json
import math
from typing import Any

from pacing.book import AWAY, READY, TALK, TALK_HINT, WRAP, WRAP_HINT
from pacing.protocol import Seen
from pacing.reasons import OUT_OF_ORDER
from pacing.reports import Reports, check_text
from pacing.settings import PacingSettings

FORMAT, VERSION = "pacing", 1


def read_saved(saved: bytes | None) -> dict[str, Any]:
    """The data behind `save()`; {} for None. ValueError if it is not ours or of a later version."""
    if saved is None:
        return {}
    try:
        data = json.loads(saved)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"saved pacing data is not readable as JSON: {error}") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError('saved data is not pacing data: "format" is not "pacing"')
    if data.get("version") != VERSION:
        raise ValueError(f"saved pacing data has version {data.get('version')!r}, not {VERSION}")
    return data


class BasePacer(Reports):
    """Decides; `wanted()` is what a method adds. For the calls see `Pacer`."""

    method = "progressive"
    bound_by = "risk"
    stands_s = 0.25  # a decision to place nothing more stands so long, if nothing is reported

    def __init__(self, settings: PacingSettings, saved: bytes | None = None) -> None:
        self.knowledge = read_saved(saved)
        super().__init__(settings, float(self.knowledge.get("trim", 0.0)))
        self._decided: tuple[float, int] | None = None
        self._decision = 0
        self._left = 0  # of the decision, not yet placed

    # Questions ----------------------------------------------------------------------------

    def calls_to_place(self, now: float) -> int:
        when = self._time(now)
        if self._stands(when):
            return self._left
        self._now = when
        self.ledger.roll(when)
        wish = self.wanted(when) if self.agents.staying else 0
        self._decision = self._within_limits(when, wish)
        self._left = self._decision
        self._decided = (when, self._version)
        return self._decision

    def calls_to_cancel(self, now: float) -> list[str]:
        self._now = self._time(now)
        return []

    def share(self, now: float, group: str) -> int:
        check_text("group", group)
        return self.calls_to_place(now)

    def ask_again_at(self) -> float:
        if self._decided is None or self._decided[1] != self._version:
            return self._now
        at = self._decided[0]
        if self.bound_by == "calls_per_second":
            return min(at + 0.25, self.free_lines.next_token_at(at))
        # What was wished and not placed may have become too much, or too little, by any time.
        return at + (self.stands_s if self._left == 0 else min(0.25, self.stands_s))

    def on_placed(self, group: int) -> None:
        # A decision is for so many calls: what is placed of it leaves the rest.
        self._left = max(0, self._left - 1)

    def _stands(self, now: float) -> bool:
        """Does the last decision still hold: nothing was reported, and little time has passed?"""
        if self._decided is None or self._decided[1] != self._version:
            return False
        return now == self._decided[0] or (self._left == 0 and now < self.ask_again_at())

    def seen(self) -> Seen:
        count = self.agents.count
        return Seen(
            self.method,
            self._decision,
            count[READY],
            count[TALK] + count[TALK_HINT],
            len(self.ringing_calls),
            len(self.waiting),
            self.bound_by,
        )

    def explain(self) -> dict[str, Any]:
        figures = self.figures()
        idle = figures["ready"]
        ringing = figures["ringing"]
        n = figures["place"]
        en, zh = OUT_OF_ORDER.get(self.bound_by, ("", ""))
        figures["why"] = {
            "en": f"{idle} reps ready, {ringing} calls ringing: place {n}{en and '; '}{en}.",
            "zh": f"空闲坐席 {idle} 人，振铃中 {ringing} 通：现在外呼 {n} 通{zh and '；'}{zh}。",
        }
        return figures

    def save(self) -> bytes:
        data = {"format": FORMAT, "version": VERSION, **self.learned()}
        return json.dumps(data, separators=(",", ":"), sort_keys=True).encode()

    # What a method adds -------------------------------------------------------------------

    def wanted(self, now: float) -> int:
        """Calls to place now, before lines and rate are looked at."""
        raise NotImplementedError

    def learned(self) -> dict[str, Any]:
        """What `save` keeps, as JSON values."""
        return self.knowledge

    # Shared parts -------------------------------------------------------------------------

    @property
    def ready_net(self) -> int:
        """Reps ready and staying, less the answered callees who will take them."""
        ready = self.agents.count[READY] - self.agents.ready_leaving
        return ready - len(self.waiting)

    @property
    def lines_in_use(self) -> int:
        return len(self.ringing_calls) + len(self.waiting) + self.agents.talking

    def figures(self) -> dict[str, Any]:
        """The plain figures that every method's explanation has."""
        count = self.agents.count
        accounts = self.ledger.accounts
        return {
            "method": self.method,
            "at": self._now if math.isfinite(self._now) else None,
            "place": self._decision,
            "ready": count[READY],
            "talking": count[TALK] + count[TALK_HINT],
            "wrapup": count[WRAP] + count[WRAP_HINT],
            "away": count[AWAY],
            "leaving": self.agents.at_work_leaving,
            "ringing": len(self.ringing_calls),
            "waiting": len(self.waiting),
            "answered": self.ledger.answered,
            "abandoned": self.ledger.abandoned,
            "abandoned_by_vanished_reps": self.ledger.by_vanished,
            "vanished_reps": self.ledger.vanished,
            "windows": [
                {
                    "group": a.group,
                    "limit": a.limit,
                    "answered": a.answered,
                    "abandoned": a.abandoned,
                    "budget": a.budget,
                    "closes_at": a.closes_at if math.isfinite(a.closes_at) else None,
                }
                for a in accounts
            ],
            "bound_by": self.bound_by,
        }

    def _within_limits(self, now: float, wish: int) -> int:
        self.bound_by = "risk"
        for name, room in (
            ("lines", self.free_lines.line_room(self.lines_in_use)),
            ("calls_per_second", self.free_lines.rate_room(now)),
        ):
            if room is not None and room < wish:
                self.bound_by, wish = name, room
        if self.bound_by == "lines" and self.free_lines.out:
            self.bound_by = self.free_lines.out
        return max(0, wish)
