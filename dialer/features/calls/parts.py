"""What this feature is given by who puts the program together."""

from __future__ import annotations

from typing import Final

from dialer.kit.parts import Part, nothing
from dialer.ports.calls import CallControl

#: Conversations under way; None: none are had here.
CALLS: Final[Part[CallControl | None]] = Part("calls", nothing)
