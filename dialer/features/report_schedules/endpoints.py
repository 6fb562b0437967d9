"""When saved reports are sent, and what became of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.report_schedules.service import Recipients, allow, check, recipients
from dialer.features.report_schedules.store import RUNS, SCHEDULES
from dialer.features.report_views.public import readers
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.records.routes import reading_router, record_router
from dialer.kit.shapes import record

_WRITES = "report_schedules.write"
people = APIRouter(prefix="/report_recipients", tags=["report_schedules"])


@people.get("", summary="Whom a report can be sent to", responses={200: record(Recipients)})
async def list_recipients(caller: Annotated[Caller, Needs(_WRITES)]) -> Response:
    """Those who may see reports, of the caller's team or of all."""
    return json_answer(await recipients(caller))


router = record_router(
    SCHEDULES,
    "report_schedules",
    reads=_WRITES,
    edits=_WRITES,
    check=check,
    scope=readers,
    allow=allow,
)
runs = reading_router(RUNS, "report_runs", reads=_WRITES, scope=readers)
