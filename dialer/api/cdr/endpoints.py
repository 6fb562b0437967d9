"""Call detail records, streamed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from dialer.api.auth import Caller, Needs
from dialer.api.campaigns.service import pool_of
from dialer.api.cdr.service import MEDIA_TYPES, as_text, within
from dialer.api.context import Context
from dialer.api.errors import ProblemError, not_found
from dialer.api.moments import Moment
from dialer.api.problems import responses

router = APIRouter(tags=["cdr"])
_STREAM: dict[str, Any] = {
    "description": "The records, as they are read.",
    "content": {
        "text/csv": {"schema": {"type": "string"}},
        "application/x-ndjson": {"schema": {"type": "string"}},
    },
}


@router.get(
    "/campaigns/{name}/cdr",
    summary="Call detail records of a campaign",
    response_class=StreamingResponse,
    responses={200: _STREAM, **responses(404, 422)},
)
async def export(  # noqa: PLR0917  (query parameters)
    name: str,
    context: Context,
    caller: Annotated[Caller, Needs("cdr.read")],
    form: Annotated[Literal["csv", "jsonl"], Query(alias="format")] = "csv",
    numbers: Literal["masked", "full"] = "masked",
    since: Annotated[Moment | None, Query(description="placed at or after, unix seconds")] = None,
    until: Annotated[Moment | None, Query(description="placed before, unix seconds")] = None,
) -> StreamingResponse:
    """In the order of the attempts, those that are not over included."""
    campaign = await context.store.campaigns.by_name(name)
    reach = await caller.reach()
    if campaign is None or not reach.sees_pool(pool := pool_of(context.settings(), campaign)):
        raise not_found("campaign", name)
    if numbers == "full":
        await _may_see_numbers(caller, name)
    records = context.store.attempts.export(campaign.id, since=since, until=until)
    text = as_text(within(reach, pool, records), form, masked=numbers == "masked")
    headers = {"Content-Disposition": f'attachment; filename="{name}-cdr.{form}"'}
    return StreamingResponse(text, media_type=MEDIA_TYPES[form], headers=headers)


async def _may_see_numbers(caller: Caller, campaign: str) -> None:
    """Whole numbers that leave the house are noted."""
    if not caller.grant.may("numbers.read"):
        raise ProblemError(403, "not-allowed", "whole numbers need the permission 'numbers.read'")
    await caller.note("cdr.export", campaign, after={"numbers": "full"})
