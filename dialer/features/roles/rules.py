"""Who may hand on what: grants of accounts and machines, and which roles there can be. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dialer.features.every import FEATURES, PERMISSIONS
from dialer.kit.grants import Grant
from dialer.ports.accounts import Account, Role
from dialer.words import Scope

SCOPES: Final = tuple(Scope)
#: What no team's border can hold: with these one could widen one's own team or read of all.
ONLY_WITH_ALL: Final = frozenset(it.name for f in FEATURES for it in f.permissions if it.for_all)


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
