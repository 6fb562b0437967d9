"""Floors as they are now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.api.answers import json_answer
from dialer.api.auth import Caller, Needs
from dialer.api.context import Context
from dialer.api.errors import not_found
from dialer.api.floors import service
from dialer.api.floors.schemas import Floor, FloorList
from dialer.api.problems import responses

router = APIRouter(prefix="/floors", tags=["floors"])
_Reader = Annotated[Caller, Needs("floors.read")]


@router.get("", summary="All floors in short", responses={200: {"model": FloorList}})
async def list_floors(context: Context, caller: _Reader) -> Response:
    """Each pool with its reps by state and its calls by phase."""
    await context.refresh()
    return json_answer({"floors": service.summaries(context.control, await caller.reach())})


@router.get(
    "/{pool}", summary="One floor in full", responses={200: {"model": Floor}, **responses(404)}
)
async def get_floor(pool: str, context: Context, caller: _Reader) -> Response:
    """Reps, calls, campaigns, the calls that ended last, and why pacing did what it did."""
    await context.refresh()
    reach = await caller.reach()
    view = context.control.floor(pool)
    if view is None or not reach.sees_pool(pool):
        raise not_found("pool", pool)
    view = service.without_numbers(service.within(reach, view))
    if not caller.grant.may("calls.listen"):
        view = service.without_watchers(view)
    return json_answer(view)
