"""Roles of one's own, teams, squads, and who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, ScalarSelect, delete, insert, select, update

from dialer.ports.accounts import Member, Placed, Role, Squad, Standing, Team
from dialer.ports.audit import AuditEntry
from dialer.ports.scope import whole
from dialer.ports.store import AlreadyExistsError, NotFoundError
from dialer.store.audit import note
from dialer.store.database import Database
from dialer.store.tables import accounts, agents, members, roles, squads, teams
from dialer.store.upsert import upsert
from dialer.words import Scope

_TEAM = [teams.c[name] for name in Team.__struct_fields__]
_SQUAD = [squads.c[name] for name in Squad.__struct_fields__]
_MEMBER = [members.c[name] for name in Member.__struct_fields__]
_ROLE = [roles.c[name] for name in Role.__struct_fields__]


class SqlRoles:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def put(self, role: Role, entry: AuditEntry) -> None:
        await self._db.write(_put_role, role, entry)

    async def get(self, name: str) -> Role | None:
        found = await self._db.read(_roles, name)
        return found[0] if found else None

    async def list(self) -> Sequence[Role]:
        return await self._db.read(_roles, None)

    async def remove(self, name: str, entry: AuditEntry) -> bool:
        return await self._db.write(_remove, roles, roles.c.name == name, entry)


class SqlTeams:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, team: Team, entry: AuditEntry) -> None:
        await self._db.write(_add_team, team, entry)

    async def change(self, team: Team, entry: AuditEntry) -> None:
        await self._db.write(_change_team, team, entry)

    async def remove(self, team_id: str, entry: AuditEntry) -> bool:
        return await self._db.write(_remove_team, team_id, entry)

    async def list(self) -> Sequence[Team]:
        return await self._db.read(_teams)

    async def add_squad(self, squad: Squad, entry: AuditEntry) -> None:
        await self._db.write(_add_squad, squad, entry)

    async def rename_squad(self, squad_id: str, name: str, entry: AuditEntry) -> None:
        await self._db.write(_rename_squad, squad_id, name, entry)

    async def remove_squad(self, squad_id: str, entry: AuditEntry) -> bool:
        return await self._db.write(_remove_squad, squad_id, entry)

    async def squads(self) -> Sequence[Squad]:
        return await self._db.read(_squads)

    async def place(self, member: Member, entry: AuditEntry) -> None:
        await self._db.write(_place, member, entry)

    async def unplace(self, account_id: str, entry: AuditEntry) -> bool:
        return await self._db.write(_remove, members, members.c.account_id == account_id, entry)

    async def members(self) -> Sequence[Member]:
        return await self._db.read(_members)

    async def standing(self, account_id: str) -> Standing:
        return await self._db.read(_standing, account_id)


def _remove(conn: Connection, table: Any, which: Any, entry: AuditEntry) -> bool:
    done = conn.execute(delete(table).where(which)).rowcount > 0
    if done:
        note(conn, entry)
    return done


# --- roles ---------------------------------------------------------------------------------------


def _put_role(conn: Connection, role: Role, entry: AuditEntry) -> None:
    row = {**msgspec.structs.asdict(role), "permissions": sorted(role.permissions)}
    upsert(conn, roles, [{**row, "scope": role.scope.value}])
    note(conn, entry)


def _roles(conn: Connection, name: str | None) -> list[Role]:
    query = select(*_ROLE).order_by(roles.c.name)
    if name is not None:
        query = query.where(roles.c.name == name)
    return [
        Role(name=name, title=title, permissions=frozenset(may), scope=Scope(scope))
        for name, title, may, scope in conn.execute(query)
    ]


def of_rep(column: ColumnElement[Any], agent: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Of the rep's membership at this moment: NULL of who belongs nowhere."""
    whose = members.join(accounts, accounts.c.id == members.c.account_id)
    return select(column).select_from(whose).where(accounts.c.agent == agent).scalar_subquery()


# --- teams ---------------------------------------------------------------------------------------


def _team(row: Any) -> Team:
    return Team(id=row.id, name=row.name, pools=tuple(row.pools))


def _teams(conn: Connection) -> list[Team]:
    return [_team(row) for row in conn.execute(select(*_TEAM).order_by(teams.c.name))]


def _refuse_taken_team(conn: Connection, team: Team) -> None:
    taken = conn.execute(select(teams.c.id).where(teams.c.name == team.name)).scalar()
    if taken is not None and taken != team.id:
        raise AlreadyExistsError(f"a team {team.name!r} exists already")


def _add_team(conn: Connection, team: Team, entry: AuditEntry) -> None:
    _refuse_taken_team(conn, team)
    conn.execute(insert(teams).values(id=team.id, name=team.name, pools=list(team.pools)))
    note(conn, entry)


