"""Callee and rep in one bridge, or out of it."""

from __future__ import annotations

from dialer.floor import agent_moves, attempt_moves, bound, conversation, orders, waiting
from dialer.floor.events import Bridged, Unbridged
from dialer.floor.state import Agent, AgentState, Attempt, Floor, Phase, Phone


def bridged(floor: Floor, attempt: Attempt, event: Bridged) -> None:
    """They hear each other. What the switch says outweighs whom we had reserved."""
    event = conversation.as_of_three(floor, attempt, event)
    agent = floor.agents.get(floor.legs.get(event.leg, ""))
    if agent is None or attempt.agent != agent.agent:
        orders.release_reserved(floor, attempt)
    attempt.asking, attempt.rep_left, attempt.held_until = False, False, None
    attempt.answered_at = attempt.answered_at or event.at
    conversation.left_with(floor, attempt, event.leg)
    conversation.settled(floor, attempt)
    if agent is not None:
        _listen(floor, attempt, agent)
        _with(floor, attempt, agent, event.at)
        waiting.serve(floor, attempt)
    elif event.leg in floor.outside or conversation.is_outside_of(attempt, event.leg):
        conversation.keep_outside(floor, attempt, event.leg)
        _with_outside(floor, attempt, event.at)
    else:
        _with_a_stranger(floor, attempt, event)


def _listen(floor: Floor, attempt: Attempt, agent: Agent) -> None:
    """A recorder that was paused stays so with the same rep; another would not know of it."""
    if attempt.recording != "paused":
        return
    attempt.recorder_is_old = True
    if attempt.talked_with not in {None, agent.agent}:
        orders.resume_recording(floor, attempt)


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
    conversation.start_talk(attempt, at)
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
        orders.take_aside(floor, attempt)


def _with_a_stranger(floor: Floor, attempt: Attempt, event: Bridged) -> None:
    """A phone of nobody here, after a restart: the conversation is real, and goes on the record."""
    conversation.start_talk(attempt, event.at)
    attempt_moves.tell_connected_unseen(floor, attempt)
    attempt.agent, attempt.talked_with = None, agent_moves.agent_of_leg(event.leg) or None
    attempt_moves.move_attempt(floor, attempt, Phase.TALKING)


def unbridged(floor: Floor, attempt: Attempt, event: Unbridged) -> None:
    """Whose rep was taken out of the bridge talks on, with who took over."""
    if attempt.taken_by:
        orders.record_anew(floor, attempt)
    else:
        attempt_moves.stop_talk(attempt, event.at)
