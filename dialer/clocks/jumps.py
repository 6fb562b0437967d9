"""Clocks that jumped, seen between two readings: the wall that was set, a machine that slept, a
process that stood still.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["step", "sleep", "stall"]

#: A smaller step harms nobody: it is followed without a word.
TOLERANCE_S = 0.5
#: A look this late means that the process was stopped or starved. A busy machine is late by less.
STALL_S = 5.0


class Reading(NamedTuple):
    """The machine's clocks at one moment, seconds. `awake` stands while the machine sleeps,
    `steady` does not.
    """

    wall: float
    steady: float
    awake: float


class Jump(NamedTuple):
    """`seconds` of a step are positive when the wall went forward."""

    kind: Kind
    seconds: float


class Jumps:
    """Compares each reading with the one before. `every_s`: how far apart they should be."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._before: Reading | None = None

    def see(self, now: Reading) -> list[Jump]:
        """What jumped since the last reading. A slewed wall never does: it is followed."""
        before, self._before = self._before, now
        if before is None:
            return []
        passed = now.steady - before.steady
        awake = now.awake - before.awake
        found = [
            Jump("step", now.wall - before.wall - passed),
            Jump("sleep", passed - awake),
        ]
        jumps = [jump for jump in found if abs(jump.seconds) > TOLERANCE_S]
        late = awake - self._every_s
        return [*jumps, Jump("stall", late)] if late > STALL_S else jumps
