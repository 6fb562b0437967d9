"""Leads and calls that are one rep's from the start: shown first, dialed by hand, called back.

The rep is kept for the call before it is placed, so nobody who answers waits for one. For the pacer
such a rep is paused until the call is written up, and such a call does not exist.
"""

from __future__ import annotations

from dialer.floor import agent_moves, placing
from dialer.floor.choice import may_take
from dialer.floor.commands import HangUp, NoteMishap, Place, SkipLead
from dialer.floor.events import (
    AgentEvent,
    CallbackDue,
    CallbackOffered,
    DialAsked,
    LogoutAsked,
    PauseAsked,
    PreviewSkipped,
)
from dialer.floor.state import Agent, Attempt, Bound, Campaign, Floor
from dialer.words import AgentState, CallMode, MishapSlug, Phase, Phone

#: Why a lead was passed over when nobody did it by hand.
TIME_IS_OVER = "time-is-over"
_UNANSWERED = frozenset({Phase.PLACING, Phase.DIALING, Phase.RINGING})


# --- wishes ---------------------------------------------------------------------------------------


def may_dial(floor: Floor, agent: Agent, event: DialAsked) -> str:
    """Why not; "" if they may."""
    campaign = floor.campaigns.get(event.campaign)
    if campaign is None or not campaign.rules.running:
        return "the campaign does not run"
    if floor.not_now:
        return floor.not_now
    if agent.phone is not Phone.PARKED or agent.aside:
        return "the phone is not there"
    return "a dialed call comes next already" if agent.wanted == "dial" else ""


def dial_asked(floor: Floor, agent: Agent, event: DialAsked) -> None:
    """At once where no call that rings may need them; from a pause they return to it."""
    bound = Bound(event.campaign, event.offer, "manual")
    if agent.state is AgentState.READY:
        queue(floor, agent, bound, first=True)
        return
    if agent.state is AgentState.PREVIEW:
        put_away(floor, agent)
    else:
        agent_moves.ask_to_leave_after(floor, agent, agent.reason)
    dial(floor, agent, bound)


def callback_due(floor: Floor, agent: Agent, event: CallbackDue) -> None:
    """It waits until they are free, and goes back when its time is over before."""
    bound = Bound(event.campaign, event.offer, "callback", event.until)
    if agent.state is AgentState.OUT or not _runs(floor, bound):
        placing.give_back(floor, event.campaign, [event.offer])
    else:
        queue(floor, agent, bound)


def callback_offered(floor: Floor, event: CallbackOffered) -> None:
    """Anyone's: before all others of its campaign."""
    campaign = floor.campaigns.get(event.campaign)
    if campaign is None or not campaign.rules.running:
        placing.give_back(floor, event.campaign, [event.offer])
        return
    campaign.hopper.appendleft(event.offer)
    floor.ask_soon = True


def queue(floor: Floor, agent: Agent, bound: Bound, *, first: bool = False) -> None:
    agent.queue.insert(0 if first else len(agent.queue), bound)
    floor.queued[agent.agent] = None
    _watch_queue(floor, agent)
    agent_moves.report_agent(floor, agent)


def _watch_queue(floor: Floor, agent: Agent) -> None:
    ends = [bound.until for bound in agent.queue if bound.until is not None]
    agent.queue_at = floor.timer(min(ends), "queue", agent.agent) if ends else None


def queue_is_over(floor: Floor, agent: Agent) -> None:
    """What could not be called in its time goes to others."""
    over = [b for b in agent.queue if b.until is not None and b.until <= floor.now]
    _unqueue(floor, agent, over)
    agent_moves.report_agent(floor, agent)


def _unqueue(floor: Floor, agent: Agent, gone: list[Bound]) -> None:
    agent.queue = [bound for bound in agent.queue if bound not in gone]
    for bound in gone:
        placing.give_back(floor, bound.campaign, [bound.offer])
    if not agent.queue:
        floor.queued.pop(agent.agent, None)
        agent.wanted_after = None
    _watch_queue(floor, agent)


# --- taking them up -------------------------------------------------------------------------------


def go_on(floor: Floor) -> None:
    """Give reps who are free, and whom no call that rings may need, what is theirs."""
    for name in list(floor.queued):
        if floor.agents[name].state is AgentState.OUT:
            _unqueue(floor, floor.agents[name], list(floor.agents[name].queue))
    if not floor.free or floor.not_now:
        return
    for name in list(floor.queued):
        agent = floor.agents[name]
        if _awaits_own(floor, agent):
            continue
        if name in floor.free and not agent.leave and _is_spare(floor, agent):
            bound = agent.queue.pop(0)
            _unqueue(floor, agent, [])
            _take_up(floor, agent, bound)
    for name in floor.previewing:
        _show_some(floor, floor.campaigns[name])


