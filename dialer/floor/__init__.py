"""The floor: the live state of a pool as one pure state machine. Events go in, commands come
out.
"""

from dialer.floor.machine import ImpossibleEvent, open_floor, step
from dialer.floor.rules import CampaignRules, PoolRules
from dialer.floor.state import Agent, Attempt, Floor
from dialer.words import AgentState, Phase, Phone

__all__ = [
    "Agent",
    "AgentState",
    "Attempt",
    "CampaignRules",
    "Floor",
    "ImpossibleEvent",
    "Phase",
    "Phone",
    "PoolRules",
    "open_floor",
    "step",
]
