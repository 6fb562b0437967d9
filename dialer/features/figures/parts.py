"""What this feature is given by who puts the program together."""

from __future__ import annotations

from typing import Final

from dialer.features.figures.reports import Reports
from dialer.kit.parts import Part, nothing

#: What answers; None: there is no database that a process of its own could open.
REPORTS: Final[Part[Reports | None]] = Part("reports", nothing)
