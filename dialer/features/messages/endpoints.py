"""Write to reps, read what was written, see who has read it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from dialer.features.messages import service
from dialer.features.messages.board import received as seen_by
from dialer.features.messages.records import Mail, ReceivedMessage, SentMessage
from dialer.features.messages.schemas import NewMessage
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses
from dialer.kit.shapes import record
from dialer.ports.steering import Receipt

router = APIRouter(prefix="/messages", tags=["messages"])
_Reader = Annotated[Caller, Needs("agents.read")]
_ID = Annotated[str | None, Query(max_length=40, description="ids below this one")]


@router.post(
    "",
    summary="Write to a rep, a pool or all",
    status_code=201,
    responses={201: record(SentMessage), **responses(404)},
)
async def send_message(
    body: NewMessage, caller: Annotated[Caller, Needs("messages.send")]
) -> Response:
    """Only reps in your reach get it; on their screens at once, and kept."""
    addressed, agents = await service.addressees(caller, body.to.agent, body.to.pool)
    message = await service.send(caller, addressed, body.text, agents)
    receipts = [Receipt(message.id, agent) for agent in agents]
    return json_answer(service.sent(message, receipts, await service.names(caller)), 201)


@router.get("", summary="My messages", responses={200: record(Mail)})
async def list_messages(
    caller: _Reader, below: _ID = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Response:
    """Those to the rep that you are, and those that you sent with who has read them."""
    store, agent = caller.context.store.messages, caller.grant.agent
    own = await store.of_agent(agent, below=below, limit=limit) if agent is not None else []
    mine = await store.sent_by(caller.grant.who, below=below, limit=limit)
    received = [seen_by(*it) for it in own]
    names = await service.names(caller) if mine else {}
    return json_answer(Mail(received, [service.sent(*it, names) for it in mine]))


@router.post(
    "/{message}/read",
    summary="I have read it",
    responses={200: record(ReceivedMessage), **responses(404)},
)
async def read_message(message: str, caller: _Reader) -> Response:
    """By the rep that you are; a second time changes nothing."""
    await service.mark_read(caller, message)
    agent = caller.grant.agent or ""
    own = await caller.context.store.messages.of_agent(agent, below=message + "~", limit=1)
    return json_answer(seen_by(*own[0]))
