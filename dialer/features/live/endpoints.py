"""The WebSocket at /live: who is it, what do they watch, and the two directions."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect

from dialer.features.live import messages
from dialer.features.live.access import Visitor, admit, offered_token
from dialer.features.live.hub import SINGLE, TopicName, topic_name
from dialer.features.live.messages import Beat, Fault, Hello, Ping, Subscribe, Unsubscribed, Welcome
from dialer.features.live.parts import LIVE
from dialer.features.live.push import (
    CLOSE_FAULTS,
    CLOSE_TOO_MANY,
    CLOSE_UNAUTHORIZED,
    Client,
    LivePush,
)
from dialer.kit.context import ApiContext
from dialer.kit.problems import problem_response
from dialer.kit.scope import whole
from dialer.ports.store import StoreError
from dialer.tasks import spawn, stop

log = structlog.get_logger(__name__)

router = APIRouter()

#: Who sends no token with the request says it within this.
HELLO_WITHIN_S = 5.0
#: A client that is wrong so often is broken: it would fill the log and the line.
MAX_FAULTS = 100
#: Rights are looked up anew so often: an account that is disabled sees no more than this.
RECHECK_S = 60.0


@router.websocket("/live")
async def live(websocket: WebSocket) -> None:
    """See docs/live.md."""
    context: ApiContext = websocket.app.state.context
    push = LIVE.of(context)
    if push is None:
        await _deny(websocket, 503, "no-live-push", "no engine runs behind this API")
        return
    token, since = offered_token(websocket), push.changes
    try:
        visitor = await admit(context, websocket, token)
    except StoreError as error:
        await _deny(websocket, 503, "store-unavailable", str(error))
        return
    if visitor is None and token is not None:
        await _deny(websocket, 401, "token-wrong", "this token is not valid")
        return
    with contextlib.suppress(WebSocketDisconnect):
        await websocket.accept()
        if visitor is None and (token := await _greeting(websocket)) is not None:
            visitor = await _admitted(context, websocket, token)
        if visitor is None:
            await _send_away(websocket, token)
        elif (client := push.join(visitor, since)) is None:
            await websocket.close(CLOSE_TOO_MANY, "too many connections")
        else:
            await _serve(context, websocket, client, token)


async def _deny(websocket: WebSocket, status: int, slug: str, detail: str) -> None:
    await websocket.send_denial_response(problem_response(status, slug, detail))


async def _greeting(websocket: WebSocket) -> str | None:
    """The token of the first message, if it comes in time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(HELLO_WITHIN_S):
            wish = await _read(websocket)
        return wish.token if isinstance(wish, Hello) else None
    return None


async def _admitted(context: ApiContext, websocket: WebSocket, token: str) -> Visitor | None:
    try:
        return await admit(context, websocket, token)
    except StoreError as error:
        log.warning("a token could not be looked up", error=str(error))
        return None


async def _send_away(websocket: WebSocket, token: str | None) -> None:
    fault = Fault("token-wrong", "this token is not valid")
    if token is None:
        fault = Fault("token-missing", f"say hello with a token within {HELLO_WITHIN_S:g} s")
    await _say(websocket, messages.encode(fault))
    await websocket.close(CLOSE_UNAUTHORIZED, fault.slug)


async def _serve(
    context: ApiContext, websocket: WebSocket, client: Client, token: str | None
) -> None:
    push = client.push
    client.tell(Welcome(push.now(), push.heartbeat_s, client.visitor.name))
    tasks = [
        spawn(_listen(context, websocket, client), name="live client: listen"),
        spawn(_talk(websocket, client), name="live client: talk"),
        spawn(_until_barred(context, websocket, client, token), name="live client: rights"),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        push.leave(client)
        await stop(*tasks)
    if client.cut is not None and client.sending_since is None:
        with contextlib.suppress(RuntimeError):  # it has gone by itself meanwhile
            await websocket.close(*client.cut)


async def _until_barred(
    context: ApiContext, websocket: WebSocket, client: Client, token: str | None
) -> None:
    """Return when the connection is to end. Rights that are not what they were count at once."""
    while client.cut is None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RECHECK_S):
                await client.doubted()
        if client.cut is None:
            with contextlib.suppress(StoreError):  # nobody's rights changed by that
                _judge(client, await admit(context, websocket, token))


