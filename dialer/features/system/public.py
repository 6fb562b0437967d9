"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.system.parts import REFRESH, RELOAD

__all__ = ["REFRESH", "RELOAD"]
