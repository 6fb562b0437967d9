"""What is wrong now, and who looks after it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from dialer.features.alerts.parts import ALERTING
from dialer.features.alerts.records import AlertList
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import conflict, not_found
from dialer.kit.problems import responses
from dialer.kit.shapes import record
from dialer.ports.steering import AlertRow

router = APIRouter(tags=["alerts"])
_Below = Annotated[str | None, Query(max_length=40, description="ids below this one")]
_Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/alerts", summary="What is wrong, and was", responses={200: record(AlertList)})
async def list_alerts(
    caller: Annotated[Caller, Needs("alerts.read")], below: _Below = None, limit: _Limit = 50
) -> Response:
    """Of pools in your reach, and of the whole system."""
    store, scope = caller.context.store.alerts, await caller.scope()
    firing = await store.firing(scope)
    recent = await store.recent(scope, below=below, limit=limit)
    following = recent[-1].id if len(recent) == limit else None
    return json_answer(AlertList([*firing], [*recent], following))


@router.post(
    "/alerts/{alert}/ack",
    summary="Somebody looks after it",
    responses={200: record(AlertRow), **responses(404, 409)},
)
async def acknowledge(alert: str, caller: Annotated[Caller, Needs("alerts.ack")]) -> Response:
    """The first one is kept; the alert ends by itself when its cause does."""
    row = await caller.context.store.alerts.known(alert, await caller.scope())
    if row is None:
        raise not_found("alert", alert)
    if (alerting := ALERTING.of(caller.context)) is None:
        raise conflict("no-engine", "no engine runs behind this API")
    acked = await alerting.acknowledge(alert, caller.grant.who)
    if row.acked_at is None:
        await caller.note("alert.ack", alert, after={"name": row.name, "subject": row.subject})
    return json_answer(acked)
