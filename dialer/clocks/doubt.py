"""Whether the time is in doubt, and why: nobody is dialed until it is not."""

from __future__ import annotations

import math
from typing import Literal

from dialer.clocks.jumps import TOLERANCE_S, Kind

Why = Literal["", "step", "sleep", "stall", "switch"]

#: Whoever sets a clock may set it twice; after this long it stands.
SETTLE_S = 2.0
#: An offset ends the doubt when it is so much smaller than what began it.
CLEARED = 0.8


class Doubt:
    """`limit_s`: how far a switch's clock may be from ours while calls are placed."""

    def __init__(self, limit_s: float = TOLERANCE_S) -> None:
        self.limit_s = limit_s
        self._kind: Kind | None = None
        self._until = -math.inf
        self._far = False

    def jumped(self, kind: Kind, now: float) -> None:
        """Of two jumps at once the first told counts. `now` is steady."""
        if now >= self._until or self._kind is None:
            self._kind = kind
        self._until = now + SETTLE_S

    def why(self, now: float, offset_s: float | None) -> Why:
        """The reason that stands at `now`; "" for none. `offset_s` None: there is no switch, or it
        does not tell its time, and then nothing goes by it.
        """
        limit = self.limit_s * (CLEARED if self._far else 1.0)
        self._far = offset_s is not None and abs(offset_s) > limit
        if now < self._until and self._kind is not None:
            return self._kind
        return "switch" if self._far else ""
