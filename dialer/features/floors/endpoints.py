"""Floors as they are now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.floors import service
from dialer.features.floors.schemas import FloorList
from dialer.features.system.public import REFRESH
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.context import Context
from dialer.kit.errors import not_found
from dialer.kit.problems import responses
from dialer.kit.shapes import record
from dialer.ports.control import FloorView

router = APIRouter(prefix="/floors", tags=["floors"])
_Reader = Annotated[Caller, Needs("floors.read")]


@router.get("", summary="All floors in short", responses={200: {"model": FloorList}})
async def list_floors(context: Context, caller: _Reader) -> Response:
    """Each pool with its reps by state and its calls by phase."""
    await REFRESH.of(context)()
    return json_answer({"floors": service.summaries(context.control, await caller.reach())})


@router.get(
    "/{pool}", summary="One floor in full", responses={200: record(FloorView), **responses(404)}
)
async def get_floor(pool: str, context: Context, caller: _Reader) -> Response:
    """Reps, calls, campaigns, the calls that ended last, and why pacing did what it did."""
    await REFRESH.of(context)()
    view = service.floor_of(context.control, pool, await caller.reach())
    if view is None:
        raise not_found("pool", pool)
    view = service.without_numbers(view)
    if not caller.grant.may("calls.listen"):
        view = service.without_watchers(view)
    return json_answer(view)
