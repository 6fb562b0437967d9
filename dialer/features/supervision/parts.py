"""What this feature is given by who puts the program together."""

from __future__ import annotations

from typing import Final

from dialer.engine.listening import Listening
from dialer.kit.parts import Part, nothing

#: None: nobody can listen in.
LISTENING: Final[Part[Listening | None]] = Part("listening", nothing)
