"""How many calls to place is pacing's; whose lead is next is decided here."""

from __future__ import annotations

from collections import deque

from dialer.floor.commands import BringLeads, GiveBack, HangUp, Place
from dialer.floor.events import CampaignRemoved, CampaignSet, LeadsOffered, Offer
from dialer.floor.state import MIN_ASK_GAP_S, Attempt, Campaign, Floor, Phase

#: The hopper holds at least this many leads, or what two asks may need, whichever is more.
HOPPER_LEAST = 20
#: A list that had nothing due is asked again after this time.
EMPTY_WAIT_S = 5.0


def ask(floor: Floor) -> None:
    """Ask the pacer when its time has come, place what it wishes and cancel what it gives up."""
    gap = MIN_ASK_GAP_S if floor.ask_soon else floor.rules.ask_every
    if floor.now < floor.last_ask + gap:
        return
    floor.last_ask, floor.ask_soon = floor.now, False
    if floor.switch_up:
        wish = floor.pacer.calls_to_place(floor.now)
        placed = sum(_place_next(floor) for _ in range(wish))
        for call in floor.pacer.calls_to_cancel(floor.now):
            cancel(floor, floor.attempts.get(call))
        refill(floor, max(HOPPER_LEAST, 2 * wish, 4 * placed))


def _place_next(floor: Floor) -> int:
    ready = [c for c in floor.campaigns.values() if c.rules.running and c.hopper]
    if not ready:
        return 0
    campaign = min(ready, key=lambda c: c.share)
    campaign.share += 1.0 / campaign.rules.weight
    _place(floor, campaign, campaign.hopper.popleft())
    return 1


def _place(floor: Floor, campaign: Campaign, offer: Offer) -> None:
    floor.counted += 1
    attempt = Attempt(
        attempt=offer.attempt,
        lead=offer.lead,
        campaign=campaign.campaign,
        group=offer.group or campaign.campaign,
        number=floor.counted,
        phase=Phase.PLACING,
        placed_at=floor.now,
        sticky=offer.sticky if campaign.rules.sticky else None,
        needs=offer.needs,
    )
    floor.attempts[attempt.attempt] = attempt
    floor.unsettled[attempt.attempt] = attempt.number
    floor.pacer.placed(floor.now, attempt.attempt, attempt.group)
    floor.out.append(Place(attempt.attempt, attempt.lead, attempt.campaign))


def cancel(floor: Floor, attempt: Attempt | None) -> None:
    """Give up a call that still rings. If it is answered in this very moment it is treated as
    answered.
    """
    if attempt is not None and attempt.phase is Phase.RINGING and not attempt.cancelled:
        attempt.cancelled = True
        floor.out.append(HangUp(attempt.attempt))


def refill(floor: Floor, least: int) -> None:
    for campaign in floor.campaigns.values():
        short = least - len(campaign.hopper)
        due = floor.now >= campaign.bring_at and not campaign.bringing
        if campaign.rules.running and due and short > least // 2:
            campaign.bringing = True
            floor.out.append(BringLeads(campaign.campaign, short))


def leads_offered(floor: Floor, event: LeadsOffered) -> None:
    campaign = floor.campaigns.get(event.campaign)
    if campaign is None or not campaign.rules.running:
        if event.offers:
            floor.out.append(GiveBack(event.campaign, [offer.lead for offer in event.offers]))
        if campaign is not None:
            campaign.bringing = False
        return
    campaign.bringing = False
    campaign.hopper.extend(event.offers)
    if event.offers:
        floor.ask_soon = True
    else:
        campaign.bring_at = floor.now + EMPTY_WAIT_S


def campaign_set(floor: Floor, event: CampaignSet) -> None:
    campaign = floor.campaigns.get(event.campaign)
    if campaign is None:
        campaign = floor.campaigns[event.campaign] = Campaign(event.campaign, event.rules)
        _join(floor, campaign)
        return
    was_running, campaign.rules = campaign.rules.running, event.rules
    if campaign.rules.running and not was_running:
        campaign.bring_at = floor.now
        _join(floor, campaign)
    elif was_running and not campaign.rules.running:
        _empty(floor, campaign)


def campaign_removed(floor: Floor, event: CampaignRemoved) -> None:
    """Its attempts still need its rules: it goes when the last of them has ended."""
    campaign = floor.campaigns.get(event.campaign)
    if campaign is not None:
        _empty(floor, campaign)
        if not any(a.campaign == event.campaign for a in floor.attempts.values()):
            del floor.campaigns[event.campaign]


def _join(floor: Floor, campaign: Campaign) -> None:
    # A campaign that was away starts level with the one that is furthest behind: it has no
    # arrears to dial off.
    others = [c.share for c in floor.campaigns.values() if c.rules.running and c is not campaign]
    campaign.share = min(others, default=0.0)
    floor.ask_soon = True


def _empty(floor: Floor, campaign: Campaign) -> None:
    if campaign.hopper:
        leads = [offer.lead for offer in campaign.hopper]
        floor.out.append(GiveBack(campaign.campaign, leads))
        campaign.hopper = deque()
