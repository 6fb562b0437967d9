"""Floors: the live state of each pool."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (permission("floors.read", "see floors live", "ops manager supervisor qa auditor"),)
FEATURE = Feature(__name__, PERMISSIONS, jobs=("jobs:DELETE_OLD_LOGS",))
