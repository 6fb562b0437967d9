"""From which values on a pool's figures change colour on its wallboards."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response

from dialer.features.settings.public import Wanted, service
from dialer.features.wallboard.schemas import BoardSheet, ChangeBoard
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses

router = APIRouter(tags=["wallboard"])
BECAUSE = "set on the wallboard"


@router.get(
    "/pools/{pool}/wallboard",
    summary="Colours of a pool's wallboard",
    responses={200: {"model": BoardSheet}, **responses(404)},
)
async def get_board(pool: str, caller: Annotated[Caller, Needs("floors.read")]) -> Response:
    await service.reach_subject(caller, f"pool/{pool}")
    return json_answer(await _sheet(caller, pool))


@router.put(
    "/pools/{pool}/wallboard",
    summary="Set the colours of a pool's wallboard",
    responses={200: {"model": BoardSheet}, **responses(404, 409)},
)
async def put_board(
    pool: str, body: ChangeBoard, caller: Annotated[Caller, Needs("wallboard.set")]
) -> Response:
    """On every wall of the pool at once. 409 `stale`: somebody else changed settings meanwhile."""
    subject = f"pool/{pool}"
    await service.reach_subject(caller, subject)
    said = body.model_dump(mode="json")["limits"]
    limits = {figure: rows for figure, rows in said.items() if rows}
    wanted = [Wanted(subject, {"wallboard": limits or None}, body.version)]
    await service.change(caller, wanted, BECAUSE, permitted=True)
    return json_answer(await _sheet(caller, pool))


async def _sheet(caller: Caller, pool: str) -> dict[str, Any]:
    subject = f"pool/{pool}"
    latest = await caller.context.store.settings_versions.latest(subject)
    settings = caller.context.settings().pools[pool]
    is_writable = not service.why_not(caller, subject, permitted=True)
    return {
        "title": settings.title or pool,
        "limits": settings.model_dump(mode="json")["wallboard"],
        "version": latest.version if latest is not None else 0,
        "may_change": is_writable and caller.grant.may("wallboard.set"),
    }