def _awaits_own(floor: Floor, agent: Agent) -> bool:
    """A call that was theirs before a restart rings still, or its callee waits: they are kept free
    for whoever answers.
    """
    attempt = floor.attempts.get(floor.owed.get(agent.agent, ""))
    if attempt is not None and attempt.agent is None:
        return True
    floor.owed.pop(agent.agent, None)
    return False


def _is_spare(floor: Floor, agent: Agent) -> bool:
    """As with a wish to leave: what was placed till then may still need them."""
    if agent.wanted_after is None:
        agent.wanted_after = floor.counted
        if floor.unsettled:
            floor.pacer.leaving(floor.now, agent.agent)
    oldest = next(iter(floor.unsettled.values()), None)
    owed = oldest is not None and oldest <= agent.wanted_after
    return not (owed and floor.rules.leave_when_settled)


def _take_up(floor: Floor, agent: Agent, bound: Bound) -> None:
    if bound.mode != "manual" and floor.campaigns[bound.campaign].rules.mode == "preview":
        _show(floor, agent, bound)
    else:
        dial(floor, agent, bound)


def _runs(floor: Floor, bound: Bound) -> bool:
    campaign = floor.campaigns.get(bound.campaign)
    return campaign is not None and campaign.rules.running


# --- a lead is shown ------------------------------------------------------------------------------


def _show_some(floor: Floor, campaign: Campaign) -> None:
    """To the reps who are free: the lead's own first, then whoever waits longest."""
    if floor.now < campaign.rest_until:
        return
    while campaign.hopper:
        offer = campaign.hopper[0]
        able = (floor.agents[name] for name in _in_order(floor, offer.sticky))
        needs = {**campaign.rules.needs, **offer.needs}
        agent = next((a for a in able if _may_be_shown(floor, campaign, needs, a)), None)
        if agent is None:
            return
        campaign.hopper.popleft()
        floor.ask_soon = True
        mode: CallMode = "callback" if offer.mode == "callback" else "preview"
        _show(floor, agent, Bound(campaign.campaign, offer, mode))


def _in_order(floor: Floor, sticky: str | None) -> list[str]:
    names = list(floor.free)
    return names if sticky not in floor.free else [sticky, *(n for n in names if n != sticky)]


def _may_be_shown(floor: Floor, campaign: Campaign, needs: dict[str, int], agent: Agent) -> bool:
    if agent.leave or agent.queue or _awaits_own(floor, agent):
        return False
    if not may_take(floor, campaign, needs, agent.agent):
        return False
    return _is_spare(floor, agent)


def _show(floor: Floor, agent: Agent, bound: Bound) -> None:
    limit = floor.campaigns[bound.campaign].rules.preview_limit
    agent.preview, agent.wanted_after = bound, None
    agent.preview_ends = floor.timer(floor.now + limit, "preview", agent.agent)
    agent_moves.move_agent(floor, agent, AgentState.PREVIEW)


def preview_is_over(floor: Floor, agent: Agent) -> None:
    bound = agent.preview
    assert bound is not None
    campaign = floor.campaigns.get(bound.campaign)
    then = campaign.rules.preview_at_end if campaign is not None else "skip"
    if then == "dial" and agent.phone is Phone.PARKED and _runs(floor, bound):
        dial_shown(floor, agent, None)
    elif then == "pause":
        put_away(floor, agent)
        agent_moves.pause(floor, agent, TIME_IS_OVER)
    else:
        _skip(floor, agent, TIME_IS_OVER)


def may_dial_shown(floor: Floor, agent: Agent, event: AgentEvent) -> str:
    if floor.not_now:
        return floor.not_now
    return "" if agent.phone is Phone.PARKED and not agent.aside else "the phone is not there"


def dial_shown(floor: Floor, agent: Agent, event: AgentEvent | None) -> None:
    bound = agent.preview
    assert bound is not None
    agent.preview = agent.preview_ends = None
    dial(floor, agent, bound)


def skip_asked(floor: Floor, agent: Agent, event: PreviewSkipped) -> None:
    _skip(floor, agent, event.reason)


def _skip(floor: Floor, agent: Agent, reason: str) -> None:
    bound = agent.preview
    assert bound is not None
    agent.preview = agent.preview_ends = None
    offer = bound.offer
    floor.out.append(SkipLead(offer.attempt, offer.lead, bound.campaign, agent.agent, reason))
    _free_again(floor, agent)


def pause_in_preview(floor: Floor, agent: Agent, event: PauseAsked) -> None:
    put_away(floor, agent)
    agent_moves.pause(floor, agent, event.reason)


def log_out_in_preview(floor: Floor, agent: Agent, event: LogoutAsked) -> None:
    put_away(floor, agent)
    agent_moves.log_out(floor, agent)


def put_away(floor: Floor, agent: Agent) -> None:
    """The lead that is shown goes back as it was."""
    bound, agent.preview, agent.preview_ends = agent.preview, None, None
    if bound is not None:
        placing.give_back(floor, bound.campaign, [bound.offer])


