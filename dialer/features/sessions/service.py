"""Logging in and out, and what a person changes of the own account."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import structlog
from msgspec import Struct

from dialer.features.roles.public import grant_of, role_named
from dialer.features.sessions import totp
from dialer.features.sessions.devices import device_of
from dialer.features.sessions.parts import HASHING, THROTTLE
from dialer.features.sessions.seal import opened, sealed
from dialer.ids import new_id
from dialer.kit import passwords, sessions
from dialer.kit.auth import Caller
from dialer.kit.context import ApiContext
from dialer.kit.doer import Doer
from dialer.kit.errors import Kind, Refused, bad_request, conflict, forbidden
from dialer.kit.rights import session_renewed
from dialer.kit.standing import lacking
from dialer.ports.accounts import Account, AccountSession

log = structlog.get_logger(__name__)


class Try(Struct, frozen=True):
    """From where a login is tried. `device`: the browser's proofs of earlier ones."""

    address: str
    device: str = ""


async def log_in(context: ApiContext, name: str, password: str, code: str, by: Try) -> Caller:
    """A new session. Raises Refused: 401 for a wrong name, password or code, 429."""
    name, address = name.strip().lower(), by.address
    device = await device_of(context, by.device, name)
    await _begin(context, name, address, device)
    account = await context.store.accounts.by_name(name)
    kept = account.password if account is not None else None
    is_right = await HASHING.of(context).is_password(kept, password)
    if account is None or not is_right or not account.enabled:
        await _refused(context, account, "password")
        raise Refused(Kind.NOBODY, "login-wrong", "name or password is wrong")
    await _second_factor(context, account, code)
    THROTTLE.of(context).succeeded(name, address, device=device)
    changes: dict[str, Any] = {"last_login_at": context.clock.now()}
    if passwords.is_dated(account.password):
        changes["password"] = await HASHING.of(context).hashed(password)
    entry = _doer(context, account).entry("session.start", name, after={"address": address})
    account = await context.store.accounts.change(account.id, entry, **changes)
    return await begun(context, account, address)


async def begun(context: ApiContext, account: Account, address: str) -> Caller:
    """A session with a key that nobody has seen before: none can be planted beforehand."""
    now, key = context.clock.now(), sessions.new_key()
    session = AccountSession(
        id=new_id(),
        account_id=account.id,
        token=sessions.digest(key),
        created_at=now,
        seen_at=now,
        expires_at=now + sessions.LONGEST_S,
        address=address,
    )
    await context.store.account_sessions.sweep(now=now, idle_since=now - sessions.IDLE_S)
    await context.store.account_sessions.add(session)
    role = await role_named(context.store, account.role)
    return Caller(grant_of(account, role), context, account, session, key)


async def end_presented(context: ApiContext, key: str) -> None:
    """The session a browser had before it logs in anew."""
    found = await context.store.account_sessions.find(sessions.digest(key)) if key else None
    if found is not None:
        await context.store.account_sessions.end(found[0].id)


async def change_password(caller: Caller, old: str, new: str, address: str) -> Caller:
    """A password of one's own; every other session ends, this one gets a new key."""
    account = await proven(caller, old, address)
    if old == new:
        raise bad_request("weak-password", "the new password is the old one")
    if fault := passwords.fault_of(new, account.name):
        raise bad_request("weak-password", fault)
    context = caller.context
    kept = await HASHING.of(context).hashed(new)
    entry = caller.doer.entry("account.password", account.name)
    account = await context.store.accounts.change(
        account.id, entry, password=kept, must_change=False
    )
    anew = await begun(context, account, address)
    assert anew.session is not None
    if caller.session is not None:
        await session_renewed(context, caller.session.id, anew.session.id)
    await context.store.account_sessions.end_all(account.id, but=anew.session.id)
    return anew


async def enrol(caller: Caller, password: str, address: str) -> dict[str, str]:
    """A second factor to try; it counts once a code of it was confirmed."""
    account = await proven(caller, password, address)
    if account.totp_confirmed:
        raise conflict("enrolled-already", "there is a second factor: remove it first")
    secret, context = totp.new_secret(), caller.context
    kept = await asyncio.to_thread(sealed, context.settings().state_dir, secret)
    await context.store.accounts.change(account.id, None, totp=kept)
    return {"secret": secret, "uri": totp.uri(secret, account.name)}


