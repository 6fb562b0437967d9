"""The day's results."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission(
        "results.read", "see the day's results and the ranking", "manager supervisor qa rep auditor"
    ),
)
FEATURE = Feature(__name__, PERMISSIONS)