def _change_team(conn: Connection, team: Team, entry: AuditEntry) -> None:
    _refuse_taken_team(conn, team)
    fields = {"name": team.name, "pools": list(team.pools)}
    if conn.execute(update(teams).where(teams.c.id == team.id).values(fields)).rowcount == 0:
        raise NotFoundError(f"no team {team.id}")
    note(conn, entry)


def _remove_team(conn: Connection, team_id: str, entry: AuditEntry) -> bool:
    _refuse_while_used(conn, members.c.team_id == team_id, "team")
    conn.execute(delete(squads).where(squads.c.team_id == team_id))
    return _remove(conn, teams, teams.c.id == team_id, entry)


def _refuse_while_used(conn: Connection, who: Any, what: str) -> None:
    if conn.execute(select(members.c.account_id).where(who).limit(1)).first() is not None:
        raise AlreadyExistsError(f"accounts belong to this {what}: place them elsewhere first")


def _squads(conn: Connection) -> list[Squad]:
    rows = conn.execute(select(*_SQUAD).order_by(squads.c.team_id, squads.c.name))
    return [Squad(**row._mapping) for row in rows]


def _add_squad(conn: Connection, squad: Squad, entry: AuditEntry) -> None:
    if conn.execute(select(teams.c.id).where(teams.c.id == squad.team_id)).first() is None:
        raise NotFoundError(f"no team {squad.team_id}")
    _refuse_taken_squad(conn, squad)
    conn.execute(insert(squads).values(msgspec.structs.asdict(squad)))
    note(conn, entry)


def _refuse_taken_squad(conn: Connection, squad: Squad) -> None:
    same = (squads.c.team_id == squad.team_id) & (squads.c.name == squad.name)
    if conn.execute(select(squads.c.id).where(same, squads.c.id != squad.id)).first() is not None:
        raise AlreadyExistsError(f"the team has a squad {squad.name!r} already")


def _rename_squad(conn: Connection, squad_id: str, name: str, entry: AuditEntry) -> None:
    row = conn.execute(select(*_SQUAD).where(squads.c.id == squad_id)).first()
    if row is None:
        raise NotFoundError(f"no squad {squad_id}")
    _refuse_taken_squad(conn, Squad(id=squad_id, team_id=row.team_id, name=name))
    conn.execute(update(squads).where(squads.c.id == squad_id).values(name=name))
    note(conn, entry)


def _remove_squad(conn: Connection, squad_id: str, entry: AuditEntry) -> bool:
    # Who lost the squad would belong to the whole team, and so see more than before.
    _refuse_while_used(conn, members.c.squad_id == squad_id, "squad")
    return _remove(conn, squads, squads.c.id == squad_id, entry)


def _place(conn: Connection, member: Member, entry: AuditEntry) -> None:
    known = conn.execute(select(accounts.c.id).where(accounts.c.id == member.account_id)).first()
    if known is None:
        raise NotFoundError(f"no account {member.account_id}")
    if conn.execute(select(teams.c.id).where(teams.c.id == member.team_id)).first() is None:
        raise NotFoundError(f"no team {member.team_id}")
    if member.squad_id is not None:
        of_team = (squads.c.id == member.squad_id) & (squads.c.team_id == member.team_id)
        if conn.execute(select(squads.c.id).where(of_team)).first() is None:
            raise NotFoundError(f"no squad {member.squad_id} in the team")
    upsert(conn, members, [msgspec.structs.asdict(member)])
    note(conn, entry)


def _members(conn: Connection) -> list[Member]:
    rows = conn.execute(select(*_MEMBER).order_by(members.c.account_id))
    return [Member(**row._mapping) for row in rows]


def _standing(conn: Connection, account_id: str) -> Standing:
    row = conn.execute(select(*_MEMBER).where(members.c.account_id == account_id)).first()
    member = Member(**row._mapping) if row else None
    team = None
    if member is not None:
        found = conn.execute(select(*_TEAM).where(teams.c.id == member.team_id)).first()
        team = _team(found) if found else None
    return Standing(member=member, team=team, placed=_placed(conn))


@whole("decides what a scope is")
def _placed(conn: Connection) -> list[Placed]:
    joined = agents.outerjoin(accounts, accounts.c.agent == agents.c.id).outerjoin(
        members, members.c.account_id == accounts.c.id
    )
    query = select(agents.c.id, agents.c.pool, members.c.team_id, members.c.squad_id)
    return [
        Placed(agent=agent, pool=pool, team_id=team, squad_id=squad)
        for agent, pool, team, squad in conn.execute(
            query.select_from(joined).order_by(agents.c.id)
        )
    ]
