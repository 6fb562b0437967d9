"""Who asks: a program by its token, a person by the cookie of a session."""

from __future__ import annotations

import hashlib
import hmac

from starlette.requests import HTTPConnection

from dialer.features.roles.public import grant_of, machine_grant, role_named
from dialer.kit import sessions
from dialer.kit.auth import Caller, client_of, known
from dialer.kit.context import ApiContext
from dialer.kit.errors import Kind, Refused, forbidden

CSRF_HEADER = "x-csrf-token"


async def identify(connection: HTTPConnection) -> Caller:
    """Who sent a request or opened a WebSocket. Raises Refused with 401 or 403."""
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
        raise forbidden(
            "csrf",
            "send the header X-CSRF-Token with what GET /api/v1/session says",
        )
    return caller


async def of_token(context: ApiContext, offered: str) -> Caller:
    """Whose token this is. Raises Refused."""
    if is_token(offered, context.token):
        return Caller(machine_grant(), context)
    found = await context.store.api_tokens.find(sessions.digest(offered))
    now = context.clock.now()
    if found is None or not sessions.is_good(found[0], now) or not found[1].enabled:
        raise Refused(Kind.NOBODY, "token-wrong", "this token is not valid")
    token, account = found
    if token.last_used_at is None or sessions.is_to_be_noted(token.last_used_at, now):
        await context.store.api_tokens.touch(token.id, used_at=now)
    role = await role_named(context.store, account.role)
    return Caller(grant_of(account, role, token.scopes), context, account)


async def of_session(context: ApiContext, key: str) -> Caller:
    """Whose session this is. Raises Refused."""
    found = await context.store.account_sessions.find(sessions.digest(key))
    now = context.clock.now()
    if found is None or not sessions.is_live(found[0], now) or not found[1].enabled:
        raise Refused(Kind.NOBODY, "session-over", "log in (again)")
    session, account = found
    expires_at = sessions.expires_at(session, now)
    if sessions.is_to_be_noted(session.seen_at, now) or expires_at < session.expires_at:
        await context.store.account_sessions.touch(session.id, seen_at=now, expires_at=expires_at)
    role = await role_named(context.store, account.role)
    return Caller(grant_of(account, role), context, account, session, key)


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


def _nobody() -> Refused:
    return Refused(
        Kind.NOBODY,
        "token-missing",
        "send the header 'Authorization: Bearer TOKEN', or log in: POST /api/v1/session",
    )
