"""Reps: added, and steered."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("agents.read", "see reps and their states", "ops manager supervisor qa rep auditor"),
    permission(
        "agents.steer",
        "log reps in and out, make them ready, pause them, end their calls",
        "manager supervisor rep",
    ),
    permission("agents.manage", "add, change and disable reps and their phones", "ops manager"),
    permission("agents.move", "move reps to other pools and campaigns", "manager supervisor"),
)
FEATURE = Feature(__name__, PERMISSIONS, http=("endpoints:router", "moving:router"))
