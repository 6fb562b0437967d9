"""What this feature is given by who puts the program together."""

from __future__ import annotations

from typing import Final

from dialer.features.reconcile.nightly import Nightly
from dialer.kit.parts import Part, nothing

#: None: no engine runs behind this API.
RECONCILER: Final[Part[Nightly | None]] = Part("reconciler", nothing)
