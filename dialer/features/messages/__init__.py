"""Messages from supervisors to reps."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (permission("messages.send", "write to reps", "manager supervisor"),)
FEATURE = Feature(__name__, PERMISSIONS)
