"""Which numbers a rep may dial by hand."""

from __future__ import annotations

from dialer.engine.costly import is_costly
from dialer.kit.auth import Caller
from dialer.kit.errors import Kind, Refused, bad_request, not_found
from dialer.kit.scope import OfAgent, is_seen, whole
from dialer.leads.numbers import NumberReader
from dialer.settings.campaigns import CampaignSettings


@whole("whoever keeps the number: nobody else may dial it")
async def dialable(caller: Caller, campaign: str, said: str) -> str:
    """A number as people write it, as E.164. Raises Refused.

    Where the campaign does not let reps dial any number, it must be on one of its lists.
    """
    context = caller.context
    found = await context.store.campaigns.known(campaign, await caller.scope())
    if found is None:
        raise not_found("campaign", campaign)
    settings = context.settings().campaign.get(campaign, CampaignSettings())
    number, why = NumberReader(settings.region or None).read(said)
    if not number:
        raise bad_request("invalid-number", why)
    if settings.dial_numbers and is_costly(number):
        raise bad_request("costly-number", "a number that costs more than a call is not dialed")
    lead = await context.store.leads.find(found.id, number)
    if lead is not None and lead.owner and not is_seen(OfAgent(lead.owner), await caller.reach()):
        # By its id nobody else's lead can be dialed either, and a call shows all of it.
        raise Refused(Kind.CONFLICT, "others-lead", "this number is the lead of somebody else")
    if not settings.dial_numbers and lead is None:
        raise Refused(
            Kind.CONFLICT,
            "not-on-a-list",
            "this number is on no list of the campaign, and it dials no other",
        )
    return number
