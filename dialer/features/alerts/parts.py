"""What this feature is given by who puts the program together."""

from __future__ import annotations

from typing import Final

from dialer.features.alerts.alerting import Alerting
from dialer.kit.parts import Part, nothing

#: None: nothing is watched here.
ALERTING: Final[Part[Alerting | None]] = Part("alerting", nothing)
