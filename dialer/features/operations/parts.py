"""What this feature is given by who puts the program together."""

from __future__ import annotations

from typing import Final

from dialer.features.operations.ops import Ops
from dialer.kit.parts import Part, nothing

#: What operators look at; None: there is no engine here.
OPS: Final[Part[Ops | None]] = Part("ops", nothing)
