"""What this feature is given by who puts the program together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from dialer.features.settings.public import Faults, Wanted
from dialer.features.simulations.trials import Effect, Simulations
from dialer.kit.parts import Part, nothing
from dialer.ports.control import Refusal

#: Pool, changes, who asks, how many reps (None: those at work), minutes ahead.
Simulate = Callable[
    [str, Sequence[Wanted], str, int | None, float | None], Awaitable[Effect | Faults | Refusal]
]
#: Begins a simulation of a change; None: there is no engine here.
SIMULATE: Final[Part[Simulate | None]] = Part("simulate", nothing)
SIMULATIONS: Final[Part[Simulations | None]] = Part("simulations", nothing)
