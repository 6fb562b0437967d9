"""What a request may do."""

from __future__ import annotations

from msgspec import Struct

from dialer.words import Scope


class Grant(Struct, frozen=True, kw_only=True):
    """Who asks, and what that allows. `account` None: the token of the state folder."""

    who: str
    permissions: frozenset[str]
    scope: Scope
    account: str | None = None  # id
    agent: str | None = None  # the rep who asks

    def may(self, permission: str) -> bool:
        return permission in self.permissions
