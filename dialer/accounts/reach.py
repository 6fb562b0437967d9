"""Whose data: the reps, pools and calls within an account's scope.

A team works in pools. Its calls are those of its reps, and those in its pools that no rep has yet.
A rep without an account belongs to every team that works in the rep's pool.
"""

from __future__ import annotations

from collections.abc import Set

from msgspec import Struct

from dialer.accounts.grants import Grant
from dialer.ports.accounts import Placed, Scope, Standing, Team

#: In a team's pools: all of them.
EVERY_POOL = "*"


class Reach(Struct, frozen=True, kw_only=True):
    """What may be seen. `everything` stands above the rest."""

    everything: bool = False
    agents: frozenset[str] = frozenset()
    pools: frozenset[str] = frozenset()
    every_pool: bool = False
    #: Calls that no rep has yet: a team's business, not a rep's.
    waiting_calls: bool = False

    def sees_pool(self, pool: str) -> bool:
        return self.everything or self.every_pool or pool in self.pools

    def sees_agent(self, agent: str) -> bool:
        return self.everything or agent in self.agents

    def sees_call(self, pool: str, agent: str | None) -> bool:
        """A call, live or over, of the campaigns of `pool`, with this rep or none."""
        if self.everything or agent:
            return self.everything or self.sees_agent(agent or "")
        return self.waiting_calls and self.sees_pool(pool)

    def sees_lead(
        self,
        pool: str,
        owner: str | None,
        in_call_with: str | None,
        talked: Set[str] = frozenset(),
    ) -> bool:
        """A lead of the campaigns of `pool`; `in_call_with`: the rep who talks to it now, `talked`:
        those who did before.
        """
        if self.everything:
            return True
        mine = {owner, in_call_with} & self.agents
        if owner and not mine:
            return False
        if talked & self.agents:
            return True
        return bool(mine) or (self.waiting_calls and self.sees_pool(pool))


EVERYTHING = Reach(everything=True)
NOTHING = Reach()


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
