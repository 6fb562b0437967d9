"""Callee and rep in one bridge, and what happens when the rep's phone is lost from it."""

from __future__ import annotations

from dialer.floor import (
    agent_moves,
    attempt_moves,
    bound,
    on_attempt,
    on_hold,
    on_party,
    on_take_over,
)
from dialer.floor.choice import choose_agent
from dialer.floor.commands import HangUp, Hold, ResumeRecording
from dialer.floor.events import Bridged, Unbridged
from dialer.floor.state import Agent, AgentState, Attempt, Floor, Phase, Phone

#: The dialplan may ask again before the events that tell why its bridge ended.
BRIDGE_END_GRACE_S = 1.0


def bridged(floor: Floor, attempt: Attempt, event: Bridged) -> None:
    """They hear each other. What the switch says outweighs whom we had reserved."""
    event = on_party.as_of_three(floor, attempt, event)
    agent = floor.agents.get(floor.legs.get(event.leg, ""))
    if agent is None or attempt.agent != agent.agent:
        on_attempt.release_reserved(floor, attempt)
    attempt.asking, attempt.rep_left, attempt.held_until = False, False, None
    attempt.answered_at = attempt.answered_at or event.at
    on_party.left_with(floor, attempt, event.leg)
    on_hold.settled(floor, attempt)
    if agent is not None:
        _listen(floor, attempt, agent)
        _with(floor, attempt, agent, event.at)
        on_party.arrange(floor, attempt)
    elif event.leg in floor.outside or on_party.is_outside_of(attempt, event.leg):
        on_party.keep_outside(floor, attempt, event.leg)
        _with_outside(floor, attempt, event.at)
    else:
        _with_a_stranger(floor, attempt, event)


def _listen(floor: Floor, attempt: Attempt, agent: Agent) -> None:
    """A recorder that was paused stays so with the same rep; another would not know of it."""
    if attempt.recording != "paused":
        return
    attempt.recorder_is_old = True
    if attempt.talked_with not in {None, agent.agent}:
        resume_recording(floor, attempt)


def resume_recording(floor: Floor, attempt: Attempt) -> None:
    floor.out.append(ResumeRecording(attempt.attempt, attempt.recorder_is_old))
    attempt.recording, attempt.recorder_is_old = "on", False
    attempt_moves.note_step(floor, attempt, "recording_on", attempt.agent)


def _with_outside(floor: Floor, attempt: Attempt, at: float) -> None:
    """The callee and somebody outside are left to themselves: no rep's talk."""
    if attempt.connected_at is None:
        # After a restart. A rep had them before, and this is not the end of waiting in vain.
        attempt.connected_at = max(at, attempt.answered_at or at)
        attempt_moves.tell_connected_unseen(floor, attempt)
    attempt.agent = None
    attempt_moves.move_attempt(floor, attempt, Phase.TALKING)


def _with(floor: Floor, attempt: Attempt, agent: Agent, at: float) -> None:
    was_on_hold = agent.phone is Phone.HELD
    _start_talk(attempt, at)
    attempt_moves.tell_connected(floor, attempt, agent)
    if attempt.talked_with != agent.agent:
        agent.calls += 1
    attempt.agent = attempt.talked_with = agent.agent
    bound.interrupted(floor, agent, attempt)
    agent_moves.end_wrapup(floor, agent)
    agent.attempt, agent.resume = attempt.attempt, False
    attempt_moves.move_attempt(floor, attempt, Phase.TALKING)
    agent_moves.move_agent(floor, agent, AgentState.TALKING, phone=Phone.BRIDGED)
    if was_on_hold:
        # Hold was pressed while they were being connected: the switch plays nothing for a hold
        # from before the bridge. As with a lost phone they are waited for with the tone.
        on_hold.take_aside(floor, attempt)


def _with_a_stranger(floor: Floor, attempt: Attempt, event: Bridged) -> None:
    """A phone of nobody here, after a restart: the conversation is real, and goes on the record."""
    _start_talk(attempt, event.at)
    attempt_moves.tell_connected_unseen(floor, attempt)
    attempt.agent, attempt.talked_with = None, agent_moves.agent_of_leg(event.leg) or None
    attempt_moves.move_attempt(floor, attempt, Phase.TALKING)


def _start_talk(attempt: Attempt, at: float) -> None:
    answered_at = at if attempt.answered_at is None else attempt.answered_at
    if attempt.connected_at is None:
        attempt.connected_at = max(at, answered_at)
    if attempt.bridged_at is None:
        attempt.bridged_at = max(at, attempt.connected_at)


def unbridged(floor: Floor, attempt: Attempt, event: Unbridged) -> None:
    if not on_take_over.left_to(floor, attempt):
        attempt_moves.stop_talk(attempt, event.at)


# --- a lost phone ---------------------------------------------------------------------------------


def lost_rep(floor: Floor, attempt: Attempt) -> None:
    """The callee is there, their rep is not: why may be told only in a moment."""
    if on_take_over.over(floor, attempt):
        return
    if attempt.phase is not Phase.HELD:
        attempt_moves.move_attempt(floor, attempt, Phase.HELD)
        grace_ends = floor.now + BRIDGE_END_GRACE_S
        attempt_moves.set_deadline(floor, attempt, attempt.held_until or grace_ends)
    try_held(floor, attempt)


def try_held(floor: Floor, attempt: Attempt) -> None:
    """Back to their rep as soon as that phone is there again, or the end if the rep put it down."""
    if attempt.held_by or attempt.party is not None:
        on_hold.serve(floor, attempt)
        return
    if not attempt.asking:
        return
    agent = floor.agents.get(attempt.agent or "")
    if attempt.rep_left:
        on_attempt.drop(floor, attempt, "agent")
    elif agent is not None and agent.attempt == attempt.attempt and is_here(agent):
        on_attempt.connect(floor, attempt, agent)


def is_here(agent: Agent) -> bool:
    """Their phone can be bridged to now."""
    return agent.phone is Phone.PARKED and not agent.aside


def hold_ended(floor: Floor, attempt: Attempt) -> None:
    """The grace is over: first a tone; when that is over too, another rep or the end."""
    limit = floor.rules_of(attempt).hold_limit
    if not attempt.asking or attempt.held_until is not None or limit <= 0:
        _give_up_held(floor, attempt)
        return
    attempt.asking = False
    attempt.held_until = floor.now + limit
    floor.out.append(Hold(attempt.attempt, limit))
    attempt_moves.set_deadline(floor, attempt, attempt.held_until)


def _give_up_held(floor: Floor, attempt: Attempt) -> None:
    on_attempt.release_reserved(floor, attempt)
    if not attempt.asking:
        attempt.ending_by = "dialer"
        floor.out.append(HangUp(attempt.attempt))
        attempt_moves.move_attempt(floor, attempt, Phase.LEAVING)
        return
    other = choose_agent(floor, attempt)
    if other is None:
        on_attempt.play_message(floor, attempt)
    else:
        on_attempt.connect(floor, attempt, floor.agents[other])
