"""Whose data a request is about: what a grant and a standing let somebody see.

What features ask of a scope is here, too: `seen` for rows in memory, `visible` for queries.
"""

from __future__ import annotations

from dialer.kit.grants import Grant
from dialer.ports.accounts import Placed, Standing, Team
from dialer.ports.scope import (
    EVERY_POOL,
    EVERYTHING,
    NOTHING,
    OfAgent,
    OfCall,
    OfLead,
    OfPool,
    OfSystem,
    Reach,
    everything,
    is_seen,
    seen,
    whole,
)
from dialer.store.scope import visible
from dialer.words import Scope

__all__ = [
    "EVERYTHING",
    "EVERY_POOL",
    "NOTHING",
    "OfAgent",
    "OfCall",
    "OfLead",
    "OfPool",
    "OfSystem",
    "Reach",
    "everything",
    "is_seen",
    "reach_of",
    "seen",
    "visible",
    "whole",
]


def reach_of(grant: Grant, standing: Standing | None) -> Reach:
    """The reach of a grant; `standing` is needed for every scope but `all`."""
    if grant.scope is Scope.ALL:
        return EVERYTHING
    if standing is None:
        return NOTHING
    if grant.scope is Scope.OWN:
        mine = [placed for placed in standing.placed if placed.agent == grant.agent]
        return Reach(
            agents=frozenset(placed.agent for placed in mine),
            pools=frozenset(placed.pool for placed in mine),
        )
    return _of_team(grant, standing)


def _of_team(grant: Grant, standing: Standing) -> Reach:
    member, team = standing.member, standing.team
    if member is None or team is None:
        return NOTHING
    # Who belongs to the team and to no squad of it leads the whole team.
    squad = member.squad_id if grant.scope is Scope.SQUAD else None
    agents = [placed for placed in standing.placed if _is_of(placed, team, squad)]
    return Reach(
        agents=frozenset(placed.agent for placed in agents),
        pools=frozenset(team.pools),
        every_pool=EVERY_POOL in team.pools,
        waiting_calls=True,
    )


def _is_of(placed: Placed, team: Team, squad: str | None) -> bool:
    if squad is not None:
        return placed.team_id == team.id and placed.squad_id == squad
    if placed.team_id is None:
        return EVERY_POOL in team.pools or placed.pool in team.pools
    return placed.team_id == team.id
