"""What every screen shows of a lead: past calls, notes, badges, the callback to come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dialer.features.leads import facts
from dialer.kit.answers import masked
from dialer.kit.auth import Caller
from dialer.ports.desk import LeadCard, Note, PastCall
from dialer.settings.campaigns import CampaignSettings


def numbers_for(caller: Caller) -> Callable[[str], str]:
    """A number as this caller may see it."""
    return (lambda number: number) if caller.grant.may("numbers.read") else masked


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
