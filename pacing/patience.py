"""How long an answered callee bears to hear nobody: learned, as a rate of hanging up.

A callee for whom no rep comes free is lost after `connect_within` at the latest, and earlier if he
hangs up. With w = min(his patience, connect_within) the chance to lose him is the mean, over w, of
the chance that no rep is free within w. Quantiles of w stand for its distribution: each horizon of
a forecast looks at one, so that this costs a decision nothing. Patience is taken as exponential: of
a wait of seconds hardly more can be learned.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pacing.book import Floats
from pacing.ring import HORIZONS

PRIOR = (3.0, 60.0)  # callees who hung up, and seconds that callees waited
MEMORY = (300.0, 6000.0)  # of either no more is remembered
TIMELY = 0.95  # of connect_within: whoever goes later was given up, and did not hang up
#: Which quantile each horizon looks at: short waits fall to middle and far horizons alike.
ORDER = np.array([2, 4, 0, 3, 5, 1])


class Patience:
    def __init__(self, connect_within: float) -> None:
        self.connect_within = connect_within
        self.hung_up, self.waited_s = PRIOR

    def on_waited(self, waited: float, *, lost: bool) -> None:
        """A callee was connected, or lost, after so many seconds."""
        self.waited_s += min(waited, self.connect_within)
        if lost and waited < TIMELY * self.connect_within:
            self.hung_up += 1.0
        kept = min(1.0, MEMORY[0] / self.hung_up, MEMORY[1] / self.waited_s)
        self.hung_up, self.waited_s = self.hung_up * kept, self.waited_s * kept

    @property
    def rate(self) -> float:
        """Callees who hang up, for each second that one waits."""
        return max(self.hung_up, 1e-9) / self.waited_s

    def waits(self) -> Floats:
        """[HORIZONS] seconds a callee waits for a rep at the most."""
        middle = (np.arange(HORIZONS) + 0.5) / HORIZONS
        found: Floats = np.minimum(-np.log1p(-middle) / self.rate, self.connect_within)[ORDER]
        return found

    def save(self) -> list[float]:
        return [self.hung_up, self.waited_s]

    def load(self, data: Any) -> None:
        """Raises ValueError if `data` is not what `save` gave."""
        hung_up, waited_s = (float(x) for x in data)
        if not (0.0 < hung_up < math.inf and 0.0 < waited_s < math.inf):
            raise ValueError(f"no patience: {data!r}")
        self.hung_up, self.waited_s = hung_up, waited_s
