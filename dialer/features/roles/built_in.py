"""The roles that come with the program: what each may do stands at the permissions themselves."""

from __future__ import annotations

from typing import Final

from dialer.features.every import FEATURES
from dialer.kit.feature import ADMIN, of_role
from dialer.ports.accounts import Role
from dialer.words import Scope


def _role(name: str, title: str, scope: Scope) -> Role:
    return Role(name=name, title=title, permissions=of_role(FEATURES, name), scope=scope)


BUILT_IN: Final[dict[str, Role]] = {
    role.name: role
    for role in (
        _role(ADMIN, "Administrator", Scope.ALL),
        # Keeps the machines running; has no business with people's numbers or calls.
        _role("ops", "Operations", Scope.ALL),
        _role("manager", "Manager", Scope.TEAM),
        _role("supervisor", "Supervisor", Scope.SQUAD),
        _role("qa", "Quality assurance", Scope.TEAM),
        # Works on one call at a time: own state and lead, no lists, no floor.
        _role("rep", "Rep", Scope.OWN),
        # Reads whatever proves that the rules were kept, and changes nothing.
        _role("auditor", "Auditor", Scope.ALL),
    )
}
