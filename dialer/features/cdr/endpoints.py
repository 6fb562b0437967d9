"""Call detail records: found, looked at, streamed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from dialer.features.cdr import exporting, looking, story
from dialer.features.cdr.records import CallChoices, CallPage, WholeCall
from dialer.features.cdr.schemas import CallExport, CallSearch
from dialer.features.cdr.service import MEDIA_TYPES, as_text
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.context import Context
from dialer.kit.errors import forbidden, not_found
from dialer.kit.export import ExportView, exports_of, sheet_of
from dialer.kit.moments import Moment
from dialer.kit.problems import responses
from dialer.kit.shapes import record
from dialer.words import ExportFormat, Numbers

router = APIRouter(tags=["cdr"])
_Reader = Annotated[Caller, Needs("cdr.read")]
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
    caller: _Reader,
    form: Annotated[ExportFormat, Query(alias="format")] = "csv",
    numbers: Numbers = "masked",
    since: Annotated[Moment | None, Query(description="placed at or after, unix seconds")] = None,
    until: Annotated[Moment | None, Query(description="placed before, unix seconds")] = None,
) -> StreamingResponse:
    """In the order of the attempts, those that are not over included."""
    scope = await caller.scope()
    campaign = await context.store.campaigns.known(name, scope)
    if campaign is None:
        raise not_found("campaign", name)
    if numbers == "full":
        await _may_see_numbers(caller, name)
    records = context.store.attempts.export(scope, campaign.id, since=since, until=until)
    text = as_text(records, form, masked=numbers == "masked")
    headers = {"Content-Disposition": f'attachment; filename="{name}-cdr.{form}"'}
    return StreamingResponse(text, media_type=MEDIA_TYPES[form], headers=headers)


async def _may_see_numbers(caller: Caller, campaign: str) -> None:
    """Whole numbers that leave the house are noted."""
    if not caller.grant.may("numbers.read"):
        raise forbidden("not-allowed", "whole numbers need the permission 'numbers.read'")
    await caller.note("cdr.export", campaign, after={"numbers": "full"})


@router.post(
    "/cdr/search",
    summary="Find calls",
    responses={200: record(CallPage), **responses(422)},
)
async def search(body: CallSearch, caller: _Reader) -> Response:
    """Those in your reach, by anything that is on a call. Newest first.

    One answer looks at 20,000 calls at most: it can have fewer than asked for, or none, and `next`.
    """
    found = await caller.context.store.past_calls.look(
        await looking.wanted(caller, body), await caller.scope(), below=body.below, limit=body.limit
    )
    return json_answer(CallPage(looking.rows(caller, found.calls), found.next, found.looked_to))


@router.post(
    "/cdr/exports",
    summary="Calls as a file",
    status_code=202,
    responses={202: record(ExportView), **responses(422, 429)},
)
async def export_calls(body: CallExport, caller: _Reader) -> Response:
    """All that a search would find, as CSV or XLSX. Numbers are whole for who may see them whole;
    noted in the audit log before a row is read.
    """
    scope, wanted = await caller.scope(), await looking.wanted(caller, body.wish)
    sheet = sheet_of(body, exporting.KINDS)
    rows = exporting.portions(caller, wanted, scope, body)
    exports = exports_of(caller.context)
    view = exports.start(caller.grant.who, "calls", body.format, sheet, rows)
    await caller.note("cdr.export", "calls", after=_noted(caller, body))
    return json_answer(view, 202)


def _noted(caller: Caller, body: CallExport) -> dict[str, Any]:
    return {
        "format": body.format,
        "whole_numbers": caller.grant.may("numbers.read"),
        "columns": [it.id for it in body.columns],
        "wish": body.wish.model_dump(exclude_defaults=True),
    }


@router.get(
    "/cdr/choices",
    summary="What calls can be looked for by",
    responses={200: record(CallChoices)},
)
async def choices(caller: _Reader) -> Response:
    """Campaigns, reps, teams, trunks and results in your reach, with their names."""
    return json_answer(await looking.choices(caller))


@router.get(
    "/cdr/{attempt}",
    summary="One call",
    responses={200: record(WholeCall), **responses(404)},
)
async def get_call(attempt: str, caller: _Reader) -> Response:
    """Its whole story: what is known of it, why it was dialed and what allowed it, what was done in
    it, what was said and noted of it, by whom.
    """
    scope = await caller.scope()
    found = await caller.context.store.past_calls.one(attempt, scope)
    if found is None:
        raise not_found("call", attempt)
    return json_answer(await story.whole(caller, found))