async def confirm(caller: Caller, code: str, address: str) -> list[str]:
    """The first code; from now on one is asked for. Gives the recovery codes."""
    account, context = person(caller), caller.context
    if account.totp is None or account.totp_confirmed:
        raise conflict("not-enrolling", "begin with POST /api/v1/session/totp")
    await _begin(context, account.name, address, _own(caller))
    if not await _takes_code(context, account, code):
        raise bad_request("code-wrong", "this code is wrong, or was used already")
    THROTTLE.of(context).succeeded(account.name, address, device=_own(caller))
    codes = totp.new_recovery_codes()
    kept = tuple(totp.recovery_digest(account.id, each) for each in codes)
    entry = caller.doer.entry("account.totp", account.name)
    await context.store.accounts.change(account.id, entry, totp_confirmed=True, recovery=kept)
    return codes


async def remove_second_factor(caller: Caller, password: str, address: str) -> None:
    account = await proven(caller, password, address)
    entry = caller.doer.entry("account.totp-removed", account.name)
    await caller.context.store.accounts.change(
        account.id, entry, totp=None, totp_confirmed=False, recovery=()
    )


def person(caller: Caller) -> Account:
    """Who is logged in. Raises Refused for a program."""
    if caller.account is None or caller.session is None:
        raise forbidden("session-needed", "this is for who is logged in as a person")
    return caller.account


async def proven(caller: Caller, password: str, address: str) -> Account:
    """Who is logged in, and has just said the password. Raises Refused."""
    account, context = person(caller), caller.context
    await _begin(context, account.name, address, _own(caller))
    if not await HASHING.of(context).is_password(account.password, password):
        await _refused(context, account, "password")
        raise bad_request("password-wrong", "the password is wrong")
    THROTTLE.of(context).succeeded(account.name, address, device=_own(caller))
    return account


async def plain(caller: Caller) -> dict[str, Any]:
    """A session as it is shown."""
    account, session, grant = caller.account, caller.session, caller.grant
    team = None
    if account is not None:
        team = (await caller.context.store.teams.standing(account.id)).team
    return {
        "name": grant.who,
        "full_name": account.full_name if account else "",
        "role": account.role if account else None,
        "agent": grant.agent,
        "permissions": sorted(grant.permissions),
        "scope": grant.scope.value,
        "must_change": account.must_change if account else False,
        "second_factor": account.totp_confirmed if account else False,
        "lacks": lacking(grant.scope, grant.agent, team),
        "csrf": sessions.csrf_of(caller.key) if session else None,
        "expires_at": session.expires_at if session else None,
    }


# --- how -----------------------------------------------------------------------------------------


def _own(caller: Caller) -> str:
    """Who is logged in is no stranger: nobody else's tries are counted against the session."""
    return caller.session.id if caller.session is not None else ""


async def _begin(context: ApiContext, name: str, address: str, device: str) -> None:
    throttle = THROTTLE.of(context)
    verdict = throttle.begin(name, address, context.clock.steady(), device=device)
    if verdict.refused_s:
        seconds = math.ceil(verdict.refused_s)
        raise Refused(
            Kind.TOO_MANY,
            "too-many-tries",
            f"too many wrong tries: try again in {seconds} s",
            again_in_s=seconds,
        )
    if verdict.delay_s:
        throttle.waits(address)
        try:
            await asyncio.sleep(verdict.delay_s)
        finally:
            throttle.waited(address)


async def _second_factor(context: ApiContext, account: Account, code: str) -> None:
    if not account.totp_confirmed or account.totp is None:
        return
    if not code.strip():
        # The password was right: only who knows it learns that there is a second factor.
        raise Refused(Kind.NOBODY, "code-needed", "send the code of the second factor as well")
    if await _takes_code(context, account, code):
        return
    digest = totp.recovery_digest(account.id, code)
    entry = _doer(context, account).entry("account.recovery-code", account.name)
    if not await context.store.accounts.use_recovery(account.id, digest, entry):
        await _refused(context, account, "code")
        raise Refused(Kind.NOBODY, "code-wrong", "this code is wrong, or was used already")


async def _takes_code(context: ApiContext, account: Account, code: str) -> bool:
    assert account.totp is not None
    secret = await asyncio.to_thread(opened, context.settings().state_dir, account.totp)
    now = context.clock.now()
    step = totp.matching_step(secret, code, now, after=account.totp_step)
    return step is not None and await context.store.accounts.use_step(
        account.id, step, latest=totp.latest_step(now)
    )


async def _refused(context: ApiContext, account: Account | None, what: str) -> None:
    """Noted for accounts there are: names that are none are anyone's to invent."""
    if account is None:
        log.warning("a login was refused: no such account")
        return
    log.warning("a login was refused", account=account.name, wrong=what)
    entry = _doer(context, account).entry("session.refused", account.name, after={"wrong": what})
    await context.store.audit.record(entry)


def _doer(context: ApiContext, account: Account) -> Doer:
    return Doer(context.store, grant_of(account, None), context.clock.now)
