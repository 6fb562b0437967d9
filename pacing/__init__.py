"""How many calls to place now, so that reps wait little and no legal limit is ever broken."""

from __future__ import annotations

from pacing.opening import open_pacer
from pacing.protocol import AgentState, AnsweredBy, Pacer, Seen, Unanswered
from pacing.settings import AdaptiveSettings, PacingSettings, Window

__all__ = [
    "AdaptiveSettings",
    "AgentState",
    "AnsweredBy",
    "Pacer",
    "PacingSettings",
    "Seen",
    "Unanswered",
    "Window",
    "open_pacer",
]
