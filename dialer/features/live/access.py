"""Who may watch what. The one place that asks the accounts."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec
from starlette.requests import HTTPConnection

from dialer.features.live.hub import SINGLE, Face, TopicName
from dialer.features.sessions.public import identify, of_token
from dialer.kit.auth import known
from dialer.kit.context import ApiContext
from dialer.kit.errors import Refused
from dialer.kit.grants import Grant
from dialer.kit.scope import EVERYTHING, OfAgent, OfPool, Reach, is_seen


class Visitor(msgspec.Struct, frozen=True):
    """Whose connection it is, what they may see, and of whom."""

    grant: Grant
    reach: Reach
    session: str = ""

    @property
    def name(self) -> str:
        return self.grant.who

    def may_watch(self, topic: TopicName) -> bool:
        if topic.kind in SINGLE:
            return self.grant.may(f"{topic.kind}.read")
        if topic.kind == "floor":
            return self.grant.may("floors.read") and is_seen(OfPool(topic.of), self.reach)
        return self.grant.may("agents.read") and is_seen(OfAgent(topic.of), self.reach)

    def face_of(self, topic: TopicName, *, numbers: bool = False) -> Face:
        """A rep's topic shows all of that rep to whoever may watch it, and of those who listen only
        whom the rep is told of.
        """
        is_own = topic.kind == "agent"
        watchers = topic.kind == "floor" and self.grant.may("calls.listen")
        reach = EVERYTHING if is_own else self.reach
        return Face(reach, numbers and self.grant.may("numbers.read"), watchers)


async def admit(
    context: ApiContext, connection: HTTPConnection, token: str | None
) -> Visitor | None:
    """Whose connection this is, by the token in its header or first message, else by the cookie of
    a session; None: nobody's. Raises StoreError.
    """
    try:
        if token is not None:
            caller = await of_token(context, token)
        elif is_same_origin(connection):
            caller = await identify(connection)
        else:
            return None
    except Refused:
        return None
    if caller.session is not None and caller.account is not None and caller.account.must_change:
        return None
    known(connection, caller.grant.who)
    session = caller.session.id if caller.session is not None else ""
    return Visitor(caller.grant, await caller.reach(), session)


def is_same_origin(connection: HTTPConnection) -> bool:
    """Browsers send cookies with a WebSocket that any page opens, and `Origin` says which did."""
    origin = urlsplit(connection.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == connection.headers.get("host", "")


def offered_token(connection: HTTPConnection) -> str | None:
    """The token of the header; None without the header. Never looked for in the address, which
    proxies write down.
    """
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    return token.strip() if scheme.lower() == "bearer" else ""
