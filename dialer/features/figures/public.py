"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.figures.schemas import AskReport

__all__ = ["AskReport"]
