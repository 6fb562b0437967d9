"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.scripts import rendering
from dialer.features.scripts.schemas import Script

__all__ = ["Script", "rendering"]
