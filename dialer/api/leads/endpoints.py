"""Lead lists come in as a stream."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from dialer.api.answers import json_answer
from dialer.api.auth import Caller, Needs
from dialer.api.campaigns.endpoints import seen
from dialer.api.campaigns.service import ensure_campaign
from dialer.api.context import Context
from dialer.api.leads import service
from dialer.api.leads.schemas import ImportAnswer
from dialer.api.problems import responses
from dialer.api.uploads import FILE_BODY, as_file

router = APIRouter(prefix="/campaigns/{name}/leads", tags=["leads"])


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
    """The body is the CSV file itself. `map` is FIELD=COLUMN, as often as needed."""
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
    counts = {key: answer[key] for key in ("rows", "imported", "duplicates", "rejected")}
    await caller.note("leads.import", name, after={"list": file, **counts})
    return json_answer(answer)
