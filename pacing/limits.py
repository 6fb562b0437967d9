"""How many calls the lines and the permitted calls per second leave room for now."""

from __future__ import annotations

import math
from collections import deque
from typing import Literal, get_args

#: Why there are no lines but for a probe now and then: no trunk takes calls, or the switch itself
#: cannot make them. "": there is no such trouble.
Out = Literal["", "trunks", "switch"]
OUT: tuple[Out, ...] = get_args(Out)


class Limits:
    """Lines in use at most, and a rate kept both ways: a token bucket so that nothing bursts after
    a pause, and a count over the last second so that the rate holds in every second there is."""

    def __init__(self, max_lines: int | None) -> None:
        self.max_lines = max_lines
        self.lines: int | None = None
        self.out: Out = ""
        self.calls_per_second: float | None = None
        self._tokens = 1.0
        self._tokens_at = -math.inf
        self._last_second: deque[float] = deque()

    def set_rate(self, at: float, calls_per_second: float | None) -> None:
        self._refill(at)
        self.calls_per_second = calls_per_second
        self._tokens = min(self._tokens, self._depth())

    def on_placed(self, at: float) -> None:
        if self.calls_per_second is None:
            return
        self._refill(at)
        self._tokens -= 1.0
        self._last_second.append(at)
        self._forget(at)

    def line_room(self, in_use: int) -> int | None:
        """Lines left; None: no limit."""
        known = [n for n in (self.max_lines, self.lines) if n is not None]
        return max(0, min(known) - in_use) if known else None

    def rate_room(self, now: float) -> int | None:
        """Calls the rate allows now; None: no limit."""
        rate = self.calls_per_second
        if rate is None:
            return None
        if rate <= 0.0:
            return 0
        self._refill(now)
        self._forget(now)
        in_second = math.ceil(rate) - len(self._last_second)
        return max(0, min(in_second, math.floor(self._tokens + 1e-9)))

    def next_token_at(self, now: float) -> float:
        """When the rate will allow a call again, if it allows none now."""
        rate = self.calls_per_second
        if rate is None or rate <= 0.0:
            return math.inf
        by_tokens = now + max(0.0, 1.0 - self._tokens) / rate
        full = len(self._last_second) >= math.ceil(rate)
        return max(by_tokens, self._last_second[0] + 1.0) if full else by_tokens

    def _forget(self, now: float) -> None:
        while self._last_second and self._last_second[0] <= now - 1.0:
            self._last_second.popleft()

    def _depth(self) -> float:
        # A quarter of a second's calls, and one for what was left of a call at the last question:
        # a caller that asks every 0.25 s loses nothing.
        return max(1.0, (self.calls_per_second or 0.0) / 4.0) + 1.0

    def _refill(self, at: float) -> None:
        if self.calls_per_second is not None and self._tokens_at > -math.inf:
            gained = (at - self._tokens_at) * self.calls_per_second
            self._tokens = min(self._depth(), self._tokens + gained)
        self._tokens_at = at
