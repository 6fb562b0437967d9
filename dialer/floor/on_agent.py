"""What an event means for the rep it names, and for the phone that is theirs."""

from __future__ import annotations

import math
from typing import Literal

from dialer.floor import (
    agent_moves,
    attempt_moves,
    bound,
    conversation,
    on_talk,
    orders,
    waiting,
)
from dialer.floor.commands import HangUp, NoteMishap, PauseRecording, PressKeys
from dialer.floor.events import (
    AgentEvent,
    AgentRestored,
    Bridged,
    CallFinished,
    CallLeft,
    FinishingHinted,
    HangupAsked,
    KeysPressed,
    LegGone,
    LegOffHold,
    LegOnHold,
    LegParked,
    LoggedIn,
    PauseAsked,
    PhoneBack,
    RecordingAsked,
)
from dialer.floor.state import Agent, AgentState, Floor, Phase, Phone

#: A leg that ends so soon after its phone has registered was that phone's old one.
JUST_REGISTERED_S = 3.0
#: Of a rep at work who had asked to go after the call.
_LEAVES: dict[str, Literal["pause", "out"]] = {"pausing": "pause", "leaving": "out"}


def logged_in(floor: Floor, agent: Agent, event: LoggedIn) -> None:
    """Their phone is called once and stays on the line; they are paused until they say ready."""
    _profile(agent, event)
    agent.calls, agent.phone_tries = 0, 0
    agent_moves.forget_wrapup(agent)
    agent_moves.move_agent(floor, agent, AgentState.PAUSED, "login")
    agent_moves.call_phone(floor, agent)


def logged_in_again(floor: Floor, agent: Agent, event: LoggedIn) -> None:
    """Already on the floor: only what they may take can have changed."""
    _profile(agent, event)
    if agent.agent in floor.free:
        floor.free[agent.agent] = agent_moves.candidate(agent)
        floor.match_soon = True


def restored(floor: Floor, agent: Agent, event: AgentRestored) -> None:
    """As the store has them; where their phone really is, the switch tells next."""
    _profile(agent, event)
    if event.state in {"ready", "talking", "wrapup", *_LEAVES}:
        agent.resume = True
        agent_moves.move_agent(floor, agent, AgentState.PAUSED, "phone")
    else:
        # No switch tells whether a phone is on hold: what was known before is believed.
        agent.on_hold = agent.resume = event.reason == agent_moves.ON_HOLD
        agent_moves.move_agent(floor, agent, AgentState.PAUSED, event.reason)
        agent.since = min(event.since, floor.now) or agent.since
    if event.wrapup is not None:
        _write_up_again(floor, agent, event.wrapup)
    if event.state in _LEAVES:
        agent.leave, agent.leave_reason = _LEAVES[event.state], event.reason
        agent.leave_unsure, floor.leaving[agent.agent] = True, None
    if event.leg is None:
        agent_moves.call_phone(floor, agent)
    else:
        agent.leg = event.leg
        floor.legs[event.leg] = agent.agent
        agent_moves.set_phone(floor, agent, Phone.DOUBTED)


def _write_up_again(floor: Floor, agent: Agent, left: CallLeft) -> None:
    """With the whole time for it: how much was over when the engine died, nobody knows."""
    campaign = floor.campaigns.get(left.campaign)
    if campaign is None or campaign.rules.wrapup_limit <= 0:
        return
    if not agent.resume:
        agent_moves.ask_to_leave_after(floor, agent, agent.reason)
    agent.wrapup_of, agent.wrapup_lead = left.attempt, left.lead
    agent.wrapup_campaign, agent.wrapup_mode = left.campaign, left.mode
    agent_moves.move_agent(floor, agent, AgentState.WRAPUP)
    ends = floor.now + campaign.rules.wrapup_limit
    agent.wrapup_ends = floor.timer(ends, "wrapup", agent.agent)


def _profile(agent: Agent, event: LoggedIn | AgentRestored) -> None:
    agent.skills = dict(event.skills)
    agent.campaigns = None if event.campaigns is None else frozenset(event.campaigns)
    agent.weight = event.weight


def ready(floor: Floor, agent: Agent, event: AgentEvent) -> None:
    agent_moves.make_ready(floor, agent)


