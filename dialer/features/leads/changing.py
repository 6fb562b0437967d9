"""A lead corrected by hand, by one of several who may be at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialer.compliance.zonewords import place_meant
from dialer.features.leads import facts
from dialer.features.leads.schemas import LeadChange, LeadSeen, NumberSaid
from dialer.features.leads.seen import SeenLead
from dialer.kit.auth import Caller
from dialer.kit.errors import bad_request, conflict, forbidden
from dialer.leads.numbers import NumberReader
from dialer.ports.desk import ChangedSinceError, LeadEdit, Seen
from dialer.ports.store import (
    AlreadyExistsError,
    Lead,
    LeadNext,
    LeadNumber,
)
from dialer.settings.campaigns import CampaignSettings
from dialer.words import LeadState
from dialer.zonedata import UnknownZoneError

#: So many columns a list may have, and a person add.
MAX_FIELDS = 100


async def change(caller: Caller, seen: SeenLead, said: LeadChange) -> None:
    """Raises Refused, and changes nothing, where one field may not be changed."""
    name = seen.campaign.name
    settings = caller.context.settings().campaign.get(name, CampaignSettings())
    lead = seen.card.lead
    _must_be_allowed(caller, lead, said, settings)
    if said.timezone:
        said = said.model_copy(update={"timezone": _zone_meant(said.timezone, lead)})
    if len({*lead.custom, *said.fields}) > MAX_FIELDS:
        raise bad_request("too-many-fields", f"a lead has at most {MAX_FIELDS} fields")
    edit = LeadEdit(
        name=said.name,
        language=said.language,
        timezone=said.timezone,
        custom=said.fields,
        priority=said.priority,
        numbers=await _numbers(caller, said.numbers, settings),
        seen=_seen(said.seen),
    )
    await _write(caller, lead, edit)
    await _note(caller, lead, said)


async def _write(caller: Caller, lead: Lead, edit: LeadEdit) -> None:
    try:
        await caller.context.store.leads.edit(lead.id, edit)
    except ChangedSinceError as error:
        raise conflict("stale", str(error)) from None
    except AlreadyExistsError as error:
        fault = f"another lead of the campaign has the number {error}"
        raise bad_request("number-taken", fault, [f"numbers: {fault}"], number=str(error)) from None


async def _note(caller: Caller, lead: Lead, said: LeadChange) -> None:
    plain = said.model_dump(exclude_none=True, exclude={"fields", "seen", "numbers"})
    was: Mapping[str, Any] = {key: getattr(lead, key) for key in plain}
    before: dict[str, Any] = {**was, "fields": {key: lead.custom.get(key) for key in said.fields}}
    after: dict[str, Any] = {**plain, "fields": said.fields}
    if said.numbers is not None:
        before["numbers"] = [n.number for n in lead.numbers]
        after["numbers"] = [n.number for n in said.numbers]
    await caller.note("lead.edit", lead.id, before=before, after=after)


def _must_be_allowed(
    caller: Caller, lead: Lead, said: LeadChange, settings: CampaignSettings
) -> None:
    """Raises Refused."""
    may = caller.grant.may
    if not may("leads.import"):
        _only_editable(lead, said, settings)
    if said.priority is not None and not may("leads.manage"):
        raise forbidden("not-editable", "'priority' is not yours to change")
    if said.numbers is not None and not (may("leads.manage") and may("numbers.read")):
        raise forbidden("not-editable", "'numbers' is not yours to change")


def _only_editable(lead: Lead, said: LeadChange, settings: CampaignSettings) -> None:
    """Hours to call in follow the time zone, and consent is a proof: not for a rep to set."""
    allowed = facts.editable({**lead.custom, **said.fields}, settings)
    wrong = [key for key in said.fields if key not in allowed]
    wrong += ["timezone"] if said.timezone is not None else []
    if wrong:
        raise forbidden("not-editable", f"{wrong[0]!r} is not yours to change")


def _zone_meant(word: str, lead: Lead) -> str:
    try:
        return place_meant(word, lead.numbers[0].number)
    except UnknownZoneError as error:
        raise bad_request("invalid-timezone", str(error), [f"timezone: {error}"]) from None


async def _numbers(
    caller: Caller, said: list[NumberSaid] | None, settings: CampaignSettings
) -> list[LeadNumber] | None:
    """As they are dialed. Raises Refused."""
    if said is None:
        return None
    reader = NumberReader(settings.region or None)
    found = [(it, *reader.read(it.number)) for it in said]
    faults = [f"numbers: {reason}" for _, _, reason in found if reason]
    if faults:
        raise bad_request("invalid-number", faults[0].removeprefix("numbers: "), faults)
    numbers = [
        LeadNumber(number, it.kind.strip(), dead=it.dead, extension=it.extension)
        for it, number, _ in found
    ]
    await _must_be_free(caller, numbers)
    return numbers


async def _must_be_free(caller: Caller, numbers: list[LeadNumber]) -> None:
    """Each once, and of nobody who asked to be erased. Raises Refused."""
    only = [n.number for n in numbers]
    if len(set(only)) < len(only):
        raise bad_request("number-twice", "a number stands there twice", ["numbers: twice"])
    if erased := sorted(await caller.context.store.people.erased(only)):
        fault = f"{erased[0]} was erased at this person's wish"
        raise bad_request("number-erased", fault, [f"numbers: {fault}"])


def _seen(said: LeadSeen | None) -> Seen | None:
    if said is None:
        return None
    numbers = said.numbers
    return Seen(
        name=said.name,
        language=said.language,
        timezone=said.timezone,
        priority=said.priority,
        custom=said.fields,
        numbers=None
        if numbers is None
        else [(n.number, n.kind, n.extension, n.dead) for n in numbers],
    )


async def again(caller: Caller, seen: SeenLead) -> None:
    """A lead that is over goes back to dialing. Raises Refused."""
    lead, context = seen.card.lead, caller.context
    if lead.state is LeadState.DNC:
        raise conflict("lead-unwanted", "this person asked not to be called")
    if all(n.dead for n in lead.numbers):
        raise conflict("no-number-left", "none of its numbers works: correct one first")
    next_ = LeadNext(LeadState.RETRY if lead.attempts else LeadState.NEW, context.clock.now())
    if not await context.store.leads.set_next(lead.id, next_):
        raise conflict("lead-in-call", "the lead is in a call")
    await caller.note("lead.again", lead.id, before={"state": lead.state.value})
