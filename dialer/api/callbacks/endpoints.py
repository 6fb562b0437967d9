"""A callback is moved, handed over, or taken away."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from msgspec.structs import replace

from dialer.api.agents.endpoints import in_time
from dialer.api.answers import json_answer
from dialer.api.auth import Caller, Needs
from dialer.api.desk import cards, facts
from dialer.api.desk.schemas import Callback, MovedCallback
from dialer.api.errors import ProblemError, not_found
from dialer.api.leads.seen import SeenLead, seen_lead
from dialer.api.problems import responses
from dialer.ports.callbacks import lead_until
from dialer.ports.desk import Callback as CallbackRow
from dialer.ports.store import LeadNext, LeadState
from dialer.settings.campaigns import CampaignSettings

router = APIRouter(prefix="/callbacks", tags=["desk"])
_Steerer = Annotated[Caller, Needs("agents.steer")]


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
    """A callback to come that the caller may touch. Raises ProblemError."""
    row = await caller.context.store.callbacks.get(callback_id)
    if row is None or row.result is not None:
        raise not_found("callback", callback_id)
    try:
        seen = await seen_lead(caller, row.lead_id)
    except ProblemError:
        raise not_found("callback", callback_id) from None
    return row, seen


def _shown(caller: Caller, row: CallbackRow, seen: SeenLead) -> dict[str, object]:
    lead, show = seen.card.lead, cards.numbers_for(caller)
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
