"""The wallboard: figures of a pool on a wall, and from which values on they change colour."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (permission("wallboard.set", "set the colours of wallboards", "manager supervisor"),)
FEATURE = Feature(__name__, PERMISSIONS)
