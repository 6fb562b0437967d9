"""A rep moves to another pool, or to other campaigns of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.agents import service
from dialer.features.agents.endpoints import known_rep
from dialer.features.agents.schemas import Agent, MoveAgent
from dialer.features.messages.public import send
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import bad_request, not_found, unless
from dialer.kit.problems import responses
from dialer.kit.rights import rights_changed
from dialer.kit.scope import everything

router = APIRouter(prefix="/agents", tags=["agents"])


@router.post(
    "/{agent}/move",
    summary="Move to another pool or campaign",
    responses={200: {"model": Agent}, **responses(404, 409)},
)
async def move_agent(
    agent: str, body: MoveAgent, caller: Annotated[Caller, Needs("agents.move")]
) -> Response:
    """In mid-call: after it. The rep gets a message; in another pool the phone is called anew."""
    rep = await known_rep(caller, agent)
    pool = body.pool or rep.pool
    settings = caller.context.settings()
    if pool not in settings.pools:
        raise not_found("pool", pool)
    await caller.needs_pool(pool)
    chosen = None if body.campaigns is None else tuple(dict.fromkeys(body.campaigns))
    _check_campaigns(chosen, list(settings.campaigns_of(pool)), pool)
    unless(await caller.context.control.agent_move(rep.id, pool, chosen))
    rights_changed(caller.context)
    after = {"pool": pool, "campaigns": body.campaigns, "because": body.because}
    await caller.note("agent.move", rep.id, before={"pool": rep.pool}, after=after)
    if caller.grant.agent != rep.id:
        where = pool if chosen is None else f"{pool}: {', '.join(chosen)}"
        text = f"You now work in {where}. {body.because}".strip()
        await send(caller, f"agent/{rep.id}", text, [rep.id])
    moved = await service.known(caller.context.store, rep.id, everything("whom the caller moved"))
    live = caller.context.control.agent(rep.id)
    return json_answer(service.describe(moved, live))


def _check_campaigns(chosen: tuple[str, ...] | None, known: list[str], pool: str) -> None:
    if chosen is None:
        return
    if not chosen:
        raise bad_request("no-campaigns", "name a campaign, or leave campaigns out for all")
    for name in chosen:
        if name not in known:
            raise bad_request("no-such-campaign", f"pool {pool!r} has no campaign {name!r}")
