"""Lead lists come in as a stream."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from dialer.api.answers import json_answer
from dialer.api.auth import require_token
from dialer.api.campaigns.service import ensure_campaign
from dialer.api.context import Context, ImportOptions
from dialer.api.errors import bad_request
from dialer.api.leads.schemas import ImportReport
from dialer.api.problems import responses
from dialer.api.uploads import as_file

router = APIRouter(
    prefix="/campaigns/{name}/leads", tags=["leads"], dependencies=[Depends(require_token)]
)
#: A million rows with names and notes are some 200 MB.
MAX_UPLOAD = 2_000_000_000


@router.post(
    "",
    summary="Import a lead list",
    responses={200: {"model": ImportReport}, **responses(404, 413, 422)},
)
async def import_leads(  # noqa: PLR0917  (query parameters)
    name: str,
    request: Request,
    context: Context,
    region: Annotated[str, Query(max_length=2)] = "",
    list_name: Annotated[str, Query(alias="list", max_length=200)] = "",
    columns: Annotated[list[str] | None, Query(alias="map", max_length=100)] = None,
) -> Response:
    """The body is the CSV file itself. `map` is FIELD=COLUMN, as often as needed."""
    settings = context.settings()
    campaign = await ensure_campaign(
        context.store, settings, name, now=context.clock.now(), who="api"
    )
    described = settings.campaign.get(name)
    options = ImportOptions(
        region=region or (described.region if described else ""),
        list_name=list_name,
        map=pairs(columns or []),
    )
    folder = settings.state_dir / "uploads"
    async with as_file(request.stream(), folder, limit=MAX_UPLOAD) as path:
        return json_answer(await context.import_leads(campaign.id, path, options))


def pairs(words: list[str]) -> dict[str, str]:
    """["phone=Tel", …] as a mapping. Raises ProblemError."""
    found = {}
    for word in words:
        field, sign, column = word.partition("=")
        if not sign or not field or not column:
            raise bad_request("invalid-map", f"map {word!r} is not of the form FIELD=COLUMN")
        found[field.strip()] = column.strip()
    return found
