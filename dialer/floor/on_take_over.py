"""A supervisor in a rep's conversation, whom the switch has put there: leaves it, or goes on with
the callee in the rep's place.
"""

from __future__ import annotations

from dialer.floor import agent_moves, on_attempt, on_hold
from dialer.floor.commands import ResumeRecording
from dialer.floor.events import SupervisorLeft, TakenOver
from dialer.floor.state import Agent, Attempt, Floor, Phase


def may_be(floor: Floor, agent: Agent, event: TakenOver) -> str:
    """Why not; "" if so. A rep who cannot be taken out would stay in it, and be counted as free."""
    if not floor.switch_up:
        return "no Asterisk can be reached"
    return on_hold.talks_alone(floor, agent, event)


def taken_over(floor: Floor, agent: Agent, event: TakenOver) -> None:
    """The rep leaves the bridge and writes the call up. It stays theirs in the record, and its talk
    goes on.
    """
    attempt = floor.attempts[agent.attempt or ""]
    attempt.taken_by, attempt.agent = event.by, None
    on_hold.take_leg_aside(floor, agent)
    agent_moves.start_wrapup(floor, agent, attempt)


def left_to(floor: Floor, attempt: Attempt) -> bool:
    """The rep is out of the bridge; whether that is because somebody has taken their place."""
    if attempt.taken_by:
        _record_anew(floor, attempt)
    return bool(attempt.taken_by)


def supervisor_left(floor: Floor, agent: Agent, event: SupervisorLeft) -> None:
    attempt = floor.attempts.get(agent.attempt or "")
    if attempt is not None and attempt.phase is Phase.TALKING:
        _record_anew(floor, attempt)


def _record_anew(floor: Floor, attempt: Attempt) -> None:
    """A recorder that has heard three together may leave out whoever remains of them."""
    if attempt.recording == "paused":
        attempt.recorder_is_old = True
    elif attempt.recording == "on":
        floor.out.append(ResumeRecording(attempt.attempt, anew=True))


def over(floor: Floor, attempt: Attempt) -> bool:
    """The callee asks again: whether it is because who had taken over has left."""
    if not attempt.taken_by or attempt.phase is not Phase.TALKING:
        return False
    on_attempt.drop(floor, attempt, "agent")
    return True
