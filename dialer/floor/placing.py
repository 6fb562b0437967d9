"""How many calls to place is pacing's; whose lead is next is decided here."""

from __future__ import annotations

from collections import deque

from msgspec.structs import replace

from dialer.floor.commands import BringLeads, GiveBack, HangUp, Place
from dialer.floor.events import CampaignRemoved, CampaignSet, DialingEnded, LeadsOffered, Offer
from dialer.floor.rules import CampaignRules
from dialer.floor.state import Attempt, Campaign, Floor
from dialer.words import Phase

#: The hopper holds at least this many leads.
HOPPER_LEAST = 20
#: Where leads are shown to reps first, so few will do.
PREVIEW_LEAST = 4
#: Of its calls in progress a campaign keeps this share ready as leads: with rings of 15 s about
#: four seconds' worth, which outlasts a slow look into the store.
HOPPER_SHARE = 0.25
#: A list that had nothing due is asked again after this time.
EMPTY_WAIT_S = 5.0
#: After calls that could not be placed a campaign rests, first so long, then twice as long each
#: time: a full trunk or a store that is away must not be asked fifty times a second.
FIRST_REST_S, LONGEST_REST_S = 0.25, 5.0
#: So many leads refused in a row are no chance: the whole list may not be called now.
REFUSALS_IN_A_ROW = 20
#: Weight 0: only when no other campaign has a lead.
LEAST_WEIGHT = 1e-6


def ask(floor: Floor) -> None:
    """Ask the pacer when its time has come, place what it wishes and cancel what it gives up."""
    if floor.now < floor.next_ask():
        return
    floor.last_ask, floor.ask_soon = floor.now, False
    floor.ask_at = floor.now + floor.rules.ask_every
    if floor.not_now:
        return
    wish = floor.pacer.calls_to_place(floor.now)
    if wish:
        floor.seen = floor.pacer.seen()
        _place_wish(floor, wish)
    for call in floor.pacer.calls_to_cancel(floor.now):
        cancel(floor, floor.attempts.get(call))
    refill(floor, wish)
    again = max(floor.pacer.ask_again_at(), floor.now + floor.ask_gap_s)
    floor.ask_at = min(floor.ask_at, again)


def _place_wish(floor: Floor, wish: int) -> None:
    """As many as pacing wishes; a campaign near its own limit yields to the others."""
    able = [c for c in floor.campaigns.values() if _may_place(floor, c)]
    room = {c.campaign: wish for c in able}
    if len(able) > 1:
        # Asked before anything is placed: every call placed would make the answer anew.
        room = {name: floor.pacer.share(floor.now, name) for name in room}
    for _ in range(wish):
        able = [c for c in able if c.hopper and room[c.campaign] > 0]
        if not able:
            return
        campaign = min(able, key=lambda c: c.share)
        campaign.share += 1.0 / max(campaign.rules.weight, LEAST_WEIGHT)
        room[campaign.campaign] -= 1
        _place(floor, campaign, campaign.hopper.popleft())


def _may_place(floor: Floor, campaign: Campaign) -> bool:
    rules = campaign.rules
    able = rules.running and rules.mode == "auto" and floor.now >= campaign.rest_until
    return able and bool(campaign.hopper)


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
        sticky=offer.sticky,
        needs=offer.needs,
        mode=offer.mode,
    )
    take_in(floor, attempt)
    floor.out.append(Place(attempt.attempt, attempt.lead, attempt.campaign, mode=attempt.mode))


def take_in(floor: Floor, attempt: Attempt) -> None:
    """From here on the attempt is this floor's to end."""
    floor.attempts[attempt.attempt] = attempt
    floor.campaigns[attempt.campaign].live += 1
    if attempt.bound is None:
        # Who answers a call of one rep's needs no other rep, so pacing has no business with it.
        floor.unsettled[attempt.attempt] = attempt.number
        floor.pacer.placed(floor.now, attempt.attempt, attempt.group)


def cancel(floor: Floor, attempt: Attempt | None) -> None:
    """Give up a call that still rings. If it is answered in this very moment it is treated as
    answered.
    """
    if attempt is not None and attempt.phase is Phase.RINGING and not attempt.cancelled:
        attempt.cancelled = True
        floor.out.append(HangUp(attempt.attempt))


def dialing_ended(floor: Floor, event: DialingEnded) -> None:
    """Calls answered from now on would find no engine: they are not left to ring."""
    for attempt in floor.attempts.values():
        if attempt.phase in {Phase.DIALING, Phase.RINGING} and not attempt.cancelled:
            attempt.cancelled = True
            floor.out.append(HangUp(attempt.attempt))


