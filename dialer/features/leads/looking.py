"""Leads to look at and to correct."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dialer.features.leads import facts, shown
from dialer.features.leads.schemas import LeadSearch
from dialer.features.leads.seen import SeenLead, scope_of_leads
from dialer.kit.auth import Caller
from dialer.kit.errors import bad_request, not_found
from dialer.leads.numbers import NumberReader
from dialer.ports.desk import LeadPage
from dialer.ports.store import Lead
from dialer.settings.campaigns import CampaignSettings
from dialer.words import LeadState


async def page(caller: Caller, name: str | None, wanted: LeadSearch) -> dict[str, Any]:
    """A page of leads that the caller may see, of a campaign or of all. Raises Refused."""
    context = caller.context
    scope = await scope_of_leads(caller)
    names = {it.id: it.name for it in await context.store.campaigns.list(scope)}
    found_id = next((key for key, it in names.items() if it == name), None)
    if name is not None and found_id is None:
        raise not_found("campaign", name)
    described = context.settings().campaign.get(name or "", CampaignSettings())
    found = await context.store.leads.page(
        LeadPage(
            campaign_id=found_id,
            list_name=wanted.list,
            anything=wanted.anything.strip(),
            states=[LeadState(state) for state in wanted.states],
            search=wanted.search.strip(),
            limit=wanted.limit + 1,
            below=wanted.below,
            **_number(caller, wanted.number, described),
        ),
        scope,
    )
    show = shown.numbers_for(caller)
    return {
        "leads": [
            short(lead, names.get(lead.campaign_id, ""), show) for lead in found[: wanted.limit]
        ],
        "below": found[wanted.limit - 1].id if len(found) > wanted.limit else None,
    }


def _number(caller: Caller, said: str, campaign: CampaignSettings) -> dict[str, Any]:
    """Who may not see whole numbers finds by whole numbers only: parts would tell them."""
    if not said.strip():
        return {}
    if caller.grant.may("numbers.read"):
        digits = "".join(sign for sign in said if sign in "0123456789").lstrip("0")
        if len(digits) < 3:
            raise bad_request("invalid-number", "write at least three digits")
        return {"digits": digits}
    number, _ = NumberReader(campaign.region or None).read(said)
    if not number:
        raise bad_request("invalid-number", "write the whole number, with its country code")
    return {"number": number}


def short(lead: Lead, campaign: str, show: Callable[[str], str]) -> dict[str, Any]:
    """A lead in a list."""
    return {
        "id": lead.id,
        "campaign": campaign,
        "list": lead.list_name,
        "name": lead.name,
        "state": lead.state.value,
        "priority": lead.priority,
        "owner": lead.owner,
        "language": lead.language,
        "timezone": lead.timezone,
        "attempts": lead.attempts,
        "next_call_at": lead.next_call_at,
        "last_call_at": lead.last_call_at,
        "numbers": [
            {
                "number": show(n.number),
                "extension": n.extension,
                "kind": n.kind,
                "attempts": n.attempts,
                "dead": n.dead,
            }
            for n in lead.numbers
        ],
    }


async def whole(caller: Caller, seen: SeenLead) -> dict[str, Any]:
    """A lead with its history."""
    context, lead = caller.context, seen.card.lead
    now, show = context.clock.now(), shown.numbers_for(caller)
    name = seen.campaign.name
    settings = context.settings().campaign.get(name, CampaignSettings())
    on_list = await context.store.dnc.check([n.number for n in lead.numbers], now=now)
    number = next((n.number for n in lead.numbers if not n.dead), lead.numbers[0].number)
    return {
        **short(lead, name, show),
        "owner_name": seen.card.owner_name,
        "fields": dict(lead.custom),
        "editable": facts.editable(lead.custom, settings),
        "local_time": facts.local_time(lead.timezone, number, now),
        "badges": shown.badges(seen.card, settings, is_dnc=len(on_list) == len(lead.numbers)),
        "history": shown.history(seen.card.history, seen.card.notes, settings),
        "notes": [shown.note_of(note) for note in seen.card.notes],
        "callback": shown.callback_of(seen.card, show, caller.grant.agent or "", now),
    }
