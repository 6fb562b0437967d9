"""A supervisor in a rep's conversation, whom the switch has put there: leaves it, or goes on with
the callee in the rep's place.
"""

from __future__ import annotations

from dialer.floor import agent_moves, conversation, orders
from dialer.floor.events import SupervisorLeft, TakenOver
from dialer.floor.state import Agent, Floor, Phase


def may_be(floor: Floor, agent: Agent, event: TakenOver) -> str:
    """Why not; "" if so. A rep who cannot be taken out would stay in it, and be counted as free."""
    if not floor.switch_up:
        return "no Asterisk can be reached"
    return conversation.talks_alone(floor, agent, event)


def taken_over(floor: Floor, agent: Agent, event: TakenOver) -> None:
    """The rep leaves the bridge and writes the call up. It stays theirs in the record, and its talk
    goes on.
    """
    attempt = floor.attempts[agent.attempt or ""]
    attempt.taken_by, attempt.agent = event.by, None
    orders.take_leg_aside(floor, agent)
    agent_moves.start_wrapup(floor, agent, attempt)


def supervisor_left(floor: Floor, agent: Agent, event: SupervisorLeft) -> None:
    attempt = floor.attempts[agent.attempt or ""]
    if attempt.phase is Phase.TALKING:
        orders.record_anew(floor, attempt)
