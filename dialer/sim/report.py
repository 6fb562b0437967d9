"""What a simulation is to tell: one scenario, or one key of it at several values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dialer.sim.figures import ShiftFigures
from dialer.sim.scenario import Scenario
from dialer.sim.summary import Summary


@dataclass(frozen=True, slots=True)
class Variant:
    """A scenario with its runs. `value` is what the varied key was set to, "" if none was."""

    value: str
    scenario: Scenario
    runs: Sequence[ShiftFigures]
    summary: Summary


@dataclass(frozen=True, slots=True)
class Report:
    """`key` is the varied key, "" for a single variant."""

    variants: Sequence[Variant]
    key: str = ""

    @property
    def first(self) -> Variant:
        return self.variants[0]
