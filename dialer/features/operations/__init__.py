"""What operators look at: nodes, trunks, versions, settings, checks, log levels."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission(
        "system.inspect",
        "see nodes, trunks, versions and settings as loaded; run the checks",
        "ops",
        for_all=True,
    ),
    permission("system.logs", "change what is logged", "ops", for_all=True),
)
FEATURE = Feature(__name__, PERMISSIONS)
