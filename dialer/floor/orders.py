"""What the switch is told of a callee, of their rep's phone, and of whoever was asked in.

Each order notes what it changes. Nothing here looks for what comes next: that is `waiting`.
"""

from __future__ import annotations

from dialer.floor import agent_moves, attempt_moves, bound
from dialer.floor.commands import (
    Connect,
    Drop,
    HangUp,
    Hold,
    JoinIn,
    JoinLegs,
    PlayMessage,
    ResumeRecording,
    Ring,
    TakeAside,
)
from dialer.floor.conversation import is_here, settled
from dialer.floor.state import Agent, Attempt, Floor
from dialer.words import AgentState, Phase, Phone

#: A callee who was told to leave the bridge asks within milliseconds; an order that got lost is
#: forgotten after this time.
ASIDE_WITHIN_S = 3.0
#: The dialplan wants a time above zero.
LEAST_HOLD_S = 1.0


# --- what the asking dialplan is told -------------------------------------------------------------


def connect(floor: Floor, attempt: Attempt, agent: Agent) -> None:
    """Reserve this rep and tell the dialplan."""
    assert agent.leg is not None
    attempt.asking, attempt.rep_left, attempt.agent = False, False, agent.agent
    attempt.reserved_at = floor.now
    agent.attempt = attempt.attempt
    if agent.state not in {AgentState.TALKING, AgentState.DIALING}:
        agent_moves.move_agent(floor, agent, AgentState.RESERVED)
    attempt_moves.move_attempt(floor, attempt, Phase.RESERVED)
    floor.out.append(Connect(attempt.attempt, agent.agent, agent.leg))


def play_message(floor: Floor, attempt: Attempt) -> None:
    """Nobody came in time: what the law asks for. The abandonment is counted here, not at the
    hang-up.
    """
    if attempt.connected_at is None:
        attempt_moves.tell_abandoned(floor, attempt)
    floor.out.append(PlayMessage(attempt.attempt))
    attempt.asking = False
    attempt_moves.move_attempt(floor, attempt, Phase.MESSAGE)


def drop(floor: Floor, attempt: Attempt, by: str) -> None:
    floor.out.append(Drop(attempt.attempt))
    attempt.asking = False
    attempt.ending_by = "agent" if by == "agent" else "dialer"
    release_reserved(floor, attempt, attempt.answered_by or "")
    attempt_moves.move_attempt(floor, attempt, Phase.LEAVING)


def hang_up(floor: Floor, attempt: Attempt) -> None:
    """The end of a callee who hears the tone, for whom nobody came."""
    release_reserved(floor, attempt)
    attempt.ending_by = "dialer"
    floor.out.append(HangUp(attempt.attempt))
    attempt_moves.move_attempt(floor, attempt, Phase.LEAVING)


def tone(floor: Floor, attempt: Attempt) -> None:
    attempt.asking = False
    left = max(keep_deadline(floor, attempt) - floor.now, LEAST_HOLD_S)
    floor.out.append(Hold(attempt.attempt, left))


def tone_for(floor: Floor, attempt: Attempt, limit: float) -> None:
    attempt.asking = False
    attempt.held_until = floor.now + limit
    floor.out.append(Hold(attempt.attempt, limit))
    attempt_moves.set_deadline(floor, attempt, attempt.held_until)


def keep_deadline(floor: Floor, attempt: Attempt) -> float:
    """When this wait is over: kept once it is known, whatever comes between."""
    if attempt.held_until is None:
        attempt.held_until = floor.now + _limit(floor, attempt)
    attempt_moves.set_deadline(floor, attempt, max(attempt.held_until, floor.now))
    return attempt.held_until


def _limit(floor: Floor, attempt: Attempt) -> float:
    rules = floor.rules_of(attempt)
    if attempt.held_by == "park":
        return rules.park_limit
    return rules.transfer_limit if attempt.held_by == "transfer" else rules.rep_hold_limit


# --- the rep of a callee --------------------------------------------------------------------------


def release_reserved(floor: Floor, attempt: Attempt, outcome: str = "") -> None:
    """The rep of this attempt is not needed for it any more; `outcome`: what came of it."""
    agent = floor.agents.get(attempt.agent or "")
    if agent is None or agent.attempt != attempt.attempt:
        return
    if agent.state is AgentState.DIALING:
        bound.came_to_nothing(floor, agent, attempt, outcome)
    elif agent.state is AgentState.RESERVED:
        bound.note_missed(floor, agent, attempt)
        agent_moves.release(floor, agent)
    else:
        agent_moves.start_wrapup(floor, agent, attempt)


def doubt_reserved(floor: Floor, attempt: Attempt) -> None:
    """The switch would not bridge to the rep we chose: they get no call until their phone has
    proved itself.
    """
    agent = floor.agents.get(attempt.agent or "")
    if attempt.party is not None and attempt.party.goal in {"join", "handover"}:
        # Nobody was there to join; their phones are in order.
        attempt.party.goal = "consult"
        return
    if agent is None or agent.attempt != attempt.attempt:
        return
    if agent.phone in {Phone.PARKED, Phone.BRIDGED}:
        agent_moves.set_phone(floor, agent, Phone.DOUBTED)
    bound.note(floor, agent, attempt, "phone-refused")
    if agent.state in {AgentState.RESERVED, AgentState.DIALING}:
        agent_moves.release(floor, agent)


