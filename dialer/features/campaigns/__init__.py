"""Campaigns: made, started, paused, stopped."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission(
        "campaigns.read", "see campaigns and their figures", "ops manager supervisor qa rep auditor"
    ),
    permission("campaigns.run", "start, pause and stop campaigns", "manager supervisor"),
    permission("campaigns.manage", "make campaigns", "manager"),
)
FEATURE = Feature(__name__, PERMISSIONS, http=("endpoints:router", "schedule:router"))