def stay(floor: Floor, agent: Agent, event: AgentEvent) -> None:
    """Ready asked while they work: whatever leave they had asked for is off.

    A pacer forgets a wish to leave when the rep becomes ready anew; until then it plans without
    them, which costs nothing but a little pace.
    """
    if not agent.leave:
        return
    agent_moves.forget_leave(floor, agent)
    if agent.state.public == "ready":
        floor.pacer.agent(floor.now, agent.agent, "paused")
        floor.pacer.agent(floor.now, agent.agent, "ready")
    agent_moves.report_agent(floor, agent)


def pause_now(floor: Floor, agent: Agent, event: PauseAsked) -> None:
    agent_moves.pause(floor, agent, event.reason)


def pause_later(floor: Floor, agent: Agent, event: PauseAsked) -> None:
    agent_moves.ask_to_leave(floor, agent, "pause", event.reason)


def log_out_now(floor: Floor, agent: Agent, event: AgentEvent) -> None:
    agent_moves.log_out(floor, agent)


def log_out_later(floor: Floor, agent: Agent, event: AgentEvent) -> None:
    agent_moves.ask_to_leave(floor, agent, "out", "")


def hang_up_callee(floor: Floor, agent: Agent, event: HangupAsked) -> None:
    """Who was only asked into a conversation leaves it to the others."""
    asked_into = conversation.party_of(floor, agent)
    if asked_into is not None:
        orders.drop_party(floor, asked_into)
        return
    attempt = floor.attempts[agent.attempt or ""]
    attempt.ending_by = "agent"
    floor.out.append(HangUp(attempt.attempt))


def note_disposition(floor: Floor, agent: Agent, event: CallFinished) -> None:
    """Said in mid-call: there will be no wrap-up to wait for."""
    agent.disposition, agent.call_back_at = event.disposition or "", event.call_back_at
    agent.call_back_owner = event.call_back_owner
    if event.then_pause and agent.leave != "out":
        agent_moves.ask_to_leave(floor, agent, "pause", "")


def finish(floor: Floor, agent: Agent, event: CallFinished) -> None:
    agent.disposition, agent.call_back_at = event.disposition, event.call_back_at
    agent.call_back_owner = event.call_back_owner
    if event.then_pause and not agent.leave:
        agent_moves.ask_to_leave(floor, agent, "pause", "")
    agent_moves.finish_wrapup(floor, agent)


def is_own(floor: Floor, agent: Agent, event: AgentEvent) -> str:
    return "" if conversation.own(floor, agent) is not None else "in somebody else's conversation"


def hears_somebody(floor: Floor, agent: Agent, event: KeysPressed) -> str:
    attempt = conversation.own(floor, agent)
    if attempt is None:
        return "in somebody else's conversation"
    with_party = attempt.party is not None and attempt.party.state == "talking"
    return "" if with_party or attempt.phase is Phase.TALKING else "nobody is there to hear it"


def press_keys(floor: Floor, agent: Agent, event: KeysPressed) -> None:
    """To whom the rep talks: the callee, or who was asked in."""
    if agent.leg is not None:
        floor.out.append(PressKeys(agent.leg, event.digits))


def is_recorded(floor: Floor, agent: Agent, event: RecordingAsked) -> str:
    attempt = conversation.own(floor, agent)
    if attempt is None:
        return "in somebody else's conversation"
    if not floor.switch_up:
        # Nobody may believe that a card's number is left out when it is not.
        return "no Asterisk can be reached"
    return "not recorded" if attempt.recording == "off" else ""


def record(floor: Floor, agent: Agent, event: RecordingAsked) -> None:
    """Said twice it is ordered twice: the switch may have missed the first."""
    attempt = floor.attempts[agent.attempt or ""]
    if event.paused:
        attempt.recording = "paused"
        attempt_moves.note_step(floor, attempt, "recording_paused", agent.agent)
        floor.out.append(PauseRecording(attempt.attempt))
    else:
        orders.resume_recording(floor, attempt)
    agent_moves.report_agent(floor, agent)


def finishing(floor: Floor, agent: Agent, event: FinishingHinted) -> None:
    if agent.unpaced:
        return
    floor.pacer.finishing(floor.now, agent.agent)


# --- the phone ------------------------------------------------------------------------------------


def leg_parked(floor: Floor, agent: Agent, event: LegParked) -> None:
    """The proof that the phone can take a call, unless its owner has put it on hold."""
    agent.phone_tries, agent.phone_at, agent.aside = 0, None, False
    if agent.on_hold:
        _is_on_hold(floor, agent)
    else:
        _is_there(floor, agent, event.at)


