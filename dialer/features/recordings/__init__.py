"""Recordings: found, described, listened to."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("recordings.listen", "listen to recordings", "manager supervisor qa auditor"),
)
FEATURE = Feature(__name__, PERMISSIONS, jobs=("jobs:DELETE_OLD",))
