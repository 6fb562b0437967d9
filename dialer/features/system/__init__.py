"""The system: health, readiness, figures, reload."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("system.read", "see health and figures from another machine", "ops"),
    permission("system.reload", "have the settings read again", "ops"),
)
FEATURE = Feature(__name__, PERMISSIONS, http_bare=("endpoints:open_router",))
