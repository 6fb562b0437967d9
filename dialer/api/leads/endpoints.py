"""Lead lists come in as a stream."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from dialer.api.answers import json_answer
from dialer.api.auth import Caller, Needs
from dialer.api.campaigns.endpoints import seen
from dialer.api.campaigns.service import ensure_campaign
from dialer.api.context import Context
from dialer.api.leads import looking, service
from dialer.api.leads.schemas import (
    ImportAnswer,
    LeadChange,
    LeadList,
    LeadSearch,
    State,
    WholeLead,
)
from dialer.api.leads.seen import seen_lead
from dialer.api.problems import responses
from dialer.api.uploads import FILE_BODY, as_file

router = APIRouter(prefix="/campaigns/{name}/leads", tags=["leads"])
one_router = APIRouter(prefix="/leads", tags=["leads"])
_Reader = Annotated[Caller, Needs("leads.read")]


@router.post(
    "",
    summary="Import a lead list",
    openapi_extra=FILE_BODY,
    responses={200: {"model": ImportAnswer}, **responses(404, 413, 422)},
)
async def import_leads(  # noqa: PLR0917  (query parameters)
    name: str,
    request: Request,
    context: Context,
    caller: Annotated[Caller, Needs("leads.import")],
    region: Annotated[str, Query(max_length=2)] = "",
    list_name: Annotated[str, Query(alias="list", max_length=200)] = "",
    columns: Annotated[list[str] | None, Query(alias="map", max_length=100)] = None,
) -> Response:
    """The body is the CSV or .xlsx file itself. `map` is FIELD=COLUMN, as often as needed."""
    await seen(caller, name)
    settings = context.settings()
    campaign = await ensure_campaign(
        context.store, settings, name, now=context.clock.now(), who=caller.grant.who
    )
    described = settings.campaign.get(name)
    folder, file = settings.state_dir / "uploads", service.file_name(list_name)
    async with as_file(request.stream(), folder, file, limit=service.MAX_UPLOAD) as path:
        answer = await service.take_leads(
            context.store,
            settings,
            campaign.id,
            path,
            region=region or (described.region if described else ""),
            columns=columns or [],
        )
    counts = {
        key: answer[key] for key in ("rows", "imported", "duplicates", "rejected", "opted_out")
    }
    await caller.note("leads.import", name, after={"list": file, **counts})
    return json_answer(answer)


@router.get(
    "", summary="Leads of a campaign", responses={200: {"model": LeadList}, **responses(404)}
)
async def list_leads(  # noqa: PLR0917  (query parameters)
    name: str,
    caller: _Reader,
    state: Annotated[list[State] | None, Query(max_length=7)] = None,
    search: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    below: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """Page by page, the newest first; `search` is a part of the name."""
    wanted = LeadSearch(states=state or [], search=search, limit=limit, below=below)
    return json_answer(await looking.page(caller, name, wanted))


@router.post(
    "/search",
    summary="Find leads of a campaign",
    responses={200: {"model": LeadList}, **responses(404)},
)
async def search_leads(name: str, wanted: LeadSearch, caller: _Reader) -> Response:
    """As the list; by number as well, which belongs in no address."""
    return json_answer(await looking.page(caller, name, wanted))


@one_router.get(
    "/{lead}", summary="One lead", responses={200: {"model": WholeLead}, **responses(404)}
)
async def get_lead(lead: str, caller: _Reader) -> Response:
    """With its calls, notes and callback."""
    return json_answer(await looking.whole(caller, await seen_lead(caller, lead)))


@one_router.patch(
    "/{lead}", summary="Correct a lead", responses={200: {"model": WholeLead}, **responses(404)}
)
async def change_lead(
    lead: str, said: LeadChange, caller: Annotated[Caller, Needs("leads.edit")]
) -> Response:
    """Reps change the name and the campaign's editable fields; who imports lists, all."""
    await looking.change(caller, await seen_lead(caller, lead), said)
    return json_answer(await looking.whole(caller, await seen_lead(caller, lead)))
