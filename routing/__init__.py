"""Who takes an answered call: pure strategies over plain data.

A strategy gets the reps who are free, longest idle first, and one caller; it names a rep or None.
It never reserves anybody: the floor does.
"""

from routing.candidates import Caller, Candidate, may_take
from routing.strategies import (
    STRATEGIES,
    Strategy,
    best_skill,
    choose,
    fewest_calls,
    longest_idle,
    weighted,
)

__all__ = [
    "STRATEGIES",
    "Caller",
    "Candidate",
    "Strategy",
    "best_skill",
    "choose",
    "fewest_calls",
    "longest_idle",
    "may_take",
    "weighted",
]
