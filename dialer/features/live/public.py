"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.live.feed import Posted
from dialer.features.live.hub import TopicName
from dialer.features.live.messages import row
from dialer.features.live.parts import LIVE

__all__ = ["LIVE", "Posted", "TopicName", "row"]