def leg_on_hold(floor: Floor, agent: Agent, event: LegOnHold) -> None:
    """In a conversation the switch plays music to the other side; a phone in its place gets
    nobody, for a callee would hear nothing.
    """
    agent.on_hold = True
    if agent.phone is Phone.PARKED:
        _is_on_hold(floor, agent)


def leg_off_hold(floor: Floor, agent: Agent, event: LegOffHold) -> None:
    agent.on_hold = False
    if agent.phone is Phone.HELD:
        _is_there(floor, agent, event.at)


def _is_on_hold(floor: Floor, agent: Agent) -> None:
    """Paused until it is off hold. Whose callee is being connected keeps them: see on_talk."""
    agent_moves.set_phone(floor, agent, Phone.HELD)
    if agent.state is AgentState.DIALING:
        bound.phone_lost(floor, agent)
    elif agent.state is AgentState.READY or (agent.state is AgentState.PAUSED and agent.resume):
        agent_moves.release(floor, agent)
    agent_moves.leave_if_settled(floor, agent)


def _is_there(floor: Floor, agent: Agent, at: float) -> None:
    agent_moves.set_phone(floor, agent, Phone.PARKED)
    if agent.state is AgentState.PAUSED and agent.resume:
        agent_moves.make_ready(floor, agent)
        agent_moves.leave_if_settled(floor, agent)
    attempt = floor.attempts.get(agent.attempt or "")
    if attempt is None:
        return
    party = attempt.party
    if party is not None and party.agent == agent.agent:
        waiting.parked(floor, attempt, party)
    elif party is not None and conversation.is_left_alone(attempt):
        on_talk.bridged(floor, attempt, Bridged(attempt.attempt, party.leg, at))
    else:
        waiting.serve(floor, attempt)


def phone_back(floor: Floor, agent: Agent, event: PhoneBack) -> None:
    """It has registered, from a new page perhaps: it is not left to the next try."""
    agent.back_at = floor.now
    if agent.leg is None and agent.phone_at is not None:
        agent.phone_tries = 0
        agent_moves.call_phone(floor, agent)


def leg_gone(floor: Floor, agent: Agent, event: LegGone) -> None:
    """No call goes to a phone that is off the line; it is called again unless its owner is
    leaving.
    """
    floor.legs.pop(event.leg, None)
    agent.leg, agent.aside, agent.on_hold = None, False, False
    agent_moves.set_phone(floor, agent, Phone.NONE)
    asked_into = conversation.party_of(floor, agent)
    if asked_into is not None:
        waiting.gone(floor, asked_into)
        agent_moves.forget_wrapup(agent)
        agent_moves.make_ready(floor, agent)
    elif agent.state is AgentState.TALKING:
        _lost_in_call(floor, agent, event)
    elif agent.state is AgentState.DIALING:
        bound.phone_lost(floor, agent)
    elif agent.state is AgentState.PREVIEW:
        bound.put_away(floor, agent)
        agent_moves.release(floor, agent)
    elif agent.state in {AgentState.READY, AgentState.RESERVED}:
        attempt = floor.attempts.get(agent.attempt or "")
        if attempt is not None:
            bound.note(floor, agent, attempt, "phone-lost")
        agent_moves.release(floor, agent)
    agent_moves.leave_if_settled(floor, agent)
    if agent.state is AgentState.OUT:
        return
    if floor.now - agent.back_at < JUST_REGISTERED_S:
        # A page that was loaded again: the old one's leg ends after the new one has registered.
        agent.back_at = -math.inf
        agent_moves.call_phone(floor, agent)
    else:
        agent_moves.call_phone_later(floor, agent)


def _lost_in_call(floor: Floor, agent: Agent, event: LegGone) -> None:
    attempt = floor.attempts[agent.attempt or ""]
    attempt.rep_left = event.bye
    bound.note(floor, agent, attempt, "phone-put-down" if event.bye else "phone-lost")
    party = attempt.party
    if party is not None and not (attempt.phase is Phase.TALKING and party.state == "talking"):
        # In a consultation; of three who talk, the other two go on.
        orders.drop_party(floor, attempt)
    if attempt.phase is Phase.HELD:
        waiting.serve(floor, attempt)


def wrapup_over(floor: Floor, agent: Agent) -> None:
    """The time for the paperwork ran out. With a result it would have ended at once."""
    assert agent.wrapup_of is not None
    took = {"seconds": floor.now - agent.since}
    floor.out.append(NoteMishap(agent.wrapup_of, agent.agent, "wrapup-ran-out", floor.now, took))
    agent_moves.finish_wrapup(floor, agent)
