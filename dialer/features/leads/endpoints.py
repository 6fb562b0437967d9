"""Lead lists come in as a stream."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from dialer.features.campaigns.public import ensure_campaign, seen
from dialer.features.leads import changing, looking, service
from dialer.features.leads.schemas import (
    LeadChange,
    LeadImportAnswer,
    LeadList,
    LeadQuery,
    LeadSearch,
    WholeLead,
)
from dialer.features.leads.seen import seen_lead
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.context import Context
from dialer.kit.problems import responses
from dialer.kit.uploads import FILE_BODY, as_file
from dialer.state_folder import UPLOADS
from dialer.words import LeadState

router = APIRouter(prefix="/campaigns/{name}/leads", tags=["leads"])
one_router = APIRouter(prefix="/leads", tags=["leads"])
_Reader = Annotated[Caller, Needs("leads.read")]


@router.post(
    "",
    summary="Import a lead list",
    openapi_extra=FILE_BODY,
    responses={200: {"model": LeadImportAnswer}, **responses(404, 413, 422)},
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
    folder, file = settings.state_dir / UPLOADS, service.file_name(list_name)
    async with as_file(request.stream(), folder, file, limit=service.MAX_UPLOAD) as path:
        answer = await service.take_leads(
            context.store,
            settings,
            campaign.id,
            path,
            region=region or (described.region if described else ""),
            columns=columns or [],
            who=caller.grant.who,
        )
    counts = {
        key: answer[key] for key in ("rows", "imported", "duplicates", "rejected", "opted_out")
    }
    await caller.note("leads.import", name, after={"list": file, **counts})
    if caller.account is not None:
        # Where it lies on the server says nothing to a person: GET /imports/{import}/rejected.
        answer["report_path"] = None
    return json_answer(answer)


@router.get(
    "", summary="Leads of a campaign", responses={200: {"model": LeadList}, **responses(404)}
)
async def list_leads(  # noqa: PLR0917  (query parameters)
    name: str,
    caller: _Reader,
    state: Annotated[list[LeadState] | None, Query(max_length=7)] = None,
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


@one_router.post(
    "/search",
    summary="Find leads of every campaign",
    responses={200: {"model": LeadList}, **responses(404, 422)},
)
async def find_leads(wanted: LeadQuery, caller: _Reader) -> Response:
    """By name, number, what the list says, campaign, list and state; the newest first."""
    return json_answer(await looking.page(caller, wanted.campaign, wanted))


@one_router.get(
    "/{lead}", summary="One lead", responses={200: {"model": WholeLead}, **responses(404)}
)
async def get_lead(lead: str, caller: _Reader) -> Response:
    """With its calls, notes and callback."""
    return json_answer(await looking.whole(caller, await seen_lead(caller, lead)))


@one_router.patch(
    "/{lead}",
    summary="Correct a lead",
    responses={200: {"model": WholeLead}, **responses(403, 404, 409, 422)},
)
async def change_lead(
    lead: str, said: LeadChange, caller: Annotated[Caller, Needs("leads.edit")]
) -> Response:
    """Reps change the name and the campaign's editable fields; who imports lists, all fields; who
    manages lists and sees whole numbers, those too.
    """
    await changing.change(caller, await seen_lead(caller, lead), said)
    return json_answer(await looking.whole(caller, await seen_lead(caller, lead)))


@one_router.post(
    "/{lead}/again",
    summary="Let a lead be called again",
    responses={200: {"model": WholeLead}, **responses(404, 409)},
)
async def call_again(lead: str, caller: Annotated[Caller, Needs("leads.manage")]) -> Response:
    """One that is over goes back to dialing. Who asked not to be called does not."""
    await changing.again(caller, await seen_lead(caller, lead))
    return json_answer(await looking.whole(caller, await seen_lead(caller, lead)))
