"""Roles: sets of permissions, each with a data scope."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("roles.read", "see roles and their permissions", "ops manager auditor"),
    permission("roles.manage", "make and remove roles", for_all=True),
)
FEATURE = Feature(__name__, PERMISSIONS)
