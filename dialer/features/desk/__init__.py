"""What is before a rep: the call, notes, callbacks, the day."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (permission("calls.dial", "dial leads by hand", "manager supervisor rep"),)
FEATURE = Feature(__name__, PERMISSIONS)
