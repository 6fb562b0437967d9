"""The two sides of a match: a free rep and a waiting callee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Candidate:
    """A rep as routing sees them. `idle_since` in unix seconds, `calls` taken since login, skill
    levels 1 to 10.
    """

    agent: str
    idle_since: float
    calls: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)
    #: Campaigns they work for; None: all of the pool's.
    campaigns: frozenset[str] | None = None
    #: Share of calls relative to the others, for the strategy `weighted`.
    weight: float = 1.0


@dataclass(slots=True, frozen=True)
class Caller:
    """A callee who needs a rep. `needs` maps a skill to the least level that will do."""

    attempt: str
    campaign: str
    waiting_since: float
    needs: Mapping[str, int] = field(default_factory=dict)
    #: The rep this lead talked to before, if the campaign wants them asked first.
    sticky: str | None = None


def may_take(candidate: Candidate, caller: Caller) -> bool:
    """Whether this rep works for the caller's campaign and has every skill at the level needed."""
    if candidate.campaigns is not None and caller.campaign not in candidate.campaigns:
        return False
    return all(candidate.skills.get(skill, 0) >= level for skill, level in caller.needs.items())
