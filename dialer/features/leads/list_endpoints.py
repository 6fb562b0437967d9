"""Lead lists: how they stand; many leads moved or deleted."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from dialer.features.leads import lists
from dialer.features.leads.list_schemas import (
    ChosenLeads,
    DeletedAnswer,
    DeleteLeads,
    LeadLists,
    LeadsByState,
    ListChangeAnswer,
    ListPatch,
    MovedAnswer,
    MoveLeads,
)
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses
from dialer.ports.lists import LeadChoice, ListChange
from dialer.words import LeadState

router = APIRouter(prefix="/lead-lists", tags=["leads"])
_Manager = Annotated[Caller, Needs("leads.manage")]


@router.get("", summary="Lead lists", responses={200: {"model": LeadLists}, **responses(404)})
async def list_lists(
    caller: Annotated[Caller, Needs("leads.read")],
    campaign: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """Of one campaign, or of all in sight; with their leads by state."""
    found = await lists.every(caller.context.store, await caller.scope(), campaign)
    return json_answer({"lists": found})


@router.patch(
    "",
    summary="Start or stop a list, change its share",
    responses={200: {"model": ListChangeAnswer}, **responses(404, 422)},
)
async def change_list(said: ListPatch, caller: _Manager) -> Response:
    """A list that stops is not dialed from the next call on; calls that are up go on."""
    store = caller.context.store
    campaign = await lists.campaign_of(store, said.campaign, await caller.scope())
    wanted = ListChange(state=said.state, priority=said.priority, weight=said.weight)
    before, after = await lists.change(store, campaign, said.list, wanted)
    subject = f"{campaign.name}: {said.list}"
    await caller.note("leads.list", subject, before=before, after=after)
    return json_answer(after)


@router.post(
    "/count",
    summary="How many leads a choice is",
    responses={200: {"model": LeadsByState}, **responses(404, 422)},
)
async def count(said: ChosenLeads, caller: _Manager) -> Response:
    """By state, before they are moved or deleted."""
    found = await caller.context.store.lead_lists.count(
        await _choice(said, caller), await caller.scope()
    )
    states = {state.value: found.get(state, 0) for state in LeadState}
    return json_answer({"leads": states, "total": sum(found.values())})


@router.post(
    "/move",
    summary="Move leads to another list or campaign",
    responses={200: {"model": MovedAnswer}, **responses(404, 409, 422)},
)
async def move(said: MoveLeads, caller: _Manager) -> Response:
    """With their callbacks. Who is in a call, or known in the other campaign, stays."""
    context, scope = caller.context, await caller.scope()
    choice = await _choice(said.leads, caller)
    to = await lists.campaign_of(context.store, said.to_campaign, scope)
    done = await lists.move(context.store, choice, to, said.to_list, scope, now=context.clock.now())
    answer = msgspec.to_builtins(done)
    await caller.note("leads.move", said.leads.campaign, before=_said(said.leads), after={
        "campaign": to.name, "list": said.to_list, **answer,
    })  # fmt: skip
    return json_answer(answer)


@router.post(
    "/delete",
    summary="Delete leads",
    responses={200: {"model": DeletedAnswer}, **responses(404, 422)},
)
async def delete(said: DeleteLeads, caller: _Manager) -> Response:
    """With notes and callbacks. Call records, recordings and the do-not-call list stay."""
    choice = await _choice(said.leads, caller)
    done = await lists.delete(caller.context.store, choice, await caller.scope())
    answer = msgspec.to_builtins(done)
    await caller.note("leads.delete", said.leads.campaign, before=_said(said.leads), after=answer)
    return json_answer(answer)


async def _choice(said: ChosenLeads, caller: Caller) -> LeadChoice:
    campaign = await lists.campaign_of(caller.context.store, said.campaign, await caller.scope())
    return LeadChoice(
        campaign_id=campaign.id,
        list_name=said.list,
        states=[LeadState(state) for state in said.states],
        ids=said.ids,
        uncalled=said.uncalled,
    )


def _said(choice: ChosenLeads) -> dict[str, object]:
    """For the audit log: what was asked for, ids by their count."""
    said = choice.model_dump(exclude_defaults=True, exclude={"ids", "campaign"})
    return {**said, **({"ids": len(choice.ids)} if choice.ids else {})}
