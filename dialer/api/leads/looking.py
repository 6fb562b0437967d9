"""Leads to look at and to correct."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dialer.accounts.reach import Reach
from dialer.api.auth import Caller
from dialer.api.campaigns.service import pool_of
from dialer.api.desk import cards, facts
from dialer.api.errors import ProblemError, bad_request, not_found
from dialer.api.leads.schemas import LeadChange, LeadSearch
from dialer.api.leads.seen import SeenLead
from dialer.compliance.zonewords import place_meant
from dialer.leads.numbers import NumberReader
from dialer.ports.desk import LeadEdit, LeadPage
from dialer.ports.store import Lead, LeadState
from dialer.settings.campaigns import CampaignSettings
from dialer.zonedata import UnknownZoneError

#: So many columns a list may have, and a person add.
MAX_FIELDS = 100


async def page(caller: Caller, name: str, wanted: LeadSearch) -> dict[str, Any]:
    """A page of a campaign's leads that the caller may see. Raises ProblemError."""
    context = caller.context
    campaign = await context.store.campaigns.by_name(name)
    reach = await caller.reach()
    if campaign is None or not reach.sees_pool(pool_of(context.settings(), campaign)):
        raise not_found("campaign", name)
    described = context.settings().campaign.get(name, CampaignSettings())
    found = await context.store.leads.page(
        LeadPage(
            campaign_id=campaign.id,
            states=[LeadState(state) for state in wanted.states],
            search=wanted.search.strip(),
            limit=wanted.limit + 1,
            below=wanted.below,
            **_owners(reach),
            **_number(caller, wanted.number, described),
        )
    )
    show = cards.numbers_for(caller)
    return {
        "leads": [short(lead, name, show) for lead in found[: wanted.limit]],
        "below": found[wanted.limit - 1].id if len(found) > wanted.limit else None,
    }


def _owners(reach: Reach) -> dict[str, Any]:
    if reach.everything:
        return {}
    return {"owners": sorted(reach.agents), "unowned": reach.waiting_calls}


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
    now, show = context.clock.now(), cards.numbers_for(caller)
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
        "badges": cards.badges(seen.card, settings, is_dnc=len(on_list) == len(lead.numbers)),
        "history": cards.history(seen.card.history, seen.card.notes, settings),
        "notes": [cards.note_of(note) for note in seen.card.notes],
        "callback": cards.callback_of(seen.card, show, caller.grant.agent or "", now),
    }


async def change(caller: Caller, seen: SeenLead, said: LeadChange) -> None:
    """Raises ProblemError, and changes nothing, where one field may not be changed."""
    name = seen.campaign.name
    settings = caller.context.settings().campaign.get(name, CampaignSettings())
    lead = seen.card.lead
    if not caller.grant.may("leads.import"):
        _only_editable(lead, said, settings)
    if said.timezone is not None:
        said = said.model_copy(update={"timezone": _zone_meant(said.timezone, lead)})
    if len({*lead.custom, *said.fields}) > MAX_FIELDS:
        raise bad_request("too-many-fields", f"a lead has at most {MAX_FIELDS} fields")
    edit = LeadEdit(
        name=said.name, language=said.language, timezone=said.timezone, custom=said.fields
    )
    await caller.context.store.leads.edit(lead.id, edit)
    before = {key: lead.custom.get(key) for key in said.fields}
    plain = said.model_dump(exclude_none=True, exclude={"fields"})
    was: Mapping[str, Any] = {key: getattr(lead, key) for key in plain}
    await caller.note(
        "lead.edit",
        lead.id,
        before={**was, "fields": before},
        after={**plain, "fields": said.fields},
    )


def _only_editable(lead: Lead, said: LeadChange, settings: CampaignSettings) -> None:
    """Hours to call in follow the time zone, and consent is a proof: not for a rep to set."""
    allowed = facts.editable({**lead.custom, **said.fields}, settings)
    wrong = [key for key in said.fields if key not in allowed]
    wrong += ["timezone"] if said.timezone is not None else []
    if wrong:
        raise ProblemError(403, "not-editable", f"{wrong[0]!r} is not yours to change")


def _zone_meant(word: str, lead: Lead) -> str:
    try:
        return place_meant(word, lead.numbers[0].number)
    except UnknownZoneError as error:
        raise bad_request("invalid-timezone", str(error)) from None
