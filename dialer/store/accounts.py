"""Accounts, their sessions in browsers, and the tokens of programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from dialer.ports.accounts import Account, AccountSession, ApiToken
from dialer.ports.audit import AuditEntry
from dialer.ports.store import AlreadyExistsError, NotFoundError
from dialer.store.audit import note
from dialer.store.database import Database
from dialer.store.tables import account_sessions, accounts, api_tokens

_ACCOUNT = [accounts.c[name] for name in Account.__struct_fields__]
_SESSION = [account_sessions.c[name] for name in AccountSession.__struct_fields__]
_TOKEN = [api_tokens.c[name] for name in ApiToken.__struct_fields__]


class SqlAccounts:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, account: Account, entry: AuditEntry) -> None:
        await self._db.write(_add, account, entry)

    async def change(self, account_id: str, entry: AuditEntry | None, **fields: Any) -> Account:
        return await self._db.write(_change, account_id, entry, fields)

    async def get(self, account_id: str) -> Account | None:
        return await self._db.read(_one, accounts.c.id, account_id)

    async def by_name(self, name: str) -> Account | None:
        return await self._db.read(_one, accounts.c.name, name)

    async def list(self) -> Sequence[Account]:
        return await self._db.read(_all)

    async def use_step(self, account_id: str, step: int, *, latest: int) -> bool:
        return await self._db.write(_use_step, account_id, step, latest)

    async def use_recovery(self, account_id: str, digest: str, entry: AuditEntry) -> bool:
        return await self._db.write(_use_recovery, account_id, digest, entry)


class SqlAccountSessions:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, session: AccountSession) -> None:
        await self._db.write(_add_session, session)

    async def find(self, token: str) -> tuple[AccountSession, Account] | None:
        return await self._db.read(_find_session, token)

    async def touch(self, session_id: str, *, seen_at: float, expires_at: float) -> None:
        await self._db.write(_touch_session, session_id, seen_at, expires_at)

    async def of_account(self, account_id: str) -> Sequence[AccountSession]:
        return await self._db.read(_sessions_of, account_id)

    async def end(self, session_id: str) -> bool:
        return await self._db.write(_end_sessions, account_sessions.c.id == session_id) > 0

    async def end_all(self, account_id: str, *, but: str | None = None) -> int:
        whose: ColumnElement[bool] = account_sessions.c.account_id == account_id
        if but is not None:
            whose &= account_sessions.c.id != but
        return await self._db.write(_end_sessions, whose)

    async def sweep(self, *, now: float, idle_since: float) -> int:
        is_over = (account_sessions.c.expires_at <= now) | (account_sessions.c.seen_at < idle_since)
        return await self._db.write(_end_sessions, is_over)


class SqlApiTokens:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, token: ApiToken, entry: AuditEntry) -> None:
        await self._db.write(_add_token, token, entry)

    async def find(self, token: str) -> tuple[ApiToken, Account] | None:
        return await self._db.read(_find_token, token)

    async def get(self, token_id: str) -> ApiToken | None:
        return await self._db.read(_one_token, token_id)

    async def list(self, *, account_id: str | None = None) -> Sequence[ApiToken]:
        return await self._db.read(_tokens, account_id)

    async def touch(self, token_id: str, *, used_at: float) -> None:
        await self._db.write(_touch_token, token_id, used_at)

    async def revoke(self, token_id: str, entry: AuditEntry) -> bool:
        return await self._db.write(_revoke, token_id, entry)


# --- accounts ------------------------------------------------------------------------------------


def _account(fields: dict[str, Any]) -> Account:
    return Account(**{**fields, "recovery": tuple(fields["recovery"])})


def _one(conn: Connection, column: Any, value: str) -> Account | None:
    row = conn.execute(select(*_ACCOUNT).where(column == value)).first()
    return _account(dict(row._mapping)) if row else None


def _all(conn: Connection) -> list[Account]:
    rows = conn.execute(select(*_ACCOUNT).order_by(accounts.c.name))
    return [_account(dict(row._mapping)) for row in rows]


def _refuse_taken(conn: Connection, account: Account) -> None:
    holder = _one(conn, accounts.c.name, account.name)
    if holder is not None and holder.id != account.id:
        raise AlreadyExistsError(f"an account {account.name!r} exists already")
    if account.agent is None:
        return
    holder = _one(conn, accounts.c.agent, account.agent)
    if holder is not None and holder.id != account.id:
        raise AlreadyExistsError(f"the rep {account.agent!r} has the account {holder.name!r}")


def _row(account: Account) -> dict[str, Any]:
    return {**msgspec.structs.asdict(account), "recovery": list(account.recovery)}


def _add(conn: Connection, account: Account, entry: AuditEntry) -> None:
    _refuse_taken(conn, account)
    conn.execute(insert(accounts).values(_row(account)))
    note(conn, entry)


def _locked(conn: Connection, account_id: str) -> Account:
    query = select(*_ACCOUNT).where(accounts.c.id == account_id).with_for_update()
    row = conn.execute(query).first()
    if row is None:
        raise NotFoundError(f"no account {account_id}")
    return _account(dict(row._mapping))


def _change(
    conn: Connection, account_id: str, entry: AuditEntry | None, fields: dict[str, Any]
) -> Account:
    after = msgspec.structs.replace(_locked(conn, account_id), **fields)
    _refuse_taken(conn, after)
    row = _row(after)
    changed = {name: row[name] for name in fields}
    conn.execute(update(accounts).where(accounts.c.id == account_id).values(changed))
    if entry is not None:
        note(conn, entry)
    return after


def _use_step(conn: Connection, account_id: str, step: int, latest: int) -> bool:
    taken = accounts.c.totp_step.between(step, latest)
    newer = (accounts.c.id == account_id) & ~taken
    return conn.execute(update(accounts).where(newer).values(totp_step=step)).rowcount > 0


def _use_recovery(conn: Connection, account_id: str, digest: str, entry: AuditEntry) -> bool:
    account = _locked(conn, account_id)
    if digest not in account.recovery:
        return False
    left = [code for code in account.recovery if code != digest]
    conn.execute(update(accounts).where(accounts.c.id == account_id).values(recovery=left))
    note(conn, entry)
    return True


# --- sessions ------------------------------------------------------------------------------------


def _add_session(conn: Connection, session: AccountSession) -> None:
    conn.execute(insert(account_sessions).values(msgspec.structs.asdict(session)))


def _find_session(conn: Connection, token: str) -> tuple[AccountSession, Account] | None:
    row = conn.execute(select(*_SESSION).where(account_sessions.c.token == token)).first()
    if row is None:
        return None
    session = AccountSession(**row._mapping)
    account = _one(conn, accounts.c.id, session.account_id)
    return (session, account) if account is not None else None


def _touch_session(conn: Connection, session_id: str, seen_at: float, expires_at: float) -> None:
    conn.execute(
        update(account_sessions)
        .where(account_sessions.c.id == session_id)
        .values(seen_at=seen_at, expires_at=expires_at)
    )


def _sessions_of(conn: Connection, account_id: str) -> list[AccountSession]:
    whose = account_sessions.c.account_id == account_id
    rows = conn.execute(select(*_SESSION).where(whose).order_by(account_sessions.c.id))
    return [AccountSession(**row._mapping) for row in rows]


def _end_sessions(conn: Connection, which: Any) -> int:
    return conn.execute(delete(account_sessions).where(which)).rowcount


# --- tokens --------------------------------------------------------------------------------------


def _token(row: Any) -> ApiToken:
    fields = dict(row._mapping)
    return ApiToken(**{**fields, "scopes": frozenset(fields["scopes"])})


def _add_token(conn: Connection, token: ApiToken, entry: AuditEntry) -> None:
    row = {**msgspec.structs.asdict(token), "scopes": sorted(token.scopes)}
    conn.execute(insert(api_tokens).values(row))
    note(conn, entry)


def _find_token(conn: Connection, token: str) -> tuple[ApiToken, Account] | None:
    row = conn.execute(select(*_TOKEN).where(api_tokens.c.token == token)).first()
    if row is None:
        return None
    found = _token(row)
    account = _one(conn, accounts.c.id, found.account_id)
    return (found, account) if account is not None else None


def _one_token(conn: Connection, token_id: str) -> ApiToken | None:
    row = conn.execute(select(*_TOKEN).where(api_tokens.c.id == token_id)).first()
    return _token(row) if row else None


def _tokens(conn: Connection, account_id: str | None) -> list[ApiToken]:
    query = select(*_TOKEN).order_by(api_tokens.c.id)
    if account_id is not None:
        query = query.where(api_tokens.c.account_id == account_id)
    return [_token(row) for row in conn.execute(query)]


def _touch_token(conn: Connection, token_id: str, used_at: float) -> None:
    # Of two requests at once the later time stays.
    last = api_tokens.c.last_used_at
    which = (api_tokens.c.id == token_id) & (last.is_(None) | (last <= used_at))
    conn.execute(update(api_tokens).where(which).values(last_used_at=used_at))


def _revoke(conn: Connection, token_id: str, entry: AuditEntry) -> bool:
    which = (api_tokens.c.id == token_id) & api_tokens.c.revoked_at.is_(None)
    done = conn.execute(update(api_tokens).where(which).values(revoked_at=entry.at)).rowcount > 0
    if done:
        note(conn, entry)
    return done
