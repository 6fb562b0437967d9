"""The do-not-call list."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission(
        "dnc.check", "look numbers up on the do-not-call list", "manager supervisor auditor"
    ),
    permission("dnc.add", "put numbers on the do-not-call list", "manager supervisor rep"),
    permission("dnc.import", "put whole files on the do-not-call list", "manager"),
    permission("dnc.remove", "take numbers off the do-not-call list", "manager"),
)
FEATURE = Feature(__name__, PERMISSIONS, jobs=("jobs:FORGET_CHANGES",))
