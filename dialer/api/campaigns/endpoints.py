"""Campaigns: list, make, look, start, pause, stop."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Response

from dialer.api.answers import json_answer
from dialer.api.auth import Caller, Needs
from dialer.api.campaigns import service
from dialer.api.campaigns.schemas import CampaignList, CampaignStatus, NewCampaign
from dialer.api.context import ApiContext, Context
from dialer.api.errors import not_found, unless
from dialer.api.problems import responses
from dialer.ports.control import Refusal

router = APIRouter(prefix="/campaigns", tags=["campaigns"])
_Reader = Annotated[Caller, Needs("campaigns.read")]


@router.get("", summary="All campaigns", responses={200: {"model": CampaignList}})
async def list_campaigns(context: Context, caller: _Reader) -> Response:
    found = await service.describe_all(context.store, context.settings(), now=context.clock.now())
    reach = await caller.reach()
    return json_answer({"campaigns": [it for it in found if reach.sees_pool(it["pool"])]})


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
    pool = str(new.settings.get("pool", "default"))
    if not (await caller.reach()).sees_pool(pool):
        raise not_found("pool", pool)
    service.refuse_files(new.settings, is_machine=caller.account is None)

    async def reload() -> Refusal | None:
        outcome = await context.reload()
        return outcome if isinstance(outcome, Refusal) else None

    await service.create_campaign(
        context.store,
        context.settings(),
        new.name,
        new.settings,
        now=context.clock.now(),
        who=caller.grant.who,
        reload=reload,
    )
    return json_answer(await _described(context, new.name), 201)


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
    order: Literal["start", "pause", "stop"],
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
    unless(await orders[order](name))
    await caller.note(f"campaign.{order}", name)
    context.announce(f"campaign.{order}", {"campaign": name, "who": caller.grant.who})
    return json_answer(await _described(context, name))


async def seen(caller: Caller, name: str) -> None:
    """Raises ProblemError for a campaign of other teams, as if there were none."""
    reach, settings = await caller.reach(), caller.context.settings()
    if reach.everything:
        return
    campaign = await caller.context.store.campaigns.by_name(name)
    if campaign is not None:
        pool = service.pool_of(settings, campaign)
    elif name in settings.campaign:
        pool = settings.campaign[name].pool
    else:
        return
    if not reach.sees_pool(pool):
        raise not_found("campaign", name)


async def _described(context: ApiContext, name: str) -> dict[str, object]:
    return await service.describe(
        context.store,
        context.settings(),
        name,
        now=context.clock.now(),
        control=context.control,
    )
