"""Call detail records go out."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission(
        "cdr.read", "export call detail records, numbers masked", "manager supervisor qa auditor"
    ),
    permission("numbers.read", "see whole phone numbers", "manager"),
)
FEATURE = Feature(__name__, PERMISSIONS)
