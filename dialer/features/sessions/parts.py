"""What this feature is given by who puts the program together."""

from __future__ import annotations

from typing import Final

from dialer.kit.hashing import Hashing
from dialer.kit.parts import Part
from dialer.kit.throttle import Throttle

#: How often a login may be tried.
THROTTLE: Final[Part[Throttle]] = Part("throttle", Throttle)
HASHING: Final[Part[Hashing]] = Part("hashing", Hashing)
