"""A call card: one read of the store, one of the do-not-call list, the rest is settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from dialer.api.answers import masked
from dialer.api.auth import Caller
from dialer.api.desk import facts, script
from dialer.api.errors import ProblemError
from dialer.ports.control import DeskView
from dialer.ports.desk import LeadCard, Note, PastCall
from dialer.ports.store import Agent
from dialer.settings.campaigns import CampaignSettings

#: Calls of the past on a card; what is older is in the lead's own page.
HISTORY = 30


def numbers_for(caller: Caller) -> Callable[[str], str]:
    """A number as this caller may see it."""
    return (lambda number: number) if caller.grant.may("numbers.read") else masked


def no_call(rep: Agent) -> ProblemError:
    return ProblemError(404, "no-such-call", f"{rep.name} has no call")


async def call_card(caller: Caller, rep: Agent, desk: DeskView) -> dict[str, Any]:
    """What is before this rep. Raises ProblemError when the lead is gone."""
    context = caller.context
    card = await context.store.desk.card(desk.lead, desk.attempt, limit=HISTORY)
    if card is None:
        raise no_call(rep)
    now, show = context.clock.now(), numbers_for(caller)
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
        "badges": badges(card, settings, is_dnc=bool(on_list)),
        "history": history(card.history, card.notes, settings),
        "notes": [note_of(note) for note in card.notes],
        "script": script_of(card, settings, rep),
        "dispositions": facts.dispositions(settings),
        "disposition_required": settings.disposition_required,
        "call_back": {
            "max_days": settings.callback_max_days,
            "grace_seconds": settings.callback_grace_s,
        },
        "callback": callback_of(card, show, rep.id, now),
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


def badges(card: LeadCard, settings: CampaignSettings, *, is_dnc: bool) -> dict[str, Any]:
    is_dnc = is_dnc or card.lead.state.value == "dnc"
    return {"consent": facts.consent(card.lead.custom, settings.consent_field), "dnc": is_dnc}


def history(
    calls: Sequence[PastCall], notes: Sequence[Note], settings: CampaignSettings
) -> list[dict[str, Any]]:
    """Past calls with what was noted in each."""
    said: dict[str, list[str]] = {}
    for note in reversed(notes):
        if note.attempt_id is not None and note.kind == "note":
            said.setdefault(note.attempt_id, []).append(note.text)
    titles = facts.titles(settings)
    return [_past(call, titles, said.get(call.attempt_id)) for call in calls]


def _past(
    call: PastCall, titles: Mapping[str, Mapping[str, Any]], said: list[str] | None
) -> dict[str, Any]:
    title = titles.get(call.disposition or "", {})
    return {
        "attempt": call.attempt_id,
        "at": call.placed_at,
        "mode": call.mode,
        "outcome": call.outcome,
        "disposition": call.disposition,
        "title": title.get("title"),
        "title_zh": title.get("title_zh"),
        "agent": call.agent,
        "agent_name": call.agent_name,
        "talk_seconds": call.talk_seconds,
        "note": "\n".join(said) if said else None,
    }


def note_of(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "at": note.at,
        "who": note.who,
        "text": note.text,
        "attempt": note.attempt_id,
        "kind": note.kind,
    }


def script_of(card: LeadCard, settings: CampaignSettings, rep: Agent) -> dict[str, Any] | None:
    """In the lead's language if there is one, else the campaign's."""
    found = script.choose(dict(settings.script), card.lead.language, settings.language)
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
    made: dict[str, Any] = msgspec.to_builtins(script.parse(text, language, fields))
    return made


def callback_of(
    card: LeadCard, show: Callable[[str], str], agent: str, now: float
) -> dict[str, Any] | None:
    if card.callback is None:
        return None
    number = next((n.number for n in card.lead.numbers if not n.dead), "")
    return facts.callback_of(
        card.callback,
        campaign=card.campaign,
        lead_name=card.lead.name,
        timezone=card.lead.timezone,
        number=number,
        shown_number=show(number) if number else "",
        agent=agent,
        now=now,
    )
