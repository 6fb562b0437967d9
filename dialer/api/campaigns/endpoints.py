"""Campaigns: list, make, look, start, pause, stop."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Depends, Response

from dialer.api.answers import json_answer
from dialer.api.auth import require_token
from dialer.api.campaigns import service
from dialer.api.campaigns.schemas import CampaignList, CampaignStatus, NewCampaign
from dialer.api.context import ApiContext, Context
from dialer.api.errors import unless
from dialer.api.problems import responses
from dialer.ports.control import Refusal

router = APIRouter(prefix="/campaigns", tags=["campaigns"], dependencies=[Depends(require_token)])


@router.get("", summary="All campaigns", responses={200: {"model": CampaignList}})
async def list_campaigns(context: Context) -> Response:
    found = await service.describe_all(context.store, context.settings())
    return json_answer({"campaigns": found})


@router.post(
    "",
    summary="Make a campaign",
    status_code=201,
    responses={201: {"model": CampaignStatus}, **responses(409, 422)},
)
async def create_campaign(new: NewCampaign, context: Context) -> Response:
    """Writes its file beside the settings and reads them again. It does not start by itself."""

    async def reload() -> Refusal | None:
        outcome = await context.reload()
        return outcome if isinstance(outcome, Refusal) else None

    await service.create_campaign(
        context.store,
        context.settings(),
        new.name,
        new.settings,
        now=context.clock.now(),
        who="api",
        reload=reload,
    )
    return json_answer(await _described(context, new.name), 201)


@router.get(
    "/{name}",
    summary="One campaign",
    responses={200: {"model": CampaignStatus}, **responses(404)},
)
async def get_campaign(name: str, context: Context) -> Response:
    """Its leads by state, its calls by phase, and what came of them."""
    return json_answer(await _described(context, name))


@router.post(
    "/{name}/{order}",
    summary="Start, pause or stop a campaign",
    responses={200: {"model": CampaignStatus}, **responses(404, 409)},
)
async def order_campaign(
    name: str, order: Literal["start", "pause", "stop"], context: Context
) -> Response:
    """pause and stop end dialing; calls that are up go on."""
    orders = {
        "start": context.control.campaign_start,
        "pause": context.control.campaign_pause,
        "stop": context.control.campaign_stop,
    }
    await service.ensure_campaign(
        context.store, context.settings(), name, now=context.clock.now(), who="api"
    )
    unless(await orders[order](name))
    return json_answer(await _described(context, name))


async def _described(context: ApiContext, name: str) -> dict[str, object]:
    return await service.describe(
        context.store,
        context.settings(),
        name,
        now=context.clock.now(),
        control=context.control,
    )
