"""A rep's desk: the call before him, notes, callbacks, own calls, the day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from dialer.features.agents.public import STEERED, OfCall, known_rep, note_id, steered
from dialer.features.desk import cards, days
from dialer.features.desk.dialing import dialable
from dialer.features.desk.schemas import (
    CallbackList,
    CallCard,
    Desk,
    Dial,
    NewNote,
    OwnCalls,
    Skip,
    Today,
    UnsaidCalls,
)
from dialer.features.leads.public import Note, facts, seen_lead, shown
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses
from dialer.kit.scope import everything
from dialer.ports.desk import Note as NoteRow
from dialer.settings import Settings

router = APIRouter(prefix="/agents", tags=["desk"])
_Reader = Annotated[Caller, Needs("agents.read")]
_LeadReader = Annotated[Caller, Needs("leads.read")]


@router.get(
    "/{agent}/call",
    summary="The call before a rep",
    responses={200: {"model": CallCard}, **responses(404)},
)
async def get_call(agent: str, caller: _LeadReader) -> Response:
    """From the moment a callee is reserved, or a lead is shown, until the wrap-up is over."""
    rep = await known_rep(caller, agent)
    desk = caller.context.control.desk(rep.id)
    if desk is None:
        raise cards.no_call(rep)
    return json_answer(await cards.call_card(caller, rep, desk))


@router.get(
    "/{agent}/desk",
    summary="What a rep works with",
    responses={200: {"model": Desk}, **responses(404)},
)
async def get_desk(agent: str, caller: _Reader) -> Response:
    """Pause reasons and campaigns of the rep's pool: it changes with the settings only."""
    rep = await known_rep(caller, agent)
    settings, context = caller.context.settings(), caller.context
    states = {
        it.name: it.state.value
        for it in await context.store.campaigns.list(everything("those of the rep's pool"))
    }
    pool = settings.pools.get(rep.pool)
    return json_answer(
        {
            "agent": rep.id,
            "pool": rep.pool,
            "pause_reasons": list(pool.pause_reasons) if pool else [],
            "campaigns": [
                _campaign(settings, name, states.get(name, "stopped"))
                for name in settings.campaigns_of(rep.pool)
            ],
        }
    )


def _campaign(settings: Settings, name: str, state: str) -> dict[str, object]:
    campaign = settings.campaign[name]
    return {
        "name": name,
        "title": campaign.title,
        "mode": campaign.mode,
        "state": state,
        "region": campaign.region,
        "dial_numbers": campaign.dial_numbers,
        "dispositions": facts.dispositions(campaign),
        "disposition_required": campaign.disposition_required,
        "callback_max_days": campaign.callback_max_days,
        "preview_seconds": campaign.preview_limit,
        "wrapup_seconds": campaign.wrapup_limit,
    }


@router.post(
    "/{agent}/notes",
    summary="Note something about a lead",
    status_code=201,
    responses={201: {"model": Note}, **responses(404)},
)
async def add_note(
    agent: str, new: NewNote, caller: Annotated[Caller, Needs("leads.edit")]
) -> Response:
    """Kept with the lead, and with the call if one is named."""
    rep = await known_rep(caller, agent)
    await seen_lead(caller, new.lead)
    context = caller.context
    note = NoteRow(
        id=note_id(rep, new.key),
        lead_id=new.lead,
        attempt_id=new.attempt,
        at=context.clock.now(),
        who=rep.id if caller.grant.agent == rep.id else caller.grant.who,
        text=new.text,
    )
    await context.store.notes.add(note)
    return json_answer(shown.note_of(note), 201)


@router.get(
    "/{agent}/callbacks",
    summary="A rep's callbacks",
    responses={200: {"model": CallbackList}, **responses(404)},
)
async def list_callbacks(agent: str, caller: _LeadReader) -> Response:
    """Those to come that are the rep's own, or that the rep agreed on for anyone."""
    rep = await known_rep(caller, agent)
    now, show = caller.context.clock.now(), shown.numbers_for(caller)
    rows = await caller.context.store.callbacks.of_agent(rep.id)
    found = [facts.callback_row(row, show(row.number), rep.id, now) for row in rows]
    return json_answer({"now": now, "callbacks": found})


@router.get(
    "/{agent}/calls",
    summary="A rep's last calls",
    responses={200: {"model": OwnCalls}, **responses(404)},
)
async def list_calls(
    agent: str, caller: _LeadReader, limit: Annotated[int, Query(ge=1, le=200)] = 20
) -> Response:
    """Those that were missed or lost as well, and why."""
    rep = await known_rep(caller, agent)
    show = shown.numbers_for(caller)
    return json_answer({"calls": await days.own_calls(caller.context, rep.id, limit, show)})


@router.get(
    "/{agent}/unsaid",
    summary="Calls of which a rep still has to say what came",
    responses={200: {"model": UnsaidCalls}, **responses(404)},
)
async def list_unsaid(agent: str, caller: _LeadReader) -> Response:
    """Of campaigns that require a result, in the last 30 days; `finish?attempt=ID` completes one,
    for the rep and for whoever may steer him.
    """
    rep = await known_rep(caller, agent)
    show = shown.numbers_for(caller)
    return json_answer({"calls": await days.unsaid_calls(caller.context, rep.id, show)})


@router.get(
    "/{agent}/today",
    summary="A rep's day so far",
    responses={200: {"model": Today}, **responses(404)},
)
async def get_today(agent: str, caller: _Reader) -> Response:
    """Times by state, calls and sales since midnight; a restart of the service loses none."""
    rep = await known_rep(caller, agent)
    live = caller.context.control.agent(rep.id)
    return json_answer(await days.today(caller.context, rep.id, live))


# --- leads that are shown, calls by hand ----------------------------------------------------------


@router.post(
    "/{agent}/preview/dial",
    summary="Dial the lead that is shown",
    responses=STEERED,
    dependencies=[OfCall],
)
async def preview_dial(agent: str, caller: Annotated[Caller, Needs("agents.steer")]) -> Response:
    """Before its time to look is over."""
    rep = await known_rep(caller, agent)
    order = caller.context.control.agent_preview_dial(rep.id)
    return await steered(caller, rep, "preview.dial", order)


@router.post(
    "/{agent}/preview/skip",
    summary="Pass the lead that is shown over",
    responses=STEERED,
    dependencies=[OfCall],
)
async def preview_skip(
    agent: str, caller: Annotated[Caller, Needs("agents.steer")], body: Skip | None = None
) -> Response:
    """It is shown again after the campaign's `skip_minutes`; the reason is kept with the lead."""
    rep = await known_rep(caller, agent)
    order = caller.context.control.agent_preview_skip(rep.id, (body or Skip()).reason)
    return await steered(caller, rep, "preview.skip", order)


@router.post("/{agent}/dial", summary="Dial a lead or a number by hand", responses=STEERED)
async def dial(
    agent: str, wanted: Dial, caller: Annotated[Caller, Needs("calls.dial")]
) -> Response:
    """The same gate as for every call: 409 `gate-RULE` says which rule refuses, and why."""
    rep = await known_rep(caller, agent)
    number = None
    if wanted.lead is not None:
        await seen_lead(caller, wanted.lead)
    else:
        number = await dialable(caller, wanted.campaign, wanted.number or "")
    order = caller.context.control.agent_dial(rep.id, wanted.campaign, wanted.lead, number)
    return await steered(caller, rep, "dial", order)
