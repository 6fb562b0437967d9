"""The do-not-call list. Numbers travel in bodies, never in addresses."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from dialer.api.answers import json_answer
from dialer.api.auth import require_token
from dialer.api.context import Context
from dialer.api.dnc import service
from dialer.api.dnc.schemas import (
    CheckAnswer,
    ListedAnswer,
    Numbers,
    NumbersToList,
    RemovedAnswer,
)
from dialer.api.problems import responses
from dialer.api.uploads import lines_of

router = APIRouter(prefix="/dnc", tags=["dnc"], dependencies=[Depends(require_token)])


@router.post("", summary="Put numbers on the list", responses={200: {"model": ListedAnswer}})
async def add(body: NumbersToList, context: Context) -> Response:
    """Takes effect with the very next call. A number that is there is extended, not shortened."""
    listed = await service.add_lines(
        context.store,
        service.each(body.numbers),
        region=body.region,
        source="api",
        reason=body.reason,
        expires_at=body.expires_at,
        now=context.clock.now(),
    )
    return json_answer(listed)


@router.post(
    "/import",
    summary="Put a file of numbers on the list",
    responses={200: {"model": ListedAnswer}, **responses(422)},
)
async def import_file(
    request: Request,
    context: Context,
    region: Annotated[str, Query(max_length=2)] = "",
    reason: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The body is UTF-8 text with one number a line; the first column of a CSV will do."""
    listed = await service.add_lines(
        context.store,
        lines_of(request.stream()),
        region=region,
        source="api import",
        reason=reason,
        now=context.clock.now(),
    )
    return json_answer(listed)


@router.post(
    "/check",
    summary="Are these on the list?",
    responses={200: {"model": CheckAnswer}, **responses(422)},
)
async def check(body: Numbers, context: Context) -> Response:
    found = await service.check(
        context.store, body.numbers, region=body.region, now=context.clock.now()
    )
    return json_answer({"numbers": found})


@router.post(
    "/remove",
    summary="Take numbers off the list",
    responses={200: {"model": RemovedAnswer}, **responses(422)},
)
async def remove(body: Numbers, context: Context) -> Response:
    written = [service.one_number(number, body.region) for number in body.numbers]
    return json_answer({"removed": await context.store.dnc.remove(written)})
