"""@Title@: say here in a line what they are."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("@many@.read", "read @title@", "manager supervisor qa"),
    permission("@many@.manage", "write @title@", "manager supervisor"),
)
FEATURE = Feature(__name__, PERMISSIONS, records=("store:@MANY@",))
