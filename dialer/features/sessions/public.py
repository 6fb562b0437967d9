"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.sessions.identity import identify, of_token
from dialer.features.sessions.schemas import Ended

__all__ = ["Ended", "identify", "of_token"]
