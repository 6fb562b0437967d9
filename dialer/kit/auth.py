"""Who asks, and may they: a program by its token, a person by the cookie of a session.

Every endpoint says which permission it needs: `caller: Annotated[Caller, Needs("floors.read")]`.
On this machine, health and figures need nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import Request, params
from msgspec.structs import replace
from starlette.requests import HTTPConnection

from dialer.kit import sessions
from dialer.kit.context import ApiContext
from dialer.kit.doer import Doer
from dialer.kit.errors import forbidden, not_found
from dialer.kit.grants import Grant
from dialer.kit.scope import OfPool, Reach, is_seen, reach_of
from dialer.ports.accounts import Account, AccountSession
from dialer.words import Scope

#: Where a connection carries its place inside the doors.
PLACE = "dialer.place"


class _Place(Protocol):
    def known(self, who: str) -> None: ...


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

    async def scope(self) -> Reach:
        """Whose rows the caller sees: the reach, and where campaigns are as the settings say."""
        reach = await self.reach()
        if reach.everything:
            return reach
        campaigns = self.context.settings().campaign
        homes = frozenset((name, campaign.pool) for name, campaign in campaigns.items())
        return replace(reach, homes=homes)

    async def needs_pool(self, pool: str) -> None:
        """Raises Refused for a pool of other teams, as if there were none."""
        if not is_seen(OfPool(pool), await self.reach()):
            raise not_found("pool", pool)

    @property
    def doer(self) -> Doer:
        return Doer(self.context.store, self.grant, self.context.clock.now)

    async def note(self, what: str, subject: str, before: Any = None, after: Any = None) -> None:
        await self.context.store.audit.record(self.doer.entry(what, subject, before, after))


class Needed:
    """A dependency: who asks, if the permission is theirs. Raises Refused.

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
        caller: Caller = await request.app.state.identify(request)
        is_given = caller.account is not None and caller.account.must_change
        if caller.session is not None and is_given and not self.unchanged:
            raise forbidden(
                "password-change-needed",
                "choose a password of your own first: PUT /api/v1/session/password",
            )
        if self.permission is not None and not caller.grant.may(self.permission):
            raise forbidden("not-allowed", f"this needs the permission {self.permission!r}")
        return caller


def Needs(permission: str | None, *, unchanged: bool = False, afar: bool = False) -> params.Depends:  # noqa: N802
    """As `Needed`, for `Annotated` or `dependencies`."""
    return params.Depends(Needed(permission, unchanged=unchanged, afar=afar))


def known(connection: HTTPConnection, who: str) -> None:
    """Whoever asks there has shown who they are."""
    place: _Place | None = connection.scope.get(PLACE)
    if place is not None:
        place.known(who)


def client_of(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""
