"""Settings of pools and campaigns: seen, tried, changed, undone."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission(
        "settings.read",
        "see the settings of pools and campaigns, and try changes of them",
        "ops manager supervisor auditor",
    ),
    permission(
        "settings.pacing",
        "change how fast pools dial and how long things take",
        "manager supervisor",
    ),
    permission("settings.change", "change every setting of pools and campaigns", "manager"),
)
FEATURE = Feature(__name__, PERMISSIONS)
