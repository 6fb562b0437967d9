"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.agents import service
from dialer.features.agents.endpoints import STEERED, in_time, known_rep, note_id, steered
from dialer.features.agents.meant import OfCall
from dialer.features.agents.schemas import Agent, NoteKey

__all__ = [
    "STEERED",
    "Agent",
    "NoteKey",
    "OfCall",
    "in_time",
    "known_rep",
    "note_id",
    "service",
    "steered",
]
