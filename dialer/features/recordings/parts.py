"""What this feature is given by who puts the program together."""

from __future__ import annotations

from typing import Final

from dialer.features.recordings.waves import Waves
from dialer.kit.parts import Part, nothing
from recordings.library import Library

#: None: no recordings are kept here.
LIBRARY: Final[Part[Library | None]] = Part("library", nothing)
#: Who listened to which recording last, and when.
HEARD: Final[Part[dict[tuple[str, str], float]]] = Part("heard", dict)
#: What players draw.
WAVES: Final[Part[Waves]] = Part("waves", Waves)
