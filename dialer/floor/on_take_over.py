"""A supervisor goes on with the callee in the rep's place; the switch has put the three together."""

from __future__ import annotations

from dialer.floor import agent_moves, on_attempt, on_hold
from dialer.floor.commands import ResumeRecording
from dialer.floor.events import TakenOver
from dialer.floor.state import Agent, Attempt, Floor, Phase


def taken_over(floor: Floor, agent: Agent, event: TakenOver) -> None:
    """The rep leaves the bridge and writes the call up. It stays theirs in the record, and its talk
    goes on.
    """
    attempt = floor.attempts[agent.attempt or ""]
    attempt.taken_by, attempt.agent = event.by, None
    on_hold.take_leg_aside(floor, agent)
    agent_moves.start_wrapup(floor, agent, attempt)


def left_to(floor: Floor, attempt: Attempt) -> bool:
    """The rep is out of the bridge; whether that is because somebody has taken their place.

    The recorder has only heard the rep so far, and may leave another phone out.
    """
    if not attempt.taken_by:
        return False
    if attempt.recording == "paused":
        attempt.recorder_is_old = True
    elif attempt.recording == "on":
        floor.out.append(ResumeRecording(attempt.attempt, anew=True))
    return True


def over(floor: Floor, attempt: Attempt) -> bool:
    """The callee asks again: whether it is because who had taken over has left."""
    if not attempt.taken_by or attempt.phase is not Phase.TALKING:
        return False
    on_attempt.drop(floor, attempt, "agent")
    return True