def _judge(client: Client, visitor: Visitor | None) -> None:
    if visitor is None:
        client.end(CLOSE_UNAUTHORIZED, "your session has ended")
    elif visitor != client.visitor:
        client.push.readmit(client, visitor)


# --- from the client ------------------------------------------------------------------------------


async def _read(websocket: WebSocket) -> messages.Wish | Fault:
    """Raises WebSocketDisconnect."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text")
    return messages.read(message.get("bytes") or b"" if text is None else text)


async def _listen(context: ApiContext, websocket: WebSocket, client: Client) -> None:
    faults = 0
    with contextlib.suppress(WebSocketDisconnect):
        while client.cut is None:
            wish = await _read(websocket)
            fault = wish if isinstance(wish, Fault) else await _do(context, client, wish)
            if fault is not None:
                client.tell(fault)
                faults += 1
            if faults >= MAX_FAULTS:
                client.end(CLOSE_FAULTS, "too many faulty messages")
            await client.room()


async def _do(context: ApiContext, client: Client, wish: messages.Wish) -> Fault | None:
    push = client.push
    if isinstance(wish, Ping):
        client.tell(Beat(push.now()))
        return None
    if isinstance(wish, Hello):
        return Fault("already-greeted", "this connection has said hello already")
    name = topic_name(wish.topic)
    if isinstance(wish, Subscribe):
        fault = await _unwatchable(context, client, name, wish)
        if fault is not None or name is None:
            return fault
        return push.subscribe(client, name, wish)
    if name is None or not push.unsubscribe(client, name):
        return Fault("not-subscribed", f"you do not watch {wish.topic!r}", wish.topic)
    client.tell(Unsubscribed(wish.topic))
    return None


async def _unwatchable(
    context: ApiContext, client: Client, name: TopicName | None, wish: Subscribe
) -> Fault | None:
    said, visitor = wish.topic, client.visitor
    if name is None:
        words = f"there is no topic {said!r}: floor/POOL, agent/CODE, campaigns or alerts"
        return Fault("unknown-topic", words, said)
    if not visitor.may_watch(name):
        return Fault("not-allowed", f"you may not watch {said!r}", said)
    if wish.numbers == "full" and not visitor.grant.may("numbers.read"):
        return Fault("not-allowed", "whole numbers need the permission 'numbers.read'", said)
    if not await _exists(context, client.push, name):
        what = "pool" if name.kind == "floor" else "rep"
        return Fault("unknown-topic", f"there is no {what} {name.of!r}", said)
    return None


@whole("whoever may watch the rep was asked before")
async def _exists(context: ApiContext, push: LivePush, name: TopicName) -> bool:
    if name.kind in SINGLE or push.sight is None:
        return True
    if name.kind == "floor":
        return name.of in push.sight.pools()
    if push.sight.pool_of(name.of) is not None:
        return True
    try:
        return await context.store.agents.get(name.of) is not None
    except StoreError:
        return True  # whoever watches a rep that is not there sees nothing


# --- to the client --------------------------------------------------------------------------------


async def _say(websocket: WebSocket, text: str) -> None:
    await websocket.send({"type": "websocket.send", "text": text})


async def _talk(websocket: WebSocket, client: Client) -> None:
    """Each message waits until the one before it fits into the socket's own small buffer."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(WebSocketDisconnect):
        while texts := await client.news():
            for text in texts:
                client.sending_since = loop.time()
                await _say(websocket, text)
                client.sending_since = None
            client.last_said = loop.time()
