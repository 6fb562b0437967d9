"""Listening in on reps' calls: listen, whisper, join, take over."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission(
        "calls.listen", "listen to, whisper into and join live calls", "manager supervisor qa"
    ),
)
FEATURE = Feature(__name__, PERMISSIONS, watcher="watching:WATCHER")
