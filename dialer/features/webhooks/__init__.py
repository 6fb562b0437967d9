"""Webhooks: others are told over HTTP."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("webhooks.read", "see what was sent to webhooks", "ops", for_all=True),
    permission("webhooks.manage", "say whom webhooks are sent to", for_all=True),
)
FEATURE = Feature(
    __name__,
    PERMISSIONS,
    http=("endpoints:router", "endpoints:receivers"),
    records=("store:RECEIVERS",),
    jobs=("jobs:READ",),
)
