"""What a rep asks for who keeps their callee waiting, gives them away to wait, or takes one who
waits.
"""

from __future__ import annotations

from dialer.floor import agent_moves, attempt_moves, orders, waiting
from dialer.floor.conversation import Spot, is_here, spot
from dialer.floor.events import HoldAsked, ParkAsked, PickupAsked, ResumeAsked
from dialer.floor.state import Agent, AgentState, Floor, Phone, Transfer


def hold(floor: Floor, agent: Agent, event: HoldAsked) -> None:
    attempt = floor.attempts[agent.attempt or ""]
    attempt.held_by = "agent"
    attempt_moves.note_step(floor, attempt, "held", agent.agent)
    orders.take_aside(floor, attempt)
    agent_moves.report_agent(floor, agent)


def resume(floor: Floor, agent: Agent, event: ResumeAsked) -> None:
    if agent.phone in {Phone.BRIDGED, Phone.DOUBTED}:
        # With nobody we know of: after a restart.
        orders.take_leg_aside(floor, agent)
    waiting.back_to_rep(floor, floor.attempts[agent.attempt or ""])


def park(floor: Floor, agent: Agent, event: ParkAsked) -> None:
    attempt = floor.attempts[agent.attempt or ""]
    attempt_moves.note_step(floor, attempt, "parked", agent.agent)
    waiting.give_away(floor, attempt, "park", Transfer(agent.agent, None))


def may_pick_up(floor: Floor, agent: Agent, event: PickupAsked) -> str:
    """Why not; "" if they may."""
    attempt = floor.attempts.get(event.attempt)
    waits = attempt is not None and attempt.held_by in {"park", "transfer"}
    if attempt is None or not waits or attempt.party is not None:
        return "that call is not parked"
    if spot(attempt) is not Spot.ASKS:
        return "that call is being taken"
    return "" if is_here(agent) else "the phone is not there"


def pick_up(floor: Floor, agent: Agent, event: PickupAsked) -> None:
    """From a pause they return to it afterwards."""
    agent_moves.end_wrapup(floor, agent)
    if agent.state is AgentState.PAUSED:
        # To the pacer they stay so: it must not count on a rep who goes back to a pause.
        agent.unpaced = True
        agent_moves.ask_to_leave_after(floor, agent, agent.reason)
    attempt = floor.attempts[event.attempt]
    attempt_moves.note_step(floor, attempt, "picked_up", agent.agent)
    orders.connect(floor, attempt, agent)
