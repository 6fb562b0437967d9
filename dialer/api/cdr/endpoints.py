"""Call detail records, streamed."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from dialer.api.auth import require_token
from dialer.api.cdr.service import MEDIA_TYPES, as_text
from dialer.api.context import Context
from dialer.api.errors import not_found
from dialer.api.problems import responses

router = APIRouter(tags=["cdr"], dependencies=[Depends(require_token)])


@router.get(
    "/campaigns/{name}/cdr",
    summary="Call detail records of a campaign",
    response_class=StreamingResponse,
    responses=responses(404, 422),
)
async def export(  # noqa: PLR0917  (query parameters)
    name: str,
    context: Context,
    form: Annotated[Literal["csv", "jsonl"], Query(alias="format")] = "csv",
    numbers: Literal["masked", "full"] = "masked",
    since: Annotated[float | None, Query(description="placed at or after, unix seconds")] = None,
    until: Annotated[float | None, Query(description="placed before, unix seconds")] = None,
) -> StreamingResponse:
    """In the order of the attempts, those that are not over included."""
    campaign = await context.store.campaigns.by_name(name)
    if campaign is None:
        raise not_found("campaign", name)
    records = context.store.attempts.export(campaign.id, since=since, until=until)
    text = as_text(records, form, masked=numbers == "masked")
    headers = {"Content-Disposition": f'attachment; filename="{name}-cdr.{form}"'}
    return StreamingResponse(text, media_type=MEDIA_TYPES[form], headers=headers)
