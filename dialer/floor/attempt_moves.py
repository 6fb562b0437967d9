"""How an attempt changes: its phase, what pacing is told of it, and its record at the end."""

from __future__ import annotations

from msgspec.structs import replace

from dialer.far_end import FarEnd, far_end
from dialer.floor.commands import AttemptMoved, CloseAttempt, NoteStep
from dialer.floor.events import HungUp
from dialer.floor.state import Agent, Attempt, Floor
from dialer.words import AnsweredBy, HangupBy, Outcome, Phase, Step
from pacing import Unanswered

#: Q.850 19, no answer: what Asterisk says when its own ring time is over.
RANG_OUT_CAUSE = 19


def move_attempt(floor: Floor, attempt: Attempt, phase: Phase) -> None:
    if phase is attempt.phase:
        return
    floor.out.append(AttemptMoved(attempt.attempt, phase.value, attempt.phase.value, attempt.agent))
    attempt.phase = phase
    attempt.deadline = None
    if phase is Phase.WAITING:
        floor.waiting[attempt.attempt] = None
        floor.match_soon = True
    else:
        floor.waiting.pop(attempt.attempt, None)


def set_deadline(floor: Floor, attempt: Attempt, at: float) -> None:
    attempt.deadline = floor.timer(at, "attempt", attempt.attempt)


def note_step(
    floor: Floor, attempt: Attempt, what: Step, agent: str | None = "", label: str = ""
) -> None:
    """For the record of this conversation."""
    floor.out.append(NoteStep(attempt.attempt, what, floor.now, agent or "", label))


def forget_attempt(floor: Floor, attempt: Attempt) -> None:
    """It has ended. A campaign that was only kept for its last attempts goes with them."""
    move_attempt(floor, attempt, Phase.ENDED)
    del floor.attempts[attempt.attempt]
    campaign = floor.campaigns[attempt.campaign]
    campaign.live -= 1
    if campaign.removed and not campaign.live:
        del floor.campaigns[attempt.campaign]


# --- what pacing is told --------------------------------------------------------------------------


def settle(floor: Floor, attempt: Attempt) -> None:
    """Nobody has to be kept for this attempt any more: it ended, or a rep has it, or it is
    abandoned.
    """
    if floor.unsettled.pop(attempt.attempt, None) is not None:
        floor.ask_soon = True


def tell_answered(floor: Floor, attempt: Attempt, by: AnsweredBy) -> None:
    if attempt.bound is not None and attempt.answered_by is None:
        attempt.answered_by = by
    if attempt.told == "placed":
        attempt.answered_by = by
        attempt.told = "settled" if by == "machine" else "answered"
        floor.pacer.answered(floor.now, attempt.attempt, by)
        if by == "machine":
            settle(floor, attempt)


def tell_abandoned(floor: Floor, attempt: Attempt) -> None:
    tell_answered(floor, attempt, "human")
    if attempt.told == "answered":
        attempt.told = "settled"
        floor.pacer.abandoned(floor.now, attempt.attempt)
    settle(floor, attempt)


def tell_connected(floor: Floor, attempt: Attempt, agent: Agent) -> None:
    tell_answered(floor, attempt, "human")
    if attempt.told == "answered":
        attempt.told = "settled"
        floor.pacer.connected(floor.now, attempt.attempt, agent.agent)
    settle(floor, attempt)


def tell_connected_unseen(floor: Floor, attempt: Attempt) -> None:
    """A talk we did not see, or with a rep who is not on this floor: nothing to learn from.

    For the pacer the call is cancelled, which it takes as "not known". Where it knows of the answer
    already only a rep can end the wait: one who comes and goes with this call.
    """
    if attempt.told == "answered":
        stranger = f"stranger {attempt.attempt}"
        floor.pacer.agent(floor.now, stranger, "paused")
        floor.pacer.connected(floor.now, attempt.attempt, stranger)
        floor.pacer.agent(floor.now, stranger, "out")
        attempt.told = "settled"
    tell_ended(floor, attempt, "cancelled")


def tell_ended(floor: Floor, attempt: Attempt, outcome: Unanswered) -> None:
    """The pacer's last word on an attempt nobody answered."""
    if attempt.told == "placed":
        attempt.told = "settled"
        floor.pacer.ended(floor.now, attempt.attempt, outcome)
    settle(floor, attempt)


# --- the record -----------------------------------------------------------------------------------

#: What a pacer is told for each outcome of a call nobody answered.
PACED: dict[Outcome, Unanswered] = {
    "no_answer": "no_answer",
    "busy": "busy",
    "refused": "busy",
    "failed": "failed",
    "cancelled": "cancelled",
}


