"""Whose lead it is, and who may see it."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from dialer.features.campaigns.public import pool_of
from dialer.kit.auth import Caller
from dialer.kit.errors import not_found
from dialer.kit.scope import Reach, whole
from dialer.ports.desk import LeadCard
from dialer.ports.store import Campaign


@dataclass(frozen=True)
class SeenLead:
    """A lead that the caller may see, with its campaign."""

    card: LeadCard
    campaign: Campaign
    pool: str


@whole("the campaign of a lead in scope")
async def seen_lead(caller: Caller, lead_id: str) -> SeenLead:
    """Raises Refused, also for one of another team."""
    context = caller.context
    card = await context.store.desk.card(lead_id, scope=await scope_of_leads(caller))
    campaign = None if card is None else await context.store.campaigns.get(card.lead.campaign_id)
    if card is None or campaign is None:
        raise not_found("lead", lead_id)
    return SeenLead(card, campaign, pool_of(context.settings(), campaign))


async def scope_of_leads(caller: Caller) -> Reach:
    """The caller's scope, with the leads that reps in it have before them now."""
    scope, control = await caller.scope(), caller.context.control
    desks = (control.desk(agent) for agent in scope.agents)
    return replace(scope, before=frozenset(desk.lead for desk in desks if desk is not None))
