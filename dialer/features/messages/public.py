"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.messages.service import send

__all__ = ["send"]
