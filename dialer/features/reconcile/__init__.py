"""Our records against the switch's ledger and the recordings on disk."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission(
        "reconcile.read", "see where records, switch and disk differ", "ops auditor", for_all=True
    ),
    permission("reconcile.settle", "look again, and settle differences", "ops", for_all=True),
)
FEATURE = Feature(
    __name__,
    PERMISSIONS,
    http=("endpoints:router", "endpoints:checks"),
    records=("store:DIFFERENCES", "store:CHECKS"),
    jobs=("jobs:LOOK",),
)
