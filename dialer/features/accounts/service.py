"""Accounts: added, changed, disabled. For the API and for the command line."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from dialer.features.roles.public import BUILT_IN, holds, role_named, role_names
from dialer.features.teams.public import Places, team_of
from dialer.ids import new_id
from dialer.kit import passwords
from dialer.kit.doer import Doer
from dialer.kit.errors import bad_request, conflict, forbidden, not_found
from dialer.kit.grants import Grant
from dialer.kit.scope import whole
from dialer.ports.accounts import Account, Member
from dialer.ports.store import Store
from dialer.settings.mail import is_address
from dialer.settings.problems import one_of, suggestion
from dialer.words import Language, Scope

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
ADMIN = "admin"


class NewPerson(msgspec.Struct, frozen=True, kw_only=True):
    """An account to add. `password` None: a one-time password is made."""

    name: str
    full_name: str = ""
    email: str = ""
    language: Language | None = None
    role: str
    agent: str | None = None
    team: str | None = None
    squad: str | None = None
    password: str | None = None


async def add(doer: Doer, new: NewPerson) -> tuple[Account, str | None]:
    """Add an account; with the one-time password, if one was made. Raises Refused."""
    name = written(new.name)
    await _giveable(doer, new.role)
    await _known_rep(doer.store, new.agent)
    email = _email(new.email)
    member = await _member(doer.store, new.team, new.squad)
    made = passwords.one_time() if new.password is None else None
    account = Account(
        id=new_id(),
        name=name,
        full_name=new.full_name,
        email=email,
        language=new.language,
        role=new.role,
        agent=new.agent,
        password=await _hashed(name, made or new.password or ""),
        must_change=True,
        created_at=doer.now(),
    )
    after = plain(account, None) | {"team": new.team, "squad": new.squad}
    await doer.store.accounts.add(account, doer.entry("account.add", name, after=after))
    if member is not None:
        placed = msgspec.structs.replace(member, account_id=account.id)
        entry = doer.entry("account.place", name, after={"team": new.team, "squad": new.squad})
        await doer.store.teams.place(placed, entry)
    return account, made


async def change(doer: Doer, word: str, given: Mapping[str, Any]) -> Account:
    """Set what is given of full_name, email, language, role, agent, enabled, team and squad.

    Raises Refused.
    """
    account = await ruled(doer, word)
    fields = {key: value for key, value in given.items() if key not in {"team", "squad"}}
    if "email" in fields:
        fields["email"] = _email(fields["email"])
    if "role" in fields:
        await _giveable(doer, fields["role"])
    await _known_rep(doer.store, fields.get("agent"))
    if fields.get("enabled") is False or fields.get("role", account.role) != account.role:
        await _refuse_last_admin(doer.store, account)
    if "team" in given or "squad" in given:
        await _move(doer, account, given)
    before = {key: getattr(account, key) for key in fields}
    if before == fields:
        return account
    entry = doer.entry("account.change", account.name, before, fields)
    account = await doer.store.accounts.change(account.id, entry, **fields)
    if not account.enabled:
        await doer.store.account_sessions.end_all(account.id)
    return account


async def give_password(doer: Doer, word: str, password: str | None = None) -> str | None:
    """A password from someone else, a one-time one if none is given; ends every session.

    Raises Refused.
    """
    account = await ruled(doer, word)
    made = passwords.one_time() if password is None else None
    kept = await _hashed(account.name, made or password or "")
    entry = doer.entry("account.password", account.name)
    await doer.store.accounts.change(account.id, entry, password=kept, must_change=True)
    await doer.store.account_sessions.end_all(account.id)
    return made


async def drop_second_factor(doer: Doer, word: str) -> Account:
    """For who lost the phone and the recovery codes. Raises Refused."""
    account = await ruled(doer, word)
    entry = doer.entry("account.totp-removed", account.name)
    return await doer.store.accounts.change(
        account.id, entry, totp=None, totp_confirmed=False, recovery=()
    )


async def has_admin(store: Store) -> bool:
    """Whether anybody who may log in can make and mend accounts."""
    roles = {**{role.name: role for role in await store.roles.list()}, **BUILT_IN}
    holders = {name for name, role in roles.items() if "accounts.manage" in role.permissions}
    return any(row.enabled and row.role in holders for row in await store.accounts.list())


async def first_admin(doer: Doer) -> tuple[str, str] | None:
    """Where nobody can make accounts: makes one who can; the name and the one-time password.

    Accounts of reps that were added before the first start leave a site without an administrator.
    """
    if await has_admin(doer.store):
        return None
    taken = {row.name for row in await doer.store.accounts.list()}
    name = next(it for it in _admin_names() if it not in taken)
    _, made = await add(doer, NewPerson(name=name, full_name="Administrator", role=ADMIN))
    return name, made or ""


def _admin_names() -> Iterator[str]:
    yield ADMIN
    yield "administrator"
    yield from (f"{ADMIN}-{number}" for number in itertools.count(2))


# --- finding -------------------------------------------------------------------------------------


async def find(store: Store, word: str) -> Account | None:
    """An account by id or name."""
    return await store.accounts.get(word) or await store.accounts.by_name(word.strip().lower())


async def known(store: Store, word: str) -> Account:
    """As `find`. Raises Refused."""
    account = await find(store, word)
    if account is None:
        raise not_found("account", word)
    return account


async def seen(doer: Doer, places: Places) -> list[Account]:
    """The accounts within the doer's scope."""
    return [row for row in await doer.store.accounts.list() if _sees(doer.grant, places, row)]


