"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.campaigns.endpoints import seen
from dialer.features.campaigns.service import ensure_campaign, pool_of

__all__ = ["ensure_campaign", "pool_of", "seen"]
