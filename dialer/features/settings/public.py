"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.settings import service
from dialer.features.settings.changing import Faults, Wanted
from dialer.features.settings.service import reach_subject

__all__ = ["Faults", "Wanted", "reach_subject", "service"]