def campaign_ended(floor: Floor, campaign: str) -> None:
    """It places nothing more: what is shown or waits goes back."""
    for agent in floor.agents.values():
        of_it = [bound for bound in agent.queue if bound.campaign == campaign]
        if of_it:
            _unqueue(floor, agent, of_it)
        if agent.preview is not None and agent.preview.campaign == campaign:
            put_away(floor, agent)
            _free_again(floor, agent)


# --- a call for one rep ---------------------------------------------------------------------------


def dial(floor: Floor, agent: Agent, bound: Bound) -> None:
    """The rep is kept, then the call is placed."""
    offer = bound.offer
    floor.counted += 1
    attempt = Attempt(
        attempt=offer.attempt,
        lead=offer.lead,
        campaign=bound.campaign,
        group=offer.group or bound.campaign,
        number=floor.counted,
        phase=Phase.PLACING,
        placed_at=floor.now,
        sticky=agent.agent,
        needs=offer.needs,
        mode=bound.mode,
        bound=agent.agent,
        agent=agent.agent,
        told="settled",
    )
    placing.take_in(floor, attempt)
    agent.attempt, agent.wanted_after = attempt.attempt, None
    agent.last_attempt, agent.last_outcome = None, ""
    agent_moves.move_agent(floor, agent, AgentState.DIALING)
    floor.out.append(
        Place(attempt.attempt, attempt.lead, attempt.campaign, agent.agent, bound.mode)
    )


def is_kept(floor: Floor, attempt: Attempt) -> Agent | None:
    """The rep for whom this call was placed, who still waits for it."""
    agent = floor.agents.get(attempt.bound or "")
    if agent is None or agent.state is not AgentState.DIALING:
        return None
    is_there = agent.phone is Phone.PARKED and not agent.aside
    return agent if agent.attempt == attempt.attempt and is_there else None


def came_to_nothing(floor: Floor, agent: Agent, attempt: Attempt, outcome: str) -> None:
    """Nobody was reached: the rep hears why, and goes on."""
    agent.last_attempt, agent.last_outcome = attempt.attempt, outcome
    attempt.agent = None
    _free_again(floor, agent)


def _free_again(floor: Floor, agent: Agent) -> None:
    agent_moves.make_ready(floor, agent)
    agent_moves.leave_if_settled(floor, agent)


def give_up(floor: Floor, agent: Agent, event: AgentEvent) -> None:
    """The rep hangs up while it rings."""
    attempt = floor.attempts[agent.attempt or ""]
    attempt.ending_by = "agent"
    _end(floor, attempt)


def phone_lost(floor: Floor, agent: Agent) -> None:
    """Without the rep's phone nobody is called. Who has answered already goes to another rep."""
    attempt = floor.attempts[agent.attempt or ""]
    if attempt.phase in _UNANSWERED:
        attempt.ending_by = "dialer"
        _end(floor, attempt)
        agent.last_attempt, agent.last_outcome = attempt.attempt, "cancelled"
    attempt.agent = None
    note(floor, agent, attempt, "phone-lost")
    agent_moves.release(floor, agent)


def interrupted(floor: Floor, agent: Agent, attempt: Attempt) -> None:
    """The switch has put them into another conversation than they were kept for."""
    put_away(floor, agent)
    own = floor.attempts.get(agent.attempt or "")
    if agent.state is AgentState.DIALING and own is not None and own is not attempt:
        own.agent, own.ending_by = None, "dialer"
        _end(floor, own)


def _end(floor: Floor, attempt: Attempt) -> None:
    """What is not sent yet is ended as soon as it is."""
    if attempt.phase in _UNANSWERED:
        attempt.cancelled = True
    if attempt.phase is not Phase.PLACING:
        floor.out.append(HangUp(attempt.attempt))


def is_given_up(floor: Floor, attempt: Attempt) -> None:
    """It was given up before it was sent, and has been sent since."""
    if attempt.bound is not None and attempt.cancelled:
        floor.out.append(HangUp(attempt.attempt))


# --- what went wrong ------------------------------------------------------------------------------


def note(floor: Floor, agent: Agent, attempt: Attempt, slug: MishapSlug, **figures: float) -> None:
    """Why a call that was a rep's was missed or lost, for the rep to read."""
    floor.out.append(NoteMishap(attempt.attempt, agent.agent, slug, floor.now, figures))


def note_missed(floor: Floor, agent: Agent, attempt: Attempt) -> None:
    """The callee went while the two were being connected."""
    reserved_at, answered_at = attempt.reserved_at, attempt.answered_at
    assert reserved_at is not None
    assert answered_at is not None
    figures = {
        "reserved_seconds": max(0.0, floor.now - reserved_at),
        "waited_seconds": max(0.0, floor.now - answered_at),
    }
    note(floor, agent, attempt, "callee-gone", **figures)
