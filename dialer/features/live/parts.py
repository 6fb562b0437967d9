"""What this feature is given by who puts the program together."""

from __future__ import annotations

from typing import Final

from dialer.features.live.push import LivePush
from dialer.kit.parts import Part, nothing

#: What is pushed to screens; None: nothing lives here to be pushed.
LIVE: Final[Part[LivePush | None]] = Part("live", nothing)
