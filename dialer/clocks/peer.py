"""Another machine's clock, measured over a connection to it.

A question sent at `sent` and answered at `got` (our steady clock) with the peer's time `told`: the
peer's clock is ahead of ours by at least `told - got` and at most `told - sent`. The shortest round
trip says it best (Cristian, "Probabilistic clock synchronization", 1989).
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

#: So many round trips are kept: at one a second the best of half a minute.
KEPT = 30
#: Two clocks drift apart: quartz by at most so much, and one that is slewed a little more.
DRIFT = 0.0005
#: The peer's time is told in whole microseconds, some in milliseconds.
ROUNDED_S = 0.001


class Trip(NamedTuple):
    sent: float
    got: float
    least: float
    most: float


class PeerClock:
    """What is known of a peer's clock. Nothing, before the first round trip."""

    def __init__(self) -> None:
        self._trips: deque[Trip] = deque(maxlen=KEPT)
        self._best: Trip | None = None

    def forget(self) -> None:
        """The connection is gone: the next may lead to another clock."""
        self._trips.clear()
        self._best = None

    def measured(self, sent: float, got: float, told: float) -> float:
        """Take a round trip in. By how much the peer's clock was set since those before; 0.0 while
        they agree.
        """
        if not (math.isfinite(told) and sent <= got):
            return 0.0
        before = self.offset_s
        trip = Trip(sent, got, told - got, told - sent)
        stepped = any(not _agree(trip, other) for other in self._trips)
        if stepped:
            self._trips.clear()
        self._trips.append(trip)
        self._best = min(self._trips, key=lambda it: it.most - it.least + DRIFT * (got - it.got))
        return (self.offset_s or 0.0) - (before or 0.0) if stepped else 0.0

    @property
    def offset_s(self) -> float | None:
        """How far the peer's clock is ahead of our steady one."""
        return None if self._best is None else (self._best.least + self._best.most) / 2

    @property
    def error_s(self) -> float | None:
        """How much `offset_s` may be wrong by."""
        return None if self._best is None else (self._best.most - self._best.least) / 2

    def since(self, stamp: float, heard: float) -> float:
        """Our steady time of what the peer stamped `stamp` and we heard of at `heard`.

        Never after it was heard; and never before the last question that is answered was sent: the
        peer sends in order, so what it tells after that answer happened after that question. So a
        peer's clock that was set just now can make nothing look older than that.
        """
        if self._best is None or not math.isfinite(stamp):
            return heard
        at = stamp - (self._best.least + self._best.most) / 2
        return min(max(at, self._trips[-1].sent), heard)

    def long_ago(self, stamp: float, now: float) -> float:
        """Our steady time of what is in the peer's books, however old; for records, never for a
        deadline. Without a measure the peer's word, if it can be.
        """
        offset = self.offset_s or 0.0
        return min(stamp - offset, now)


def _agree(one: Trip, other: Trip) -> bool:
    slack = ROUNDED_S + DRIFT * abs(one.got - other.got)
    return one.least <= other.most + slack and other.least <= one.most + slack
