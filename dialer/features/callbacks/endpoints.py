"""A callback is moved, handed over, or taken away."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from msgspec.structs import replace

from dialer.features.agents.public import in_time, known_rep
from dialer.features.callbacks import calendar
from dialer.features.callbacks.schemas import Calendar
from dialer.features.desk.public import MovedCallback
from dialer.features.leads.public import Callback, SeenLead, facts, seen_lead, shown
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import Refused, not_found
from dialer.kit.problems import responses
from dialer.ports.callbacks import lead_until
from dialer.ports.desk import Callback as CallbackRow
from dialer.ports.store import LeadNext
from dialer.settings.campaigns import CampaignSettings
from dialer.words import LeadState

router = APIRouter(prefix="/callbacks", tags=["desk"])
_Steerer = Annotated[Caller, Needs("agents.steer")]
MOST_DAYS = 45


@router.get(
    "",
    summary="Callbacks of some days",
    responses={200: {"model": Calendar}, **responses(404)},
)
async def list_between(
    caller: Annotated[Caller, Needs("leads.read")],
    since: Annotated[float, Query(ge=0, description="Unix seconds.")],
    until: Annotated[float, Query(ge=0, description="At most 45 days after `since`.")],
    agent: Annotated[str | None, Query(max_length=64, description="Of one rep only.")] = None,
) -> Response:
    """Those to come in your reach, with the hours in which their callees may be called."""
    context, scope = caller.context, await caller.scope()
    until = min(until, since + MOST_DAYS * 86_400)
    rep = None if agent is None else (await known_rep(caller, agent)).id
    rows = await context.store.callbacks.between(
        scope, since=since, until=until, agent=rep, limit=calendar.MOST + 1
    )
    names = {it.id: it.name for it in await context.store.agents.list(scope)}
    hours, now = calendar.Hours(context.settings(), since, until), context.clock.now()
    show = shown.numbers_for(caller)
    found = calendar.entries(
        rows[: calendar.MOST], hours, show, lambda code: names.get(code, code), now
    )
    whole = len(rows) <= calendar.MOST
    return json_answer({"now": now, "callbacks": found, "hours": hours.found, "whole": whole})


@router.patch(
    "/{callback}",
    summary="Move a callback",
    responses={200: {"model": Callback}, **responses(404, 409)},
)
async def move_callback(callback: str, said: MovedCallback, caller: _Steerer) -> Response:
    """To another time, to a rep, or to anyone."""
    row, seen = await _seen(caller, callback)
    context = caller.context
    due_at = row.due_at if said.due_at is None else said.due_at.timestamp()
    if said.due_at is not None:
        in_time(context, seen.campaign.name, due_at)
    owner = row.owner
    if said.owner is not None:
        owner = (caller.grant.agent or row.made_by) if said.owner == "me" else None
    moved = replace(row, due_at=due_at, try_at=due_at, owner=owner, why="")
    grace = context.settings().campaign.get(seen.campaign.name, CampaignSettings()).callback_grace_s
    await context.store.callbacks.plan(moved, lead_until(moved, grace))
    await caller.note(
        "callback.move",
        row.id,
        before={"due_at": row.due_at, "owner": row.owner},
        after={"due_at": due_at, "owner": owner},
    )
    return json_answer(_shown(caller, moved, seen))


@router.delete(
    "/{callback}", summary="Take a callback away", status_code=204, responses=responses(404)
)
async def remove_callback(callback: str, caller: _Steerer) -> Response:
    """The lead is as if it were done: nobody calls it by itself."""
    row, seen = await _seen(caller, callback)
    store, now = caller.context.store, caller.context.clock.now()
    if await store.callbacks.settle(row.id, "dropped", now=now) is None:
        raise not_found("callback", callback)
    caller.context.metrics.callback(seen.campaign.name, "dropped")
    await store.leads.set_next(row.lead_id, LeadNext(LeadState.DONE, now))
    await caller.note("callback.remove", row.id, before={"due_at": row.due_at})
    return Response(status_code=204)


async def _seen(caller: Caller, callback_id: str) -> tuple[CallbackRow, SeenLead]:
    """A callback to come that the caller may touch. Raises Refused."""
    row = await caller.context.store.callbacks.get(callback_id)
    if row is None or row.result is not None:
        raise not_found("callback", callback_id)
    try:
        seen = await seen_lead(caller, row.lead_id)
    except Refused:
        raise not_found("callback", callback_id) from None
    return row, seen


def _shown(caller: Caller, row: CallbackRow, seen: SeenLead) -> dict[str, object]:
    lead, show = seen.card.lead, shown.numbers_for(caller)
    number = next((n.number for n in lead.numbers if not n.dead), "")
    return facts.callback_of(
        row,
        campaign=seen.campaign.name,
        lead_name=lead.name,
        timezone=lead.timezone,
        number=number,
        shown_number=show(number) if number else "",
        agent=caller.grant.agent or row.made_by,
        now=caller.context.clock.now(),
    )
