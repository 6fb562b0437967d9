"""Campaigns: list, make, look, start, pause, stop."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.campaigns import service
from dialer.features.campaigns.schemas import CampaignList, CampaignStatus, NewCampaign
from dialer.features.system.public import RELOAD
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.context import ApiContext, Context
from dialer.kit.errors import bad_request, not_found, unless
from dialer.kit.problems import responses
from dialer.kit.scope import OfPool, is_seen
from dialer.ports.control import Refusal
from dialer.words import CampaignOrder

router = APIRouter(prefix="/campaigns", tags=["campaigns"])
_Reader = Annotated[Caller, Needs("campaigns.read")]


@router.get("", summary="All campaigns", responses={200: {"model": CampaignList}})
async def list_campaigns(context: Context, caller: _Reader) -> Response:
    found = await service.describe_all(
        context.store, await caller.scope(), context.settings(), now=context.clock.now()
    )
    return json_answer({"campaigns": found})


@router.post(
    "",
    summary="Make a campaign",
    status_code=201,
    responses={201: {"model": CampaignStatus}, **responses(409, 422)},
)
async def create_campaign(
    new: NewCampaign, context: Context, caller: Annotated[Caller, Needs("campaigns.manage")]
) -> Response:
    """Writes its file beside the settings and reads them again. It does not start by itself."""
    given = dict(new.settings)
    if new.title is not None and new.title.strip():
        given["title"] = new.title.strip()
    if new.name is None and not given.get("title"):
        fault = "title: say what the campaign is called"
        raise bad_request("name-missing", fault, [fault])
    pool = str(given.get("pool", "default"))
    await caller.needs_pool(pool)
    service.refuse_files(given, is_machine=caller.account is None)

    async def reload() -> Refusal | None:
        outcome = await RELOAD.of(context)(caller.grant.who)
        return outcome if isinstance(outcome, Refusal) else None

    made = await service.create_campaign(
        context.store,
        context.settings(),
        new.name,
        given,
        now=context.clock.now(),
        who=caller.grant.who,
        reload=reload,
    )
    return json_answer(await _described(context, made.name), 201)


@router.get(
    "/{name}",
    summary="One campaign",
    responses={200: {"model": CampaignStatus}, **responses(404)},
)
async def get_campaign(name: str, context: Context, caller: _Reader) -> Response:
    """Its leads by state, its calls by phase, and what came of them."""
    await seen(caller, name)
    return json_answer(await _described(context, name))


@router.post(
    "/{name}/{order}",
    summary="Start, pause or stop a campaign",
    responses={200: {"model": CampaignStatus}, **responses(404, 409)},
)
async def order_campaign(
    name: str,
    order: CampaignOrder,
    context: Context,
    caller: Annotated[Caller, Needs("campaigns.run")],
) -> Response:
    """pause and stop end dialing; calls that are up go on."""
    await seen(caller, name)
    orders = {
        "start": context.control.campaign_start,
        "pause": context.control.campaign_pause,
        "stop": context.control.campaign_stop,
    }
    await service.ensure_campaign(
        context.store, context.settings(), name, now=context.clock.now(), who=caller.grant.who
    )
    unless(await orders[order](name, who=caller.grant.who))
    await caller.note(f"campaign.{order}", name)
    return json_answer(await _described(context, name))


async def seen(caller: Caller, name: str) -> None:
    """Raises Refused for a campaign of other teams, as if there were none."""
    scope, described = await caller.scope(), caller.context.settings().campaign.get(name)
    if scope.everything:
        return
    if described is not None:
        found = is_seen(OfPool(described.pool), scope)
    else:
        found = await caller.context.store.campaigns.known(name, scope) is not None
    if not found:
        raise not_found("campaign", name)


async def _described(context: ApiContext, name: str) -> dict[str, object]:
    return await service.describe(
        context.store,
        context.settings(),
        name,
        now=context.clock.now(),
        control=context.control,
    )
