"""The audit log: read, never written from outside."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (permission("audit.read", "read the audit log", "auditor", for_all=True),)
FEATURE = Feature(__name__, PERMISSIONS)