async def seen_one(doer: Doer, places: Places, word: str) -> Account:
    """Raises Refused, also for one of another team."""
    account = await known(doer.store, word)
    if not _sees(doer.grant, places, account):
        raise not_found("account", word)
    return account


def _sees(grant: Grant, places: Places, account: Account) -> bool:
    if grant.scope is Scope.ALL or grant.account == account.id:
        return True
    mine, theirs = places.members.get(grant.account or ""), places.members.get(account.id)
    if mine is None or theirs is None or grant.scope is Scope.OWN:
        return False
    squad = mine.squad_id if grant.scope is Scope.SQUAD else None
    return mine.team_id == theirs.team_id and squad in {None, theirs.squad_id}


async def ruled(doer: Doer, word: str) -> Account:
    """An account that the doer may change: it has no right that he has not. Raises Refused."""
    account = await known(doer.store, word)
    role = await role_named(doer.store, account.role)
    if role is not None and not holds(doer.grant, role):
        raise forbidden("not-allowed", f"{account.name!r} may do what you may not")
    return account


# --- rules ---------------------------------------------------------------------------------------


def written(name: str) -> str:
    """A name as it is kept. Raises Refused."""
    plain_name = name.strip().lower()
    if not _NAME.fullmatch(plain_name):
        raise bad_request(
            "invalid-name", "name: 1 to 64 letters, digits, '.', '_', '@' or '-', no blank"
        )
    return plain_name


def _email(text: str) -> str:
    """An address as it is kept. Raises Refused."""
    email = text.strip()
    if email and not is_address(email):
        raise bad_request("no-address", f"{email!r} is no mail address", name=email[:100])
    return email


async def _giveable(doer: Doer, role_name: str) -> None:
    role = await role_named(doer.store, role_name)
    if role is None:
        names = await role_names(doer.store)
        raise bad_request(
            "no-such-role",
            f"there is no role {role_name!r}{suggestion(role_name, names)}; "
            f"there are: {one_of(names)}",
        )
    if not holds(doer.grant, role):
        raise forbidden("not-allowed", f"the role {role_name!r} may do what you may not")


@whole("an account may be of any rep")
async def _known_rep(store: Store, agent: str | None) -> None:
    if agent is not None and await store.agents.get(agent) is None:
        raise bad_request("no-such-rep", f"there is no rep with the code {agent!r}")


async def _hashed(name: str, password: str) -> str:
    if fault := passwords.fault_of(password, name):
        raise bad_request("weak-password", fault)
    return await asyncio.to_thread(passwords.hashed, password)


async def _refuse_last_admin(store: Store, account: Account) -> None:
    others = [row for row in await store.accounts.list() if row.id != account.id]
    is_admin = account.enabled and account.role == ADMIN
    if is_admin and not any(row.enabled and row.role == ADMIN for row in others):
        raise conflict("last-admin", f"{account.name!r} is the last admin: make another one first")


async def _member(store: Store, team: str | None, squad: str | None) -> Member | None:
    """Where these names are, for an account to come. Raises Refused."""
    if team is None:
        if squad is not None:
            raise bad_request("no-such-squad", "a squad needs its team")
        return None
    return await team_of(store, team, squad)


async def _move(doer: Doer, account: Account, given: Mapping[str, Any]) -> None:
    places = await Places.read(doer.store)
    before = places.names(account.id)
    after = {"team": given.get("team", before["team"]), "squad": given.get("squad")}
    if after["team"] == before["team"] and "squad" not in given:
        return
    member = await _member(doer.store, after["team"], after["squad"])
    entry = doer.entry("account.place", account.name, before, after)
    if member is None:
        await doer.store.teams.unplace(account.id, entry)
    else:
        placed = msgspec.structs.replace(member, account_id=account.id)
        await doer.store.teams.place(placed, entry)


def plain(account: Account, places: Places | None) -> dict[str, Any]:
    """What of an account is shown: nothing that could be tried as a password."""
    where = places.names(account.id) if places else {"team": None, "squad": None}
    lacks = places.lacks(account) if places else None
    return {
        "id": account.id,
        "name": account.name,
        "full_name": account.full_name,
        "email": account.email,
        "language": account.language,
        "role": account.role,
        "agent": account.agent,
        "enabled": account.enabled,
        "must_change": account.must_change,
        "second_factor": account.totp_confirmed,
        **where,
        "lacks": lacks,
        "created_at": account.created_at,
        "last_login_at": account.last_login_at,
    }
