"""A write that arrives twice is done once.

Networks lose answers, pages are reloaded in mid-request and people press twice. Whoever sends the
header `Idempotency-Key` with a write may repeat it: the second request gets the first one's answer
and does nothing. What has to hold over a restart of the service is kept so in the store: a note has
the id that its key gives it, a wrap-up is finished by the call it belongs to.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict

from msgspec import Struct
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dialer.features.sessions.identity import identify
from dialer.kit.errors import Refused
from dialer.kit.problems import problem_response
from dialer.kit.sessions import SAFE_METHODS
from dialer.ports.clock import Clock

HEADER = "idempotency-key"
REPLAYED = "idempotent-replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,100}")
#: A page repeats a request within seconds; a program after a restart of its own within minutes.
KEPT_S = 900.0
#: A desk writes a few times a minute: 1,000 of them for the whole time.
KEPT_ANSWERS = 20_000
#: Orders and notes are small; a file of leads has its own ways not to be taken twice.
LARGEST_BODY = 64 * 1024


class Answer(Struct):
    """What was answered, to say it again."""

    at: float
    asked: bytes  # the digest of the request's body
    messages: list[Message]


class Once:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, clock: Clock) -> None:
        self._app, self._clock = app, clock
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._under_way: dict[str, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key_of(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        if not _KEY.fullmatch(key):
            fault = "Idempotency-Key: 1 to 100 visible ASCII signs, as a UUID has"
            await problem_response(422, "idempotency-key", fault)(scope, receive, send)
            return
        body = await _body(receive)
        if body is None:
            fault = f"a request with an Idempotency-Key has at most {LARGEST_BODY} bytes"
            await problem_response(413, "idempotency-key", fault)(scope, receive, send)
            return
        await self._once(_name(scope, key), body, scope, receive, send)

    async def _once(
        self, name: str, body: bytes, scope: Scope, receive: Receive, send: Send
    ) -> None:
        while (first := self._under_way.get(name)) is not None:
            await first.wait()
        known, asked = self._known(name), hashlib.sha256(body).digest()
        if known is not None and await _is_let_in(scope):
            if known.asked == asked:
                await _say_again(known, send)
            else:
                fault = "this Idempotency-Key has been used for another request: make a new one"
                await problem_response(422, "idempotency-key-used", fault)(scope, receive, send)
            return
        done = self._under_way[name] = asyncio.Event()
        try:
            said: list[Message] = []
            await self._app(scope, _replaying(body, receive), _noting(said, send))
            if _did_something(said):
                self._keep(name, Answer(self._clock.now(), asked, said))
        finally:
            del self._under_way[name]
            done.set()

    def _known(self, name: str) -> Answer | None:
        """An answer that is not too old."""
        while self._kept:
            oldest = next(iter(self._kept.values()))
            if abs(self._clock.now() - oldest.at) < KEPT_S:
                break
            self._kept.popitem(last=False)
        return self._kept.get(name)

    def _keep(self, name: str, answer: Answer) -> None:
        self._kept[name] = answer
        if len(self._kept) > KEPT_ANSWERS:
            self._kept.popitem(last=False)


def _key_of(scope: Scope) -> str | None:
    if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
        return None
    return Headers(scope=scope).get(HEADER)


def _name(scope: Scope, key: str) -> str:
    """One key means one thing: of one caller, to one address."""
    headers = Headers(scope=scope)
    who = headers.get("authorization") or headers.get("cookie", "")
    parts = (who, scope["method"], scope["path"], scope["query_string"].decode("latin-1"), key)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


async def _is_let_in(scope: Scope) -> bool:
    """Whose session has ended hears so from the endpoint, not what he was once told."""
    try:
        await identify(HTTPConnection(scope))
    except Refused:
        return False
    return True


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None: it is too large."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        if sum(map(len, parts)) > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


def _replaying(body: bytes, receive: Receive) -> Receive:
    """The body that was read, then whatever comes: the end of the connection."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _noting(said: list[Message], send: Send) -> Send:
    async def note(message: Message) -> None:
        said.append(message)
        await send(message)

    return note


def _did_something(said: list[Message]) -> bool:
    """A refusal changed nothing: the same request may succeed a moment later."""
    ends = [it for it in said if it["type"] == "http.response.body" and not it.get("more_body")]
    return bool(ends) and 200 <= said[0].get("status", 0) < 300


async def _say_again(known: Answer, send: Send) -> None:
    for message in known.messages:
        again = dict(message)
        if again["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(again.get("headers", [])))
            headers[REPLAYED] = "true"
            again["headers"] = headers.raw
        await send(again)