# --- calls that could not be placed ---------------------------------------------------------------


def rest(floor: Floor, campaign: Campaign) -> None:
    """Try nothing for a while. Failures of one burst count once."""
    if floor.now >= campaign.rest_until:
        campaign.rest_s = min(LONGEST_REST_S, max(FIRST_REST_S, 2.0 * campaign.rest_s))
        campaign.rest_until = floor.now + campaign.rest_s


def count_refusal(floor: Floor, campaign: Campaign) -> None:
    """One lead that may not be called is nothing; a row of them is."""
    campaign.refused += 1
    if campaign.refused >= REFUSALS_IN_A_ROW:
        rest(floor, campaign)


def goes_well(campaign: Campaign) -> None:
    campaign.refused, campaign.rest_s = 0, 0.0


# --- leads ----------------------------------------------------------------------------------------


def refill(floor: Floor, wish: int) -> None:
    for campaign in floor.campaigns.values():
        due = floor.now >= campaign.bring_at and not campaign.bringing
        if not (due and campaign.rules.running) or campaign.rules.mode == "manual":
            continue
        least = _least(floor, campaign, wish)
        short = least - len(campaign.hopper)
        if short > least // 2:
            campaign.bringing = True
            floor.out.append(BringLeads(campaign.campaign, short))


def _least(floor: Floor, campaign: Campaign, wish: int) -> int:
    """Leads to keep at hand. Those that are shown first go one by one, and grow stale."""
    if campaign.rules.mode == "preview":
        return max(PREVIEW_LEAST, 2 * len(floor.free))
    return max(HOPPER_LEAST, 2 * wish, int(HOPPER_SHARE * campaign.live))


def leads_offered(floor: Floor, event: LeadsOffered) -> None:
    campaign = floor.campaigns.get(event.campaign)
    if campaign is not None:
        campaign.bringing = False
    if campaign is None or not campaign.rules.running:
        give_back(floor, event.campaign, event.offers)
    elif event.offers:
        if campaign.is_dry:
            _draw_level(floor, campaign)
        campaign.is_dry = False
        campaign.hopper.extend(event.offers)
        floor.ask_soon = True
    else:
        campaign.is_dry = not campaign.hopper
        campaign.bring_at = floor.now + EMPTY_WAIT_S


def give_back(floor: Floor, campaign: str, offers: list[Offer]) -> None:
    if offers:
        floor.out.append(GiveBack(campaign, [offer.lead for offer in offers]))


# --- campaigns ------------------------------------------------------------------------------------


def campaign_set(floor: Floor, event: CampaignSet) -> None:
    campaign = floor.campaigns.get(event.campaign)
    if campaign is None:
        campaign = floor.campaigns[event.campaign] = Campaign(event.campaign, CampaignRules())
    was_running = campaign.rules.running
    campaign.rules, campaign.removed = event.rules, False
    if event.rules.running and not was_running:
        campaign.bring_at, campaign.rest_until, campaign.rest_s = floor.now, floor.now, 0.0
        _draw_level(floor, campaign)
        floor.ask_soon = True
    elif was_running and not event.rules.running:
        _empty(floor, campaign)
    if not event.rules.running or event.rules.mode == "auto":
        floor.previewing.pop(event.campaign, None)
    else:
        floor.previewing[event.campaign] = None


def campaign_removed(floor: Floor, event: CampaignRemoved) -> None:
    """Its attempts still need its rules: it goes when the last of them has ended."""
    campaign = floor.campaigns.get(event.campaign)
    if campaign is None:
        return
    _empty(floor, campaign)
    stop_campaign(campaign)
    floor.previewing.pop(event.campaign, None)
    if not campaign.live:
        del floor.campaigns[event.campaign]


def stop_campaign(campaign: Campaign) -> None:
    """Kept only for its calls: it places none."""
    campaign.removed = True
    campaign.rules = replace(campaign.rules, running=False)


def _draw_level(floor: Floor, campaign: Campaign) -> None:
    # A campaign that was away, or had nobody to call, starts level with the one that is furthest
    # behind: it has no arrears to dial off.
    others = [c.share for c in floor.campaigns.values() if c.rules.running and c is not campaign]
    campaign.share = max(campaign.share, min(others)) if others else campaign.share


def _empty(floor: Floor, campaign: Campaign) -> None:
    give_back(floor, campaign.campaign, list(campaign.hopper))
    campaign.hopper = deque()
