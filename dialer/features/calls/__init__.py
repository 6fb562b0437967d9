"""Conversations under way: hold, park, transfer, keys, recording."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission(
        "calls.transfer",
        "transfer calls to any outside number, within the calling rules",
        "manager supervisor",
    ),
)
FEATURE = Feature(__name__, PERMISSIONS)
