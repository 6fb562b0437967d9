"""Report views: reports that were saved under a name, for oneself or shared."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("report_views.write", "save and share reports", "manager supervisor qa auditor rep"),
    permission("report_views.manage", "change and put away reports that others share", "manager"),
)
FEATURE = Feature(__name__, PERMISSIONS, records=("store:REPORT_VIEWS",))
