"""Teams and squads: whose data people see."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("teams.read", "see teams and squads", "ops manager supervisor qa auditor"),
    permission("teams.manage", "make and change teams and squads", for_all=True),
)
FEATURE = Feature(__name__, PERMISSIONS)
