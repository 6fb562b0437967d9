"""Report schedules: saved reports that are sent by mail at their time."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission(
        "report_schedules.write",
        "have saved reports sent by mail to people",
        "manager supervisor qa auditor",
    ),
)
FEATURE = Feature(
    __name__,
    PERMISSIONS,
    http=("endpoints:people", "endpoints:router", "endpoints:runs"),
    records=("store:SCHEDULES", "store:RUNS"),
    jobs=("jobs:SEND",),
)
