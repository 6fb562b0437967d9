"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.desk.schemas import MovedCallback

__all__ = ["MovedCallback"]
