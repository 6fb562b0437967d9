"""Differences over HTTP: listed, and settled with a note; days, looked at again."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response

from dialer.features.reconcile.parts import RECONCILER
from dialer.features.reconcile.records import DayCheck, Difference
from dialer.features.reconcile.schemas import DayToLookAt, Settlement
from dialer.features.reconcile.service import settled
from dialer.features.reconcile.store import CHECKS, DIFFERENCES
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import conflict
from dialer.kit.problems import responses
from dialer.kit.records.routes import reading_router
from dialer.kit.records.service import Keeper
from dialer.kit.shapes import record as shape_of

router = reading_router(DIFFERENCES, "differences", reads="reconcile.read")
checks = reading_router(CHECKS, "day-checks", reads="reconcile.read")
_Settler = Annotated[Caller, Needs("reconcile.settle")]


@router.post(
    "/{record}/settle",
    name="settle",
    summary="Say what came of it, and put it away",
    responses={200: shape_of(Difference), **responses(404, 409)},
)
async def settle(record: str, body: Settlement, caller: _Settler) -> Response:
    """It is counted no more, also where the next look finds it again."""
    keeper = Keeper(DIFFERENCES, caller.doer, await caller.scope())
    return json_answer(await settled(keeper, record, body.version, body.note))


@checks.post(
    "",
    name="look",
    summary="Look at a day now",
    responses={200: shape_of(DayCheck), **responses(409)},
)
async def look(body: DayToLookAt, caller: _Settler) -> Response:
    """Of calls that are over for an hour. Differences that are there no more are put away."""
    nightly = RECONCILER.of(caller.context)
    if nightly is None:
        raise conflict("no-engine", "no engine runs behind this API")
    looked = await nightly.reconciler.look(body.day, caller.grant.who)
    return json_answer(looked.check)
