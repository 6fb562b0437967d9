"""What this feature is given by who puts the program together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from dialer.features.settings.changing import Changed, Faults, Wanted
from dialer.features.settings.ledger import Author
from dialer.kit.parts import Part, nothing
from dialer.ports.control import Refusal

ChangeSettings = Callable[[Sequence[Wanted], Author], Awaitable[Changed | Faults | Refusal]]
#: Writes a change into the settings files and takes it; None: there is no engine here.
CHANGE_SETTINGS: Final[Part[ChangeSettings | None]] = Part("change_settings", nothing)
