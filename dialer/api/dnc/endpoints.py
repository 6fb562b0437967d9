"""The do-not-call list. Numbers travel in bodies, never in addresses."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from dialer.api.answers import json_answer
from dialer.api.auth import Caller, Needs
from dialer.api.context import Context
from dialer.api.dnc import service
from dialer.api.dnc.schemas import (
    AddedAnswer,
    CheckAnswer,
    DncImportAnswer,
    Numbers,
    NumbersToList,
    RemovedAnswer,
)
from dialer.api.leads import service as lists
from dialer.api.problems import responses
from dialer.api.uploads import FILE_BODY, as_file

router = APIRouter(prefix="/dnc", tags=["dnc"])
_Adder = Annotated[Caller, Needs("dnc.add")]


@router.post(
    "",
    summary="Put numbers on the list",
    responses={200: {"model": AddedAnswer}, **responses(422)},
)
async def add(body: NumbersToList, context: Context, caller: _Adder) -> Response:
    """Takes effect with the very next call. A number that is there is extended, not shortened."""
    added = await service.add(
        context.store,
        body.numbers,
        region=body.region,
        source=caller.grant.who,
        reason=body.reason,
        expires_at=body.expires_at,
        now=context.clock.now(),
    )
    numbers = service.written(body.numbers, body.region)
    given = {"numbers": numbers, "reason": body.reason, "expires_at": body.expires_at}
    await caller.note("dnc.add", "dnc", after=given)
    return json_answer({"added": added})


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
        answer = await lists.take_dnc(context.store, settings, path, region=region, reason=reason)
    counts = {key: answer[key] for key in ("imported", "rejected")}
    await caller.note("dnc.import", "dnc", after={"list": file, **counts})
    return json_answer(answer)


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
    body: Numbers, context: Context, caller: Annotated[Caller, Needs("dnc.remove")]
) -> Response:
    numbers = service.written(body.numbers, body.region)
    removed = await context.store.dnc.remove(numbers)
    await caller.note("dnc.remove", "dnc", before={"numbers": numbers})
    return json_answer({"removed": removed})
