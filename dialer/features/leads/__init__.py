"""Leads: lists come in."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("leads.read", "read leads", "manager supervisor qa rep auditor"),
    permission(
        "leads.edit", "note something about leads and change their fields", "manager supervisor rep"
    ),
    permission("leads.import", "import lead lists", "manager"),
    permission(
        "leads.manage", "start, stop, share, move and delete lead lists and leads", "manager"
    ),
)
FEATURE = Feature(
    __name__,
    PERMISSIONS,
    http=(
        "endpoints:router",
        "reset:router",
        "list_endpoints:router",
        "endpoints:one_router",
    ),
)
