"""How far the wall clock is from the steady one."""

from __future__ import annotations

#: Two clocks cannot be read in one moment: less than this is the reading's own noise.
HELD_S = 0.001


class WallOffset:
    """What to add to a steady time to have the wall's.

    A record is turned into wall time by one offset, so its durations are those of the steady clock,
    also when the wall was put right in between. The offset stands until it is wrong by more than
    the noise: times that did not change are not told anew.
    """

    def __init__(self) -> None:
        self.seconds = 0.0

    def follow(self, wall: float, steady: float) -> float:
        """The offset by this reading."""
        seen = wall - steady
        if abs(seen - self.seconds) > HELD_S:
            self.seconds = seen
        return self.seconds
