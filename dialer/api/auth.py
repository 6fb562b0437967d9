"""Who asks, and may they: a program by its token, a person by the cookie of a session.

Every endpoint says which permission it needs: `caller: Annotated[Caller, Needs("floors.read")]`.
On this machine, health and figures need nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from fastapi import Request, params
from starlette.requests import HTTPConnection

from dialer.accounts import sessions
from dialer.accounts.grants import Grant, grant_of, machine_grant
from dialer.accounts.reach import Reach, reach_of
from dialer.accounts.roles import BUILT_IN
from dialer.api.connections import known
from dialer.api.context import ApiContext
from dialer.api.doer import Doer
from dialer.api.errors import ProblemError
from dialer.ports.accounts import Account, AccountSession, Role, Scope
from dialer.ports.store import Store

CSRF_HEADER = "x-csrf-token"


@dataclass(frozen=True)
class Caller:
    """Who asks. `session` and `key` are those of a browser, `account` is None for the machine."""

    grant: Grant
    context: ApiContext
    account: Account | None = None
    session: AccountSession | None = None
    key: str = ""

    async def reach(self) -> Reach:
        """Whose data the caller sees, as it is now."""
        if self.grant.scope is Scope.ALL or self.grant.account is None:
            return reach_of(self.grant, None)
        standing = await self.context.store.teams.standing(self.grant.account)
        return reach_of(self.grant, standing)

    @property
    def doer(self) -> Doer:
        return Doer(self.context.store, self.grant, self.context.clock.now)

    async def note(self, what: str, subject: str, before: Any = None, after: Any = None) -> None:
        await self.context.store.audit.record(self.doer.entry(what, subject, before, after))


class Needed:
    """A dependency: who asks, if the permission is theirs. Raises ProblemError.

    `permission` None: everybody who is logged in. `unchanged`: also with a password that was given
    by someone else. `afar`: a request from this machine needs nothing at all.
    """

    def __init__(
        self, permission: str | None, *, unchanged: bool = False, afar: bool = False
    ) -> None:
        self.permission, self.unchanged, self.afar = permission, unchanged, afar

    async def __call__(self, request: Request) -> Caller | None:
        if self.afar and sessions.is_loopback(client_of(request)):
            return None
        caller = await identify(request)
        is_given = caller.account is not None and caller.account.must_change
        if caller.session is not None and is_given and not self.unchanged:
            raise ProblemError(
                403,
                "password-change-needed",
                "choose a password of your own first: PUT /api/v1/session/password",
            )
        if self.permission is not None and not caller.grant.may(self.permission):
            raise ProblemError(403, "not-allowed", f"this needs the permission {self.permission!r}")
        return caller


def Needs(permission: str | None, *, unchanged: bool = False, afar: bool = False) -> params.Depends:  # noqa: N802
    """As `Needed`, for `Annotated` or `dependencies`."""
    return params.Depends(Needed(permission, unchanged=unchanged, afar=afar))


async def identify(connection: HTTPConnection) -> Caller:
    """Who sent a request or opened a WebSocket. Raises ProblemError with 401 or 403."""
    caller = await _identified(connection)
    known(connection, caller.grant.who)
    return caller


async def _identified(connection: HTTPConnection) -> Caller:
    context: ApiContext = connection.app.state.context
    header = connection.headers.get("authorization")
    if header is not None:
        scheme, _, offered = header.partition(" ")
        if scheme.lower() != "bearer" or not offered.strip():
            raise _nobody()
        return await of_token(context, offered.strip())
    key = connection.cookies.get(cookie_of(connection), "")
    if not key:
        raise _nobody()
    caller = await of_session(context, key)
    if is_unsafe(connection) and not sessions.is_csrf(key, connection.headers.get(CSRF_HEADER, "")):
        raise ProblemError(
            403, "csrf", "send the header X-CSRF-Token with what GET /api/v1/session says"
        )
    return caller


async def of_token(context: ApiContext, offered: str) -> Caller:
    """Whose token this is. Raises ProblemError."""
    if is_token(offered, context.token):
        return Caller(machine_grant(), context)
    found = await context.store.api_tokens.find(sessions.digest(offered))
    now = context.clock.now()
    if found is None or not sessions.is_good(found[0], now) or not found[1].enabled:
        raise ProblemError(401, "token-wrong", "this token is not valid")
    token, account = found
    if token.last_used_at is None or sessions.is_to_be_noted(token.last_used_at, now):
        await context.store.api_tokens.touch(token.id, used_at=now)
    role = await role_of(context.store, account.role)
    return Caller(grant_of(account, role, token.scopes), context, account)


async def of_session(context: ApiContext, key: str) -> Caller:
    """Whose session this is. Raises ProblemError."""
    found = await context.store.account_sessions.find(sessions.digest(key))
    now = context.clock.now()
    if found is None or not sessions.is_live(found[0], now) or not found[1].enabled:
        raise ProblemError(401, "session-over", "log in (again)")
    session, account = found
    expires_at = sessions.expires_at(session, now)
    if sessions.is_to_be_noted(session.seen_at, now) or expires_at < session.expires_at:
        await context.store.account_sessions.touch(session.id, seen_at=now, expires_at=expires_at)
    role = await role_of(context.store, account.role)
    return Caller(grant_of(account, role), context, account, session, key)


async def role_of(store: Store, name: str) -> Role | None:
    """A role that comes with the program, or one of one's own."""
    return BUILT_IN.get(name) or await store.roles.get(name)


def is_token(offered: str, token: str) -> bool:
    """Compare in constant time; an empty token lets nobody in."""
    # Digests have one length, so that not even the token's length can be measured.
    hashes = [hashlib.sha256(text.encode()).digest() for text in (offered, token)]
    return bool(token) and hmac.compare_digest(*hashes)


def cookie_of(connection: HTTPConnection) -> str:
    """The name of the session's cookie for whoever asks from there."""
    return sessions.cookie_name(secure=is_secure(connection))


def is_secure(connection: HTTPConnection) -> bool:
    host = connection.headers.get("host", "")
    return sessions.is_secure(connection.url.scheme, host, client_of(connection))


def is_unsafe(connection: HTTPConnection) -> bool:
    """A method that changes something. A WebSocket has none: it compares `Origin`."""
    return connection.scope.get("method", "GET") not in sessions.SAFE_METHODS


def client_of(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


def _nobody() -> ProblemError:
    return ProblemError(
        401,
        "token-missing",
        "send the header 'Authorization: Bearer TOKEN', or log in: POST /api/v1/session",
    )
