"""What an account needs before it sees anything: a pure rule, told wherever it matters."""

from __future__ import annotations

from dialer.ports.accounts import Team
from dialer.words import Lacks, Scope

#: As the API tells it.
LACKS = (
    "What is missing before this account sees anything: a team, pools of the team, or the rep "
    "this person is."
)


def lacking(scope: Scope, agent: str | None, team: Team | None) -> Lacks | None:
    """None: whoever this is sees what the role lets them see.

    `team`: the role sees the own team, and there is none. `pools`: the team works in no pool.
    `rep`: the role sees the own work, and the account is no rep.
    """
    if scope is Scope.ALL:
        return None
    if scope is Scope.OWN:
        return None if agent else "rep"
    if team is None:
        return "team"
    return None if team.pools else "pools"
