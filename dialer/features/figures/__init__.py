"""Figures: every KPI by whatever it can be told apart by, over any period."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("figures.read", "see figures and reports", "manager supervisor qa auditor rep"),
    permission("figures.rebuild", "have the files behind reports written anew", "ops"),
)
FEATURE = Feature(__name__, PERMISSIONS, jobs=("jobs:BUILD",))
