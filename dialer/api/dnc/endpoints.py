"""The do-not-call list. Numbers travel in bodies, never in addresses."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from dialer.api.answers import json_answer, masked
from dialer.api.auth import Caller, Needs
from dialer.api.campaigns.endpoints import seen
from dialer.api.context import Context
from dialer.api.dnc import service
from dialer.api.dnc.schemas import (
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
from dialer.api.errors import not_found
from dialer.api.leads import service as lists
from dialer.api.problems import responses
from dialer.api.uploads import FILE_BODY, as_file
from dialer.ports.store import Campaign

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
    """Raises ProblemError where there is none, or none for this caller."""
    await seen(caller, name)
    campaign = await caller.context.store.campaigns.by_name(name)
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
    calls = await service.unwanted(context, await _campaign(caller, campaign))
    shown = str if caller.grant.may("numbers.read") else masked
    return json_answer({"calls": [{**it, "number": shown(it["number"])} for it in calls]})


@router.post(
    "/unwanted/{campaign}",
    summary="Put all of them on the list",
    responses={200: {"model": AddedAnswer}, **responses(404)},
)
async def list_unwanted(campaign: str, context: Context, caller: _Adder) -> Response:
    """For good, and for every campaign; those that are there stay as they are."""
    calls = await service.unwanted(context, await _campaign(caller, campaign))
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
    folder, file = settings.state_dir / "uploads", lists.file_name(list_name)
    async with as_file(request.stream(), folder, file, limit=lists.MAX_UPLOAD) as path:
        desk = _desk(caller)
        desk.must_say_why(await service.rows_in(path), reason)
        change = desk.change("import", reason)
        answer = await lists.take_dnc(context.store, settings, path, region=region, change=change)
    counts = {key: answer[key] for key in ("imported", "rejected")}
    await desk.imported(change, {"list": file, **counts})
    return json_answer({**answer, "change": change.id})


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
