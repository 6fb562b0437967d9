"""Whose lead it is, and who may see it."""

from __future__ import annotations

from dataclasses import dataclass

from dialer.accounts.reach import Reach
from dialer.api.auth import Caller
from dialer.api.campaigns.service import pool_of
from dialer.api.errors import not_found
from dialer.ports.control import Control
from dialer.ports.desk import LeadCard
from dialer.ports.store import Campaign


@dataclass(frozen=True)
class SeenLead:
    """A lead that the caller may see, with its campaign."""

    card: LeadCard
    campaign: Campaign
    pool: str


async def seen_lead(caller: Caller, lead_id: str) -> SeenLead:
    """Raises ProblemError, also for one of another team."""
    context = caller.context
    card = await context.store.desk.card(lead_id)
    campaign = None if card is None else await context.store.campaigns.get(card.lead.campaign_id)
    if card is None or campaign is None:
        raise not_found("lead", lead_id)
    pool, reach = pool_of(context.settings(), campaign), await caller.reach()
    if not is_seen(reach, card, pool, context.control):
        raise not_found("lead", lead_id)
    return SeenLead(card, campaign, pool)


def is_seen(reach: Reach, card: LeadCard, pool: str, control: Control) -> bool:
    """The own leads: owned, in a call, promised a callback, or talked to and nobody else's."""
    if reach.everything:
        return True
    lead, callback = card.lead, card.callback
    promised = {callback.owner or callback.made_by} if callback is not None else set[str]()
    if promised & reach.agents:
        return True
    talked = {call.agent for call in card.history if call.agent}
    return reach.sees_lead(pool, lead.owner, _before_whom(control, lead.id, reach), talked)


def _before_whom(control: Control, lead_id: str, reach: Reach) -> str | None:
    """The rep in reach who has this lead before him now."""
    for agent in reach.agents:
        desk = control.desk(agent)
        if desk is not None and desk.lead == lead_id:
            return agent
    return None