def outcome_of(attempt: Attempt, event: HungUp) -> Outcome:
    """One of `dialer.words.OUTCOMES`, from what happened and what the far end said."""
    if attempt.connected_at is not None:
        return "connected"
    if attempt.answered_by == "machine":
        return "machine"
    if attempt.answered_at is not None:
        return "abandoned"
    return "cancelled" if attempt.cancelled else said(attempt, event).outcome


def said(attempt: Attempt, event: HungUp) -> FarEnd:
    """What the end of an unanswered call says."""
    theirs = event.by == "callee"
    return far_end(
        event.cause,
        event.sip_code,
        rang=attempt.ringing_at is not None,
        far_end_ended=theirs,
        ring_time_over=event.cause == RANG_OUT_CAUSE and not theirs,
        blocked=event.blocked,
    )


def hangup_by(attempt: Attempt, outcome: Outcome, event: HungUp) -> HangupBy:
    """Who ended it: what we ordered ourselves outweighs what the switch saw."""
    if attempt.ending_by is not None:
        return attempt.ending_by
    if attempt.answered_at is not None:
        # The dialplan ends a call by itself when the message is over; no far end asked for it.
        ours = event.by == "network" and attempt.phase in {Phase.MESSAGE, Phase.LEAVING}
        return "dialer" if ours else event.by
    if outcome == "cancelled":
        return "dialer"
    return _unanswered_by(outcome, event, said(attempt, event))


def _unanswered_by(outcome: Outcome, event: HungUp, far: FarEnd) -> HangupBy:
    """A person is busy or declines; for anything else the network speaks, if it was the far end."""
    if event.sip_code is None:
        by_outcome: dict[Outcome, HangupBy] = {"busy": "callee", "failed": "network"}
        return by_outcome.get(outcome, "dialer")
    if far.blame == "switch":
        return "dialer"
    if outcome in {"busy", "refused"} and far.number != "not_today":
        return "callee"
    return "dialer" if outcome == "no_answer" and event.by != "callee" else "network"


def close_attempt(floor: Floor, attempt: Attempt, event: HungUp) -> None:
    """Write the record and tell pacing the end."""
    stop_talk(attempt, event.at)
    outcome = outcome_of(attempt, event)
    if attempt.answered_at is None:
        tell_ended(floor, attempt, _paced(attempt, outcome, event))
    elif outcome == "abandoned":
        tell_abandoned(floor, attempt)
    settle(floor, attempt)
    by = hangup_by(attempt, outcome, event)
    record = _record(attempt, outcome, event, by)
    floor.out.append(_with_far_end(record, attempt, event))


def _paced(attempt: Attempt, outcome: Outcome, event: HungUp) -> Unanswered:
    """A call that never came as far as its number says nothing of how people answer."""
    if event.sip_code is not None and outcome == "failed":
        return "failed" if said(attempt, event).blame == "lead" else "cancelled"
    return PACED[outcome]


def _with_far_end(record: CloseAttempt, attempt: Attempt, event: HungUp) -> CloseAttempt:
    """Only where the log says that somebody looked: older logs gave the orders of their time."""
    if event.sip_code is None or attempt.answered_at is not None or attempt.cancelled:
        return record
    far = said(attempt, event)
    code = event.sip_code or None
    return replace(record, sip_code=code, blame=far.blame, number_is=far.number)


def _record(attempt: Attempt, outcome: Outcome, event: HungUp, by: HangupBy) -> CloseAttempt:
    answered = attempt.answered_at is not None
    connected = attempt.connected_at is not None
    return CloseAttempt(
        attempt=attempt.attempt,
        lead=attempt.lead,
        campaign=attempt.campaign,
        outcome=outcome,
        placed_at=attempt.placed_at,
        ended_at=max(event.at, attempt.connected_at or attempt.answered_at or attempt.placed_at),
        trunk=attempt.trunk,
        node=attempt.node,
        ringing_at=attempt.ringing_at,
        answered_at=attempt.answered_at,
        connected_at=attempt.connected_at,
        answered_by=(attempt.answered_by or "human") if answered else None,
        agent=attempt.talked_with if connected else None,
        talk_seconds=attempt.talk_seconds if connected else None,
        hangup_cause=event.cause,
        hangup_by=by,
        mode=attempt.mode,
        bound=attempt.bound or "",
    )


def stop_talk(attempt: Attempt, at: float) -> None:
    if attempt.bridged_at is not None:
        attempt.talk_seconds += max(0.0, at - attempt.bridged_at)
        attempt.bridged_at = None
