"""A call card: one read of the store, one of the do-not-call list, the rest is settings."""

from __future__ import annotations

from typing import Any

import msgspec

from dialer.features.leads.public import facts, shown
from dialer.features.scripts.public import rendering
from dialer.kit.auth import Caller
from dialer.kit.errors import Kind, Refused
from dialer.kit.scope import everything
from dialer.ports.control import DeskView
from dialer.ports.desk import LeadCard
from dialer.ports.store import Agent
from dialer.settings.campaigns import CampaignSettings

#: Calls of the past on a card; what is older is in the lead's own page.
HISTORY = 30


def no_call(rep: Agent) -> Refused:
    return Refused(Kind.MISSING, "no-such-call", f"{rep.name} has no call")


async def call_card(caller: Caller, rep: Agent, desk: DeskView) -> dict[str, Any]:
    """What is before this rep. Raises Refused when the lead is gone."""
    context = caller.context
    card = await context.store.desk.card(
        desk.lead, desk.attempt, scope=everything("before a rep in scope"), limit=HISTORY
    )
    if card is None:
        raise no_call(rep)
    now, show = context.clock.now(), shown.numbers_for(caller)
    settings = context.settings().campaign.get(desk.campaign, CampaignSettings())
    number = desk.number or card.number or card.lead.numbers[0].number
    on_list = await context.store.dnc.check([number], now=now)
    lead = card.lead
    return {
        "attempt": desk.attempt,
        "stage": desk.stage,
        "mode": desk.mode,
        "campaign": {
            "name": desk.campaign, "title": settings.title, "company": settings.company,
        },
        "lead": lead_of(card, settings, number, now),
        "number": show(number),
        "extension": next((n.extension for n in lead.numbers if n.number == number), ""),
        "caller_id": card.caller_id or "",
        "attempt_number": card.attempt_number or lead.attempts + 1,
        "max_attempts": settings.recycle.no_answer.up_to_attempts,
        "badges": shown.badges(card, settings, is_dnc=bool(on_list)),
        "history": shown.history(card.history, card.notes, settings),
        "notes": [shown.note_of(note) for note in card.notes],
        "script": script_of(card, settings, rep),
        "dispositions": facts.dispositions(settings),
        "disposition_required": settings.disposition_required,
        "call_back": {
            "max_days": settings.callback_max_days,
            "grace_seconds": settings.callback_grace_s,
        },
        "callback": shown.callback_of(card, show, rep.id, now),
    }  # fmt: skip


def lead_of(card: LeadCard, settings: CampaignSettings, number: str, now: float) -> dict[str, Any]:
    lead = card.lead
    return {
        "id": lead.id,
        "name": lead.name,
        "language": lead.language,
        "timezone": lead.timezone,
        "local_time": facts.local_time(lead.timezone, number, now),
        "fields": dict(lead.custom),
        "editable": facts.editable(lead.custom, settings),
        "owner": lead.owner,
        "owner_name": card.owner_name,
        "state": lead.state.value,
    }


def script_of(card: LeadCard, settings: CampaignSettings, rep: Agent) -> dict[str, Any] | None:
    """In the lead's language if there is one, else the campaign's."""
    found = rendering.choose(dict(settings.script), card.lead.language, settings.language)
    if found is None:
        return None
    language, text = found
    fields = {
        "company": settings.company,
        "campaign": settings.title,
        **card.lead.custom,
        "name": card.lead.name,
        "agent": rep.name,
    }
    made: dict[str, Any] = msgspec.to_builtins(rendering.parse(text, language, fields))
    return made
