"""Teams and squads, and who belongs to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dialer.features.roles.public import BUILT_IN
from dialer.ids import new_id
from dialer.kit.doer import Doer
from dialer.kit.errors import bad_request, not_found
from dialer.kit.scope import EVERY_POOL
from dialer.kit.standing import lacking
from dialer.ports.accounts import Account, Member, Squad, Team
from dialer.ports.store import Store
from dialer.settings.problems import one_of, suggestion
from dialer.words import Lacks, Scope


class Places(msgspec.Struct, frozen=True):
    """All teams, squads and members, by their ids."""

    teams: Mapping[str, Team]
    squads: Mapping[str, Squad]
    members: Mapping[str, Member]
    #: Whose data each role sees.
    scopes: Mapping[str, Scope] = {}

    @classmethod
    async def read(cls, store: Store) -> Places:
        own_roles = await store.roles.list()
        return cls(
            {team.id: team for team in await store.teams.list()},
            {squad.id: squad for squad in await store.teams.squads()},
            {member.account_id: member for member in await store.teams.members()},
            {role.name: role.scope for role in (*own_roles, *BUILT_IN.values())},
        )

    def lacks(self, account: Account) -> Lacks | None:
        """What the account needs before it sees anything."""
        member = self.members.get(account.id)
        team = self.teams.get(member.team_id) if member else None
        return lacking(self.scopes.get(account.role, Scope.OWN), account.agent, team)

    def names(self, account_id: str) -> dict[str, str | None]:
        """Where an account belongs, in names."""
        member = self.members.get(account_id)
        team = self.teams.get(member.team_id) if member else None
        squad = self.squads.get(member.squad_id or "") if member else None
        return {"team": team.name if team else None, "squad": squad.name if squad else None}

    def plain(self, team: Team) -> dict[str, Any]:
        """A team as it is shown."""
        of_team = [member for member in self.members.values() if member.team_id == team.id]
        squads = [squad for squad in self.squads.values() if squad.team_id == team.id]
        return {
            "id": team.id,
            "name": team.name,
            "pools": list(team.pools),
            "members": len(of_team),
            "squads": [
                {
                    "id": squad.id,
                    "name": squad.name,
                    "members": sum(member.squad_id == squad.id for member in of_team),
                }
                for squad in squads
            ],
        }


def seen(doer: Doer, places: Places) -> list[Team]:
    """Every team, or the own one."""
    if doer.grant.scope is Scope.ALL:
        return list(places.teams.values())
    member = places.members.get(doer.grant.account or "")
    return [team for team in places.teams.values() if member and team.id == member.team_id]


def known(places: Places, word: str) -> Team:
    """A team by id or name. Raises Refused."""
    for team in places.teams.values():
        if word in {team.id, team.name}:
            return team
    raise not_found("team", word)


def known_squad(places: Places, team: Team, word: str) -> Squad:
    """A squad of a team by id or name. Raises Refused."""
    for squad in places.squads.values():
        if squad.team_id == team.id and word in {squad.id, squad.name}:
            return squad
    raise not_found("squad", word)


async def team_of(store: Store, team_word: str, squad_word: str | None) -> Member:
    """The membership these names mean, of nobody yet. Raises Refused."""
    places = await Places.read(store)
    team = known(places, team_word)
    squad = known_squad(places, team, squad_word) if squad_word is not None else None
    return Member(account_id="", team_id=team.id, squad_id=squad.id if squad else None)


async def add(doer: Doer, name: str, pools: Sequence[str], known_pools: Sequence[str]) -> Team:
    """Raises Refused, AlreadyExistsError."""
    _check_pools(pools, known_pools)
    team = Team(id=new_id(), name=name, pools=tuple(dict.fromkeys(pools)))
    await doer.store.teams.add(team, doer.entry("team.add", name, after={"pools": team.pools}))
    return team


async def change(
    doer: Doer,
    team: Team,
    name: str | None,
    pools: Sequence[str] | None,
    known_pools: Sequence[str],
) -> None:
    """Raises Refused, AlreadyExistsError."""
    _check_pools(pools or (), known_pools)
    after = Team(
        id=team.id,
        name=name or team.name,
        pools=team.pools if pools is None else tuple(dict.fromkeys(pools)),
    )
    before = {"name": team.name, "pools": team.pools}
    entry = doer.entry("team.change", team.name, before, {"name": after.name, "pools": after.pools})
    await doer.store.teams.change(after, entry)


async def remove(doer: Doer, word: str) -> None:
    """With its squads. Raises Refused, AlreadyExistsError while somebody belongs to it."""
    team = known(await Places.read(doer.store), word)
    entry = doer.entry("team.remove", team.name, before={"pools": team.pools})
    await doer.store.teams.remove(team.id, entry)


async def add_squad(doer: Doer, team_word: str, name: str) -> Team:
    """Raises Refused, AlreadyExistsError."""
    team = known(await Places.read(doer.store), team_word)
    entry = doer.entry("squad.add", team.name, after={"squad": name})
    await doer.store.teams.add_squad(Squad(id=new_id(), team_id=team.id, name=name), entry)
    return team


async def rename_squad(doer: Doer, team_word: str, squad_word: str, name: str) -> Team:
    """Raises Refused, AlreadyExistsError."""
    places = await Places.read(doer.store)
    team = known(places, team_word)
    squad = known_squad(places, team, squad_word)
    entry = doer.entry("squad.change", team.name, {"squad": squad.name}, {"squad": name})
    await doer.store.teams.rename_squad(squad.id, name, entry)
    return team


async def remove_squad(doer: Doer, team_word: str, squad_word: str) -> None:
    """Raises Refused, AlreadyExistsError while somebody belongs to it."""
    places = await Places.read(doer.store)
    team = known(places, team_word)
    gone = known_squad(places, team, squad_word)
    entry = doer.entry("squad.remove", team.name, before={"squad": gone.name})
    await doer.store.teams.remove_squad(gone.id, entry)


def _check_pools(pools: Sequence[str], known_pools: Sequence[str]) -> None:
    for pool in pools:
        if pool != EVERY_POOL and pool not in known_pools:
            raise bad_request(
                "no-such-pool",
                f"there is no pool {pool!r}{suggestion(pool, known_pools)}; "
                f"there are: {one_of(known_pools)}",
            )
