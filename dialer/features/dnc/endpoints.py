"""The do-not-call list. Numbers travel in bodies, never in addresses."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from dialer.features.dnc import service
from dialer.features.dnc.schemas import (
    AddedAnswer,
    ChangesAnswer,
    CheckAnswer,
    DncImportAnswer,
    Numbers,
    NumbersToList,
    NumbersToTakeOff,
    RemovedAnswer,
    UndoneAnswer,
    UnwantedList,
)
from dialer.features.imports.public import CSV, handed_out, report_of
from dialer.features.leads.public import service as lists
from dialer.kit.answers import json_answer, masked
from dialer.kit.auth import Caller, Needs
from dialer.kit.context import Context
from dialer.kit.errors import forbidden, not_found
from dialer.kit.problems import responses
from dialer.kit.uploads import FILE_BODY, as_file
from dialer.ports.store import Campaign
from dialer.state_folder import UPLOADS
from dialer.words import Language

router = APIRouter(prefix="/dnc", tags=["dnc"])
_Adder = Annotated[Caller, Needs("dnc.add")]


@router.post(
    "",
    summary="Put numbers on the list",
    responses={200: {"model": AddedAnswer}, **responses(422)},
)
async def add(body: NumbersToList, caller: _Adder) -> Response:
    """Takes effect with the very next call. A number that is there is extended, not shortened."""
    added = await _desk(caller).add(
        body.numbers, region=body.region, reason=body.reason, expires_at=body.expires_at
    )
    return json_answer(added)


async def _campaign(caller: Caller, name: str) -> Campaign:
    """Raises Refused where there is none, or none for this caller."""
    campaign = await caller.context.store.campaigns.known(name, await caller.scope())
    if campaign is None:
        raise not_found("campaign", name)
    return campaign


@router.get(
    "/unwanted/{campaign}",
    summary="Callees of a campaign who answered that they want no such call (SIP 607)",
    responses={200: {"model": UnwantedList}, **responses(404)},
)
async def unwanted(
    campaign: str, context: Context, caller: Annotated[Caller, Needs("dnc.check")]
) -> Response:
    """Each with whether its number is on the list."""
    calls = await service.unwanted(
        context.store, await _campaign(caller, campaign), context.clock.now()
    )
    shown = str if caller.grant.may("numbers.read") else masked
    return json_answer({"calls": [{**it, "number": shown(it["number"])} for it in calls]})


@router.post(
    "/unwanted/{campaign}",
    summary="Put all of them on the list",
    responses={200: {"model": AddedAnswer}, **responses(404)},
)
async def list_unwanted(campaign: str, context: Context, caller: _Adder) -> Response:
    """For good, and for every campaign; those that are there stay as they are."""
    calls = await service.unwanted(
        context.store, await _campaign(caller, campaign), context.clock.now()
    )
    numbers = sorted({it["number"] for it in calls if not it["listed"]})
    if not numbers:
        return json_answer({"added": 0, "change": ""})
    return json_answer(await _desk(caller).add(numbers, region="", reason=service.UNWANTED))


@router.post(
    "/import",
    summary="Put a file of numbers on the list",
    openapi_extra=FILE_BODY,
    responses={200: {"model": DncImportAnswer}, **responses(413, 422)},
)
async def import_file(  # noqa: PLR0917  (query parameters)
    request: Request,
    context: Context,
    caller: Annotated[Caller, Needs("dnc.import")],
    region: Annotated[str, Query(max_length=2)] = "",
    reason: Annotated[str, Query(max_length=200)] = "",
    list_name: Annotated[str, Query(alias="list", max_length=200)] = "",
) -> Response:
    """The body is a CSV or a text with one number a line. Ask `complete` of the answer."""
    settings = context.settings()
    folder, file = settings.state_dir / UPLOADS, lists.file_name(list_name)
    async with as_file(request.stream(), folder, file, limit=lists.MAX_UPLOAD) as path:
        desk = _desk(caller)
        desk.must_say_why(await service.rows_in(path), reason)
        change = desk.change("import", reason)
        answer = await lists.take_dnc(context.store, settings, path, region=region, change=change)
    counts = {key: answer[key] for key in ("imported", "rejected")}
    await desk.imported(change, {"list": file, **counts})
    told: dict[str, Any] = {"change": change.id, "has_rejected": answer["report_path"] is not None}
    if caller.account is not None:
        # Where it lies on the server says nothing to a person.
        told["report_path"] = None
    return json_answer({**answer, **told})


@router.get(
    "/import/{change}/rejected",
    summary="The rows of a file that did not go on the list",
    response_class=StreamingResponse,
    responses={200: CSV, **responses(403, 404)},
)
async def rejected(
    change: str, caller: Annotated[Caller, Needs("dnc.import")], language: Language = "en"
) -> StreamingResponse:
    """With row number and reason; corrected, the file can be imported again."""
    if not caller.grant.may("numbers.read"):
        raise forbidden("not-allowed", "whole numbers need the permission 'numbers.read'")
    path = report_of(caller.context.settings(), lists.DNC_REPORT + change)
    if path is None:
        raise not_found("report", change)
    return handed_out(path, change, language)


@router.post(
    "/check",
    summary="Are these on the list?",
    responses={200: {"model": CheckAnswer}, **responses(422)},
)
async def check(
    body: Numbers, context: Context, _caller: Annotated[Caller, Needs("dnc.check")]
) -> Response:
    found = await service.check(
        context.store, body.numbers, region=body.region, now=context.clock.now()
    )
    return json_answer({"numbers": found})


@router.post(
    "/remove",
    summary="Take numbers off the list",
    responses={200: {"model": RemovedAnswer}, **responses(422)},
)
async def remove(
    body: NumbersToTakeOff, caller: Annotated[Caller, Needs("dnc.remove")]
) -> Response:
    """Many at once need a reason. `POST /dnc/changes/{change}/undo` puts them back."""
    removed = await _desk(caller).remove(body.numbers, region=body.region, reason=body.reason)
    return json_answer(removed)


@router.get("/changes", summary="Changes of the list", responses={200: {"model": ChangesAnswer}})
async def list_changes(
    context: Context,
    _caller: Annotated[Caller, Needs("dnc.remove")],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    below: Annotated[
        str | None, Query(max_length=40, description="the last id of the page before")
    ] = None,
) -> Response:
    """Newest first; those that can still be undone, and those that were."""
    found = await context.store.dnc.changes(limit=limit, below=below)
    return json_answer({"changes": [service.plain(change) for change in found]})


@router.post(
    "/changes/{change}/undo",
    summary="Undo a change of the list",
    responses={200: {"model": UndoneAnswer}, **responses(404)},
)
async def undo(change: str, caller: Annotated[Caller, Needs("dnc.remove")]) -> Response:
    """Whoever has asked since not to be called stays on the list."""
    return json_answer(await _desk(caller).undo(change))


def _desk(caller: Caller) -> service.DncDesk:
    context = caller.context
    return service.DncDesk(
        context.store,
        who=caller.grant.who,
        now=context.clock.now(),
        reason_from=context.settings().service.dnc_reason_from,
    )
