"""Alerts, and what was sent to webhooks."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("alerts.read", "see alerts", "ops manager supervisor auditor"),
    permission("alerts.ack", "say that an alert is being looked after", "ops manager supervisor"),
)
FEATURE = Feature(__name__, PERMISSIONS)
