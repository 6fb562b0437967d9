"""Roles of one's own: made, changed, removed. For the API and for the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from dialer.features.roles.built_in import BUILT_IN
from dialer.features.roles.rules import fault_of_role, holds
from dialer.kit.doer import Doer
from dialer.kit.errors import bad_request, conflict, forbidden, not_found
from dialer.ports.accounts import Role
from dialer.ports.store import Store
from dialer.words import Scope

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


async def role_named(store: Store, name: str) -> Role | None:
    return BUILT_IN.get(name) or await store.roles.get(name)


async def role_names(store: Store) -> Sequence[str]:
    return [*BUILT_IN, *(role.name for role in await store.roles.list())]


async def every(store: Store) -> Sequence[Role]:
    """Those that come with the program first."""
    return [*BUILT_IN.values(), *await store.roles.list()]


async def known(store: Store, name: str) -> Role:
    """Raises Refused."""
    found = await role_named(store, name)
    if found is None:
        raise not_found("role", name)
    return found


async def put(doer: Doer, name: str, title: str, permissions: Iterable[str], scope: Scope) -> Role:
    """Make a role, or change it. Nobody gives what they have not. Raises Refused."""
    _refuse_built_in(name)
    if not _NAME.fullmatch(name):
        raise bad_request(
            "invalid-name", "a role's name: 1 to 40 small letters, digits or '-', a letter first"
        )
    new = Role(name=name, title=title, permissions=frozenset(permissions), scope=scope)
    if fault := fault_of_role(new):
        raise bad_request("invalid-role", fault)
    before = await doer.store.roles.get(name)
    for each in (new, before):
        if each is not None and not holds(doer.grant, each):
            raise forbidden("not-allowed", f"the role {name!r} may do what you may not")
    await doer.store.roles.put(new, doer.entry("role.put", name, _noted(before), _noted(new)))
    return new


async def remove(doer: Doer, name: str) -> None:
    """Raises Refused, also while an account has it."""
    _refuse_built_in(name)
    before = await doer.store.roles.get(name)
    if before is None:
        raise not_found("role", name)
    holders = [account.name for account in await doer.store.accounts.list() if account.role == name]
    if holders:
        raise conflict("role-in-use", f"{len(holders)} accounts have the role {name!r}")
    await doer.store.roles.remove(name, doer.entry("role.remove", name, before=_noted(before)))


def plain(role: Role) -> dict[str, Any]:
    """A role as it is shown."""
    return {
        "name": role.name,
        "title": role.title,
        "permissions": sorted(role.permissions),
        "scope": role.scope.value,
        "built_in": role.name in BUILT_IN,
    }


def _refuse_built_in(name: str) -> None:
    if name in BUILT_IN:
        raise conflict("built-in", f"the role {name!r} comes with the program: make your own")


def _noted(role: Role | None) -> dict[str, Any] | None:
    if role is None:
        return None
    return {"permissions": sorted(role.permissions), "scope": role.scope.value}
