"""Progressive and ratio pacing: so many calls for each rep who is ready."""

from __future__ import annotations

import math

from pacing.base import BasePacer


class RatioPacer(BasePacer):
    """`ratio` calls in progress for each ready rep; with ratio 1 this is progressive pacing."""

    method = "ratio"
    stands_s = math.inf  # time alone changes nothing

    def wanted(self, now: float) -> int:
        goal = math.floor(self._ratio * max(0, self.ready_net) + 1e-9)
        return max(0, goal - len(self.ringing_calls))

    @property
    def _ratio(self) -> float:
        return self.settings.ratio


class ProgressivePacer(RatioPacer):
    """One call for each ready rep."""

    method = "progressive"

    @property
    def _ratio(self) -> float:
        return 1.0
