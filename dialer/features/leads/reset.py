"""Give back leads that failures used up: counted first, then done."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.leads.schemas import LeadReset, ResetAnswer
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import not_found
from dialer.kit.problems import responses
from dialer.leads.reset import causes_of, count_burned, take_back
from dialer.ports.pardons import Burned, Pardoned

router = APIRouter(prefix="/campaigns/{name}/leads", tags=["leads"])
_Importer = Annotated[Caller, Needs("leads.import")]


@router.post(
    "/burned",
    summary="Count the leads that failures used up",
    responses={200: {"model": ResetAnswer}, **responses(404)},
)
async def count_burned_leads(name: str, wanted: LeadReset, caller: _Importer) -> Response:
    """What `reset` with the same body would take back."""
    burned = await _burned(name, wanted, caller)
    found = await count_burned(caller.context.store.attempts, burned)
    return json_answer(_answer(burned, found))


@router.post(
    "/reset",
    summary="Give back leads that failures used up",
    responses={200: {"model": ResetAnswer}, **responses(404)},
)
async def reset_leads(name: str, wanted: LeadReset, caller: _Importer) -> Response:
    """The failed attempts no longer count on their leads, which may be called at once."""
    burned = await _burned(name, wanted, caller)
    context = caller.context
    done = await take_back(context.store.attempts, burned, context.clock.now())
    answer = _answer(burned, done)
    said = wanted.model_dump(exclude_none=True, exclude={"causes"})
    await caller.note("leads.reset", name, after={**said, **answer})
    return json_answer(answer)


async def _burned(name: str, wanted: LeadReset, caller: Caller) -> Burned:
    campaign = await caller.context.store.campaigns.known(name, await caller.scope())
    if campaign is None:
        raise not_found("campaign", name)
    return Burned(
        campaign_id=campaign.id,
        causes=causes_of(wanted.causes, wanted.outcomes),
        outcomes=tuple(wanted.outcomes),
        since=wanted.since or 0.0,
        list_name=wanted.list,
    )


def _answer(burned: Burned, found: Pardoned) -> dict[str, object]:
    return {"attempts": found.attempts, "leads": found.leads, "causes": list(burned.causes)}
