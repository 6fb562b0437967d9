"""Accounts, sessions, tokens, roles and teams in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from dialer.ports.accounts import (
    Account,
    AccountSession,
    ApiToken,
    Member,
    Placed,
    Role,
    Squad,
    Standing,
    Team,
)
from dialer.ports.audit import Audit, AuditEntry
from dialer.ports.store import Agent, AlreadyExistsError, NotFoundError


class InMemoryAccounts:
    def __init__(self, audit: Audit) -> None:
        self.rows: dict[str, Account] = {}
        self._audit = audit

    async def add(self, account: Account, entry: AuditEntry) -> None:
        self._refuse_taken(account)
        self.rows[account.id] = account
        await self._audit.record(entry)

    async def change(self, account_id: str, entry: AuditEntry | None, **fields: Any) -> Account:
        if account_id not in self.rows:
            raise NotFoundError(f"no account {account_id}")
        after = replace(self.rows[account_id], **fields)
        self._refuse_taken(after)
        self.rows[account_id] = after
        if entry is not None:
            await self._audit.record(entry)
        return after

    async def get(self, account_id: str) -> Account | None:
        return self.rows.get(account_id)

    async def by_name(self, name: str) -> Account | None:
        return next((row for row in self.rows.values() if row.name == name), None)

    async def list(self) -> Sequence[Account]:
        return sorted(self.rows.values(), key=lambda row: row.name)

    async def use_step(self, account_id: str, step: int, *, latest: int) -> bool:
        account = self.rows.get(account_id)
        if account is None or step <= account.totp_step <= latest:
            return False
        self.rows[account_id] = replace(account, totp_step=step)
        return True

    async def use_recovery(self, account_id: str, digest: str, entry: AuditEntry) -> bool:
        account = self.rows.get(account_id)
        if account is None:
            raise NotFoundError(f"no account {account_id}")
        if digest not in account.recovery:
            return False
        left = tuple(code for code in account.recovery if code != digest)
        self.rows[account_id] = replace(account, recovery=left)
        await self._audit.record(entry)
        return True

    def _refuse_taken(self, account: Account) -> None:
        for row in self.rows.values():
            if row.id == account.id:
                continue
            if row.name == account.name:
                raise AlreadyExistsError(f"an account {account.name!r} exists already")
            if account.agent is not None and row.agent == account.agent:
                raise AlreadyExistsError(f"the rep {account.agent!r} has the account {row.name!r}")


class InMemoryAccountSessions:
    def __init__(self, accounts: InMemoryAccounts) -> None:
        self.rows: dict[str, AccountSession] = {}
        self._accounts = accounts

    async def add(self, session: AccountSession) -> None:
        self.rows[session.id] = session

    async def find(self, token: str) -> tuple[AccountSession, Account] | None:
        for session in self.rows.values():
            if session.token == token:
                return session, self._accounts.rows[session.account_id]
        return None

    async def touch(self, session_id: str, *, seen_at: float, expires_at: float) -> None:
        if session_id in self.rows:
            row = self.rows[session_id]
            self.rows[session_id] = replace(row, seen_at=seen_at, expires_at=expires_at)

    async def of_account(self, account_id: str) -> Sequence[AccountSession]:
        rows = [row for row in self.rows.values() if row.account_id == account_id]
        return sorted(rows, key=lambda row: row.id)

    async def end(self, session_id: str) -> bool:
        return self.rows.pop(session_id, None) is not None

    async def end_all(self, account_id: str, *, but: str | None = None) -> int:
        return self._end(lambda row: row.account_id == account_id and row.id != but)

    async def sweep(self, *, now: float, idle_since: float) -> int:
        return self._end(lambda row: row.expires_at <= now or row.seen_at < idle_since)

    def _end(self, which: Any) -> int:
        gone = [row.id for row in self.rows.values() if which(row)]
        for session_id in gone:
            del self.rows[session_id]
        return len(gone)


class InMemoryApiTokens:
    def __init__(self, accounts: InMemoryAccounts, audit: Audit) -> None:
        self._rows: dict[str, ApiToken] = {}
        self._accounts, self._audit = accounts, audit

    async def add(self, token: ApiToken, entry: AuditEntry) -> None:
        self._rows[token.id] = token
        await self._audit.record(entry)

    async def find(self, token: str) -> tuple[ApiToken, Account] | None:
        for row in self._rows.values():
            if row.token == token:
                return row, self._accounts.rows[row.account_id]
        return None

    async def get(self, token_id: str) -> ApiToken | None:
        return self._rows.get(token_id)

    async def list(self, *, account_id: str | None = None) -> Sequence[ApiToken]:
        rows = [row for row in self._rows.values() if account_id in {None, row.account_id}]
        return sorted(rows, key=lambda row: row.id)

    async def touch(self, token_id: str, *, used_at: float) -> None:
        row = self._rows.get(token_id)
        if row is not None and (row.last_used_at or used_at) <= used_at:
            self._rows[token_id] = replace(row, last_used_at=used_at)

    async def revoke(self, token_id: str, entry: AuditEntry) -> bool:
        row = self._rows.get(token_id)
        if row is None or row.revoked_at is not None:
            return False
        self._rows[token_id] = replace(row, revoked_at=entry.at)
        await self._audit.record(entry)
        return True


class InMemoryRoles:
    def __init__(self, audit: Audit) -> None:
        self._rows: dict[str, Role] = {}
        self._audit = audit

    async def put(self, role: Role, entry: AuditEntry) -> None:
        self._rows[role.name] = role
        await self._audit.record(entry)

    async def get(self, name: str) -> Role | None:
        return self._rows.get(name)

    async def list(self) -> Sequence[Role]:
        return sorted(self._rows.values(), key=lambda row: row.name)

    async def remove(self, name: str, entry: AuditEntry) -> bool:
        if self._rows.pop(name, None) is None:
            return False
        await self._audit.record(entry)
        return True


class InMemoryTeams:
    def __init__(self, accounts: InMemoryAccounts, agents: dict[str, Agent], audit: Audit) -> None:
        self._teams: dict[str, Team] = {}
        self._squads: dict[str, Squad] = {}
        self._members: dict[str, Member] = {}
        self._accounts, self._agents, self._audit = accounts, agents, audit

    async def add(self, team: Team, entry: AuditEntry) -> None:
        self._refuse_taken(team)
        self._teams[team.id] = team
        await self._audit.record(entry)

    async def change(self, team: Team, entry: AuditEntry) -> None:
        self._refuse_taken(team)
        if team.id not in self._teams:
            raise NotFoundError(f"no team {team.id}")
        self._teams[team.id] = team
        await self._audit.record(entry)

    async def remove(self, team_id: str, entry: AuditEntry) -> bool:
        if any(member.team_id == team_id for member in self._members.values()):
            raise AlreadyExistsError("accounts belong to this team: place them elsewhere first")
        for squad in [row for row in self._squads.values() if row.team_id == team_id]:
            del self._squads[squad.id]
        return await self._removed(self._teams.pop(team_id, None), entry)

    async def list(self) -> Sequence[Team]:
        return sorted(self._teams.values(), key=lambda row: row.name)

    async def add_squad(self, squad: Squad, entry: AuditEntry) -> None:
        if squad.team_id not in self._teams:
            raise NotFoundError(f"no team {squad.team_id}")
        for row in self._squads.values():
            if (row.team_id, row.name) == (squad.team_id, squad.name):
                raise AlreadyExistsError(f"the team has a squad {squad.name!r} already")
        self._squads[squad.id] = squad
        await self._audit.record(entry)

    async def rename_squad(self, squad_id: str, name: str, entry: AuditEntry) -> None:
        squad = self._squads.get(squad_id)
        if squad is None:
            raise NotFoundError(f"no squad {squad_id}")
        for row in self._squads.values():
            if (row.team_id, row.name) == (squad.team_id, name) and row.id != squad_id:
                raise AlreadyExistsError(f"the team has a squad {name!r} already")
        self._squads[squad_id] = Squad(id=squad_id, team_id=squad.team_id, name=name)
        await self._audit.record(entry)

    async def remove_squad(self, squad_id: str, entry: AuditEntry) -> bool:
        if any(member.squad_id == squad_id for member in self._members.values()):
            raise AlreadyExistsError("accounts belong to this squad: place them elsewhere first")
        return await self._removed(self._squads.pop(squad_id, None), entry)

    async def squads(self) -> Sequence[Squad]:
        return sorted(self._squads.values(), key=lambda row: (row.team_id, row.name))

    async def place(self, member: Member, entry: AuditEntry) -> None:
        if member.account_id not in self._accounts.rows:
            raise NotFoundError(f"no account {member.account_id}")
        if member.team_id not in self._teams:
            raise NotFoundError(f"no team {member.team_id}")
        squad = self._squads.get(member.squad_id or "")
        if member.squad_id is not None and (squad is None or squad.team_id != member.team_id):
            raise NotFoundError(f"no squad {member.squad_id} in the team")
        self._members[member.account_id] = member
        await self._audit.record(entry)

    async def unplace(self, account_id: str, entry: AuditEntry) -> bool:
        return await self._removed(self._members.pop(account_id, None), entry)

    async def members(self) -> Sequence[Member]:
        return sorted(self._members.values(), key=lambda row: row.account_id)

    async def standing(self, account_id: str) -> Standing:
        member = self._members.get(account_id)
        team = self._teams.get(member.team_id) if member is not None else None
        placed = [self._placed(self._agents[agent]) for agent in sorted(self._agents)]
        return Standing(member=member, team=team, placed=placed)

    def _placed(self, agent: Agent) -> Placed:
        accounts = self._accounts.rows.values()
        whose = next((account.id for account in accounts if account.agent == agent.id), None)
        member = self._members.get(whose or "")
        return Placed(
            agent=agent.id,
            pool=agent.pool,
            team_id=member.team_id if member else None,
            squad_id=member.squad_id if member else None,
        )

    def _refuse_taken(self, team: Team) -> None:
        for row in self._teams.values():
            if row.name == team.name and row.id != team.id:
                raise AlreadyExistsError(f"a team {team.name!r} exists already")

    async def _removed(self, gone: Team | Squad | Member | None, entry: AuditEntry) -> bool:
        if gone is not None:
            await self._audit.record(entry)
        return gone is not None
