"""When to try again and when a silent link is dead: pure arithmetic, `now` is an argument."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential waits between attempts to connect.

    `jitter` is the share of a wait that is drawn: engines that lost one Asterisk together
    should not come back together.
    """

    first_s: float = 0.1
    factor: float = 2.0
    longest_s: float = 10.0
    jitter: float = 0.5

    def delay_s(self, failures: int, rng: random.Random) -> float:
        """How long to wait after the `failures`-th failure in a row (from 1)."""
        # The exponent is capped: 2.0 ** 2000 would overflow after a week without Asterisk.
        full = min(self.longest_s, self.first_s * self.factor ** min(failures - 1, 64))
        return full * (1.0 - self.jitter * rng.random())


@dataclass(slots=True)
class KeepAlive:
    """Notices a half-open link: ask when it was quiet, give up when the answer stays out.

    Any received byte counts as life, so a busy link is never pinged.
    """

    quiet_s: float
    deadline_s: float
    heard_at: float
    asked_at: float | None = None

    def heard(self, now: float) -> None:
        """Bytes came in."""
        self.heard_at = now
        self.asked_at = None

    def forgive(self, lost_s: float) -> None:
        """This process did not run for `lost_s` seconds: that silence was ours."""
        self.heard_at += lost_s
        if self.asked_at is not None:
            self.asked_at += lost_s

    def check(self, now: float) -> Literal["fine", "ask", "dead"]:
        """What to do now; `ask` is said once for each silence."""
        if self.asked_at is not None:
            return "dead" if now - self.asked_at >= self.deadline_s else "fine"
        if now - self.heard_at < self.quiet_s:
            return "fine"
        self.asked_at = now
        return "ask"
