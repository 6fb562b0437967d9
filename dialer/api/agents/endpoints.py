"""Reps: list, add, and everything a rep does at work."""

from __future__ import annotations

from collections.abc import Awaitable

from fastapi import APIRouter, Depends, Response

from dialer.api.agents import service
from dialer.api.agents.schemas import AddedAgent, Agent, AgentList, Finish, NewAgent, Pause
from dialer.api.answers import json_answer
from dialer.api.auth import require_token
from dialer.api.context import ApiContext, Context
from dialer.api.errors import unless
from dialer.api.problems import responses
from dialer.ports.control import Refusal

router = APIRouter(prefix="/agents", tags=["agents"], dependencies=[Depends(require_token)])
_STEERED = {200: {"model": Agent}, **responses(404, 409)}


@router.get("", summary="All reps", responses={200: {"model": AgentList}})
async def list_agents(context: Context, pool: str | None = None) -> Response:
    found = await service.describe_all(context.store, pool=pool, control=context.control)
    return json_answer({"agents": found})


@router.post(
    "",
    summary="Add a rep",
    status_code=201,
    responses={201: {"model": AddedAgent}, **responses(409, 422)},
)
async def add_agent(new: NewAgent, context: Context) -> Response:
    """The answer holds the account with which the phone registers."""
    settings = context.settings()
    agent = await service.add(context.store, settings, service.NewRep(**new.model_dump()))
    notice = await context.phones_changed()
    account = service.phone_account(settings, settings.state_dir, agent)
    answer = {**service.describe(agent, None), "account": account, "notice": notice}
    return json_answer(answer, 201)


@router.get("/{agent}", summary="One rep", responses={200: {"model": Agent}, **responses(404)})
async def get_agent(agent: str, context: Context) -> Response:
    return await _shown(context, agent)


@router.post("/{agent}/login", summary="Log in", responses=_STEERED)
async def login(agent: str, context: Context) -> Response:
    """The rep's phone is called and held; the rep is paused until ready."""
    return await _steered(context, agent, context.control.agent_login(await _id(context, agent)))


@router.post("/{agent}/ready", summary="Ready for calls", responses=_STEERED)
async def ready(agent: str, context: Context) -> Response:
    return await _steered(context, agent, context.control.agent_ready(await _id(context, agent)))


@router.post("/{agent}/pause", summary="Pause", responses=_STEERED)
async def pause(agent: str, context: Context, body: Pause | None = None) -> Response:
    """In mid-call: after it."""
    reason = body.reason if body is not None else ""
    order = context.control.agent_pause(await _id(context, agent), reason)
    return await _steered(context, agent, order)


@router.post("/{agent}/logout", summary="Log out", responses=_STEERED)
async def logout(agent: str, context: Context) -> Response:
    """In mid-call: after it."""
    return await _steered(context, agent, context.control.agent_logout(await _id(context, agent)))


@router.post("/{agent}/hangup", summary="End the conversation", responses=_STEERED)
async def hangup(agent: str, context: Context) -> Response:
    """The callee is hung up; the rep's phone stays on the line."""
    return await _steered(context, agent, context.control.agent_hangup(await _id(context, agent)))


@router.post("/{agent}/finish", summary="Finish wrap-up", responses=_STEERED)
async def finish(agent: str, context: Context, body: Finish | None = None) -> Response:
    """With a disposition, if there is one; ready afterwards, or paused."""
    said = body or Finish()
    code = await _id(context, agent)
    at = said.call_back_at.timestamp() if said.call_back_at else None
    order = context.control.agent_finish(code, said.disposition, said.then_pause, at)
    return await _steered(context, agent, order)


@router.post("/{agent}/hint", summary="The call is about to end", responses=_STEERED)
async def hint(agent: str, context: Context) -> Response:
    """Pacing may place the next call a little earlier."""
    order = context.control.agent_hint_finishing(await _id(context, agent))
    return await _steered(context, agent, order)


async def _id(context: ApiContext, agent: str) -> str:
    return (await service.known(context.store, agent)).id


async def _steered(context: ApiContext, agent: str, order: Awaitable[Refusal | None]) -> Response:
    unless(await order)
    return await _shown(context, agent)


async def _shown(context: ApiContext, agent: str) -> Response:
    found = await service.known(context.store, agent)
    live = service.live_agents(context.control).get(found.id)
    return json_answer(service.describe(found, live))