def report_rep(floor: Floor, attempt: Attempt) -> None:
    agent = floor.agents.get(attempt.agent or "")
    if agent is not None:
        agent_moves.report_agent(floor, agent)


# --- out of the bridge ----------------------------------------------------------------------------


def take_aside(floor: Floor, attempt: Attempt) -> None:
    """Once: the dialplan asks in a moment."""
    if not attempt.aside:
        attempt.aside = True
        floor.out.append(TakeAside(attempt.attempt))
        attempt_moves.set_deadline(floor, attempt, floor.now + ASIDE_WITHIN_S)


def take_leg_aside(floor: Floor, agent: Agent) -> None:
    """Once: the leg parks in a moment. Till then nobody is bridged to it."""
    if agent.leg is not None and not agent.aside:
        agent.aside = True
        floor.out.append(TakeAside(agent.leg))


def not_taken_aside(floor: Floor, attempt: Attempt) -> None:
    """The order did not reach the switch: they talk on."""
    attempt.aside, attempt.held_by, attempt.transfer = False, "", None
    drop_party(floor, attempt)
    report_rep(floor, attempt)


# --- who was asked in -----------------------------------------------------------------------------


def hold_for_party(floor: Floor, attempt: Attempt) -> None:
    """The callee makes room for who was asked in."""
    attempt.held_by = "agent"
    take_aside(floor, attempt)


def ring(floor: Floor, attempt: Attempt) -> None:
    """The rep hears that somebody is being called, as soon as the callee does not."""
    agent, party = floor.agents[attempt.agent or ""], attempt.party
    assert party is not None
    if is_here(agent) and not party.joining:
        assert agent.leg is not None
        party.joining = agent.aside = True
        floor.out.append(Ring(agent.leg))


def join_legs(floor: Floor, attempt: Attempt) -> None:
    """Rep and party hear each other, as soon as both are there."""
    agent, party = floor.agents[attempt.agent or ""], attempt.party
    assert party is not None
    other = floor.agents.get(party.agent or "")
    are_here = is_here(agent) and (other is None or is_here(other))
    if are_here and not party.joining:
        assert agent.leg is not None
        party.joining = True
        floor.out.append(JoinLegs(agent.leg, party.leg))


def join_in(floor: Floor, attempt: Attempt) -> None:
    """The callee joins the rep and who was asked in."""
    leg = floor.agents[attempt.agent or ""].leg
    assert leg is not None
    attempt.asking = False
    attempt_moves.move_attempt(floor, attempt, Phase.RESERVED)
    floor.out.append(JoinIn(attempt.attempt, leg))


def welcome(floor: Floor, attempt: Attempt) -> None:
    """Given away to somebody outside, who has answered."""
    assert attempt.party is not None
    attempt.asking = False
    attempt_moves.move_attempt(floor, attempt, Phase.RESERVED)
    floor.out.append(Connect(attempt.attempt, "", attempt.party.leg))


def rep_aside(floor: Floor, attempt: Attempt) -> None:
    """The rep leaves the other two, or who was asked in."""
    take_leg_aside(floor, floor.agents[attempt.agent or ""])


def stop_ringing(floor: Floor, agent: Agent) -> None:
    """Also where they are on the way to the ringing only: this order comes after that one."""
    agent.aside = False
    take_leg_aside(floor, agent)


def drop_party(floor: Floor, attempt: Attempt) -> None:
    """Nobody else is wanted in this conversation."""
    party, attempt.party = attempt.party, None
    if party is None:
        return
    attempt_moves.note_step(floor, attempt, "party_left", party.agent, party.label)
    agent = floor.agents.get(party.by)
    if party.kind == "external":
        floor.out.append(HangUp(party.leg))
        if party.state == "calling" and party.joining and agent is not None:
            stop_ringing(floor, agent)
        return
    other = floor.agents.get(party.agent or "")
    if other is None or other.attempt != attempt.attempt:
        return
    if party.joining or other.phone is Phone.BRIDGED:
        take_leg_aside(floor, other)
    agent_moves.forget_wrapup(other)
    agent_moves.make_ready(floor, other)
    agent_moves.leave_if_settled(floor, other)


def nobody_waits(floor: Floor, attempt: Attempt) -> None:
    """The callee is gone: nobody is sought, and whoever was asked in is not needed."""
    drop_party(floor, attempt)
    settled(floor, attempt)


# --- the recorder ---------------------------------------------------------------------------------


def resume_recording(floor: Floor, attempt: Attempt) -> None:
    floor.out.append(ResumeRecording(attempt.attempt, attempt.recorder_is_old))
    attempt.recording, attempt.recorder_is_old = "on", False
    attempt_moves.note_step(floor, attempt, "recording_on", attempt.agent)


def record_anew(floor: Floor, attempt: Attempt) -> None:
    """A recorder that has heard three together may leave out whoever remains of them."""
    if attempt.recording == "paused":
        attempt.recorder_is_old = True
    elif attempt.recording == "on":
        floor.out.append(ResumeRecording(attempt.attempt, anew=True))
