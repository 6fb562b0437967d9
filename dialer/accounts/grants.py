"""What a request may do, and what who asks may hand on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from dialer.accounts.roles import PERMISSIONS
from dialer.ports.accounts import Account, Role, Scope

SCOPES: Final = tuple(Scope)


class Grant(Struct, frozen=True, kw_only=True):
    """Who asks, and what that allows. `account` None: the token of the state folder."""

    who: str
    permissions: frozenset[str]
    scope: Scope
    account: str | None = None  # id
    agent: str | None = None  # the rep who asks

    def may(self, permission: str) -> bool:
        return permission in self.permissions


def machine_grant() -> Grant:
    """Whoever can read the state folder can do everything."""
    return Grant(who="api", permissions=frozenset(PERMISSIONS), scope=Scope.ALL)


def grant_of(account: Account, role: Role | None, scopes: Iterable[str] | None = None) -> Grant:
    """What an account may do; with `scopes` (of a token), no more than these of it.

    A role that is gone allows nothing.
    """
    permissions = role.permissions & PERMISSIONS.keys() if role is not None else frozenset()
    if scopes is not None:
        permissions &= frozenset(scopes)
    return Grant(
        who=account.name,
        permissions=permissions,
        scope=role.scope if role is not None else Scope.OWN,
        account=account.id,
        agent=account.agent,
    )


def holds(grant: Grant, role: Role) -> bool:
    """True when `role` allows nothing that `grant` does not.

    Only such a role may be given, taken, made or changed: nobody rises by his own hand, nor rules
    over those above him.
    """
    is_within = SCOPES.index(role.scope) <= SCOPES.index(grant.scope)
    return is_within and role.permissions <= grant.permissions


#: What no team's border can hold: with these one could widen one's own team or read of all.
ONLY_WITH_ALL: Final = frozenset(
    {"accounts.manage", "roles.manage", "teams.manage", "tokens.manage", "audit.read"}
    | {"webhooks.read", "system.inspect", "system.logs"}
)


def fault_of_role(role: Role) -> str | None:
    """Why there can be no such role; None when there can."""
    if strange := unknown(role.permissions):
        return f"there is no permission {strange[0]!r}"
    if role.scope is not Scope.ALL and (wide := sorted(role.permissions & ONLY_WITH_ALL)):
        return f"{wide[0]!r} needs the scope 'all'"
    return None


def unknown(permissions: Iterable[str]) -> list[str]:
    """Those that are no permissions, in order."""
    return sorted(set(permissions) - PERMISSIONS.keys())
