"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.phones.desk import listener_endpoint

__all__ = ["listener_endpoint"]
