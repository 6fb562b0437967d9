"""The audit log, page by page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from dialer.features.audit.schemas import AuditPage
from dialer.features.audit.service import plain
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.moments import Moment
from dialer.ports.audit import AuditQuery

router = APIRouter(prefix="/audit", tags=["audit"])
_Word = Annotated[str | None, Query(max_length=200)]


@router.get("", summary="Who changed what, and when", responses={200: {"model": AuditPage}})
async def list_audit(  # noqa: PLR0917  (query parameters)
    caller: Annotated[Caller, Needs("audit.read")],
    who: _Word = None,
    what: Annotated[
        str | None, Query(max_length=200, description="campaign, or campaign.start")
    ] = None,
    subject: _Word = None,
    since: Annotated[Moment | None, Query(description="at or after, unix seconds")] = None,
    until: Annotated[Moment | None, Query(description="before, unix seconds")] = None,
    below: Annotated[
        str | None, Query(max_length=40, description="`next` of the page before")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Newest first. Numbers are masked for who may not see whole ones."""
    query = AuditQuery(
        who=who, what=what, subject=subject, since=since, until=until, below=below, limit=limit
    )
    rows = await caller.context.store.audit.page(query)
    whole = caller.grant.may("numbers.read")
    shown = [plain(row, whole_numbers=whole) for row in rows]
    following = rows[-1].id if len(rows) == limit else None
    return json_answer({"entries": shown, "next": following})
