"""What an event means for the attempt it names. One function per event; the table says when each
may be called.
"""

from __future__ import annotations

from dialer.floor import agent_moves, attempt_moves, bound, orders, placing, waiting
from dialer.floor.commands import ForgetAttempt
from dialer.floor.events import (
    AskerLeft,
    Dispatched,
    HungUp,
    LedgerTold,
    NotPlaced,
    OriginateFailed,
    PickedUp,
    Rang,
    Refused,
    RouteAsked,
    RouteAskedAgain,
)
from dialer.floor.state import Agent, AgentState, Attempt, Floor, Phase, Transfer

#: The reasons of OriginateResponse (Asterisk's control frames) and the Q.850 cause each stands for.
ORIGINATE_REASONS = {1: 16, 3: 19, 5: 17, 8: 34}
#: A hang-up with the true cause follows a failed Originate within milliseconds; this is ample.
ORIGINATE_GRACE_S = 1.0
#: Q.850 28, invalid number format: the list's next try goes to another number.
BAD_NUMBER, BAD_NUMBER_CAUSE = "bad_number", 28


# --- on the way out -------------------------------------------------------------------------------


def dispatched(floor: Floor, attempt: Attempt, event: Dispatched) -> None:
    attempt.placed_at = event.at
    attempt.trunk, attempt.node = event.trunk, event.node
    placing.goes_well(floor.campaigns[attempt.campaign])
    if attempt.phase is Phase.PLACING:
        attempt_moves.move_attempt(floor, attempt, Phase.DIALING)
    bound.is_given_up(floor, attempt)


def refused(floor: Floor, attempt: Attempt, event: Refused) -> None:
    if attempt.bound is None:
        placing.count_refusal(floor, floor.campaigns[attempt.campaign])
    _forget(floor, attempt, event.rule)


def not_placed(floor: Floor, attempt: Attempt, event: NotPlaced) -> None:
    """A number that cannot be dialed is tried and dead; of anything else the lead is innocent."""
    if event.reason == BAD_NUMBER:
        hung_up(floor, attempt, HungUp(attempt.attempt, floor.now, BAD_NUMBER_CAUSE))
        return
    if attempt.bound is None:
        placing.rest(floor, floor.campaigns[attempt.campaign])
    _forget(floor, attempt, event.reason)


def _forget(floor: Floor, attempt: Attempt, rule: str) -> None:
    attempt_moves.tell_ended(floor, attempt, "cancelled")
    floor.out.append(ForgetAttempt(attempt.attempt, attempt.lead, attempt.campaign, rule))
    orders.release_reserved(floor, attempt, rule)
    attempt_moves.forget_attempt(floor, attempt)


def originate_failed(floor: Floor, attempt: Attempt, event: OriginateFailed) -> None:
    attempt.failed_reason, attempt.failed_code = event.reason, event.sip_code
    attempt_moves.set_deadline(floor, attempt, floor.now + ORIGINATE_GRACE_S)


def rang(floor: Floor, attempt: Attempt, event: Rang) -> None:
    if attempt.ringing_at is None:
        attempt.ringing_at = max(event.at, attempt.placed_at)
        if attempt.told == "placed":
            floor.pacer.ringing(floor.now, attempt.attempt)
    attempt_moves.move_attempt(floor, attempt, Phase.RINGING)
    # The first order may have come before the switch had the call.
    bound.is_given_up(floor, attempt)


def rang_late(floor: Floor, attempt: Attempt, event: Rang) -> None:
    """Overtaken by the answer: only the record wants to know."""
    if attempt.ringing_at is None:
        answered_at = event.at if attempt.answered_at is None else attempt.answered_at
        attempt.ringing_at = max(attempt.placed_at, min(event.at, answered_at))


def picked_up(floor: Floor, attempt: Attempt, event: PickedUp) -> None:
    if attempt.answered_at is None:
        attempt.answered_at = max(event.at, attempt.placed_at)
    if attempt.phase in {Phase.PLACING, Phase.DIALING, Phase.RINGING}:
        attempt_moves.move_attempt(floor, attempt, Phase.ANSWERED)


# --- the dialplan asks ----------------------------------------------------------------------------


def route_asked(floor: Floor, attempt: Attempt, event: RouteAsked) -> None:
    """The clock of the law starts at the 200 OK; behind a machine detector, when it has made up
    its mind.
    """
    if attempt.answered_at is None:
        attempt.answered_at = event.at
    attempt.asking, attempt.asked_at = True, event.at
    attempt.recording = "on" if floor.rules_of(attempt).record else "off"
    attempt_moves.tell_answered(floor, attempt, event.by)
    if event.by == "machine":
        orders.drop(floor, attempt, "dialer")
    else:
        _wait(floor, attempt)
        kept = bound.is_kept(floor, attempt)
        if kept is not None:
            orders.connect(floor, attempt, kept)


def _wait(floor: Floor, attempt: Attempt) -> None:
    attempt_moves.move_attempt(floor, attempt, Phase.WAITING)
    within = floor.rules_of(attempt).connect_within
    attempt_moves.set_deadline(floor, attempt, attempt.asked_at + within)


def route_asked_again(floor: Floor, attempt: Attempt, event: RouteAskedAgain) -> None:
    """A bridge was refused (try the next rep, within the same time) or ended (the rep's phone is
    lost).
    """
    attempt.asking, attempt.aside = True, False
    if attempt.phase is Phase.RESERVED:
        orders.doubt_reserved(floor, attempt)
    if event.leg and (attempt.connected_at is None or attempt.talked_with is None):
        _talked_unseen(floor, attempt, event)
    if attempt.connected_at is not None:
        attempt_moves.stop_talk(attempt, event.at)
        waiting.asked_again(floor, attempt, event.result)
        return
    attempt.asked_at = attempt.asked_at or event.at
    attempt.answered_at = attempt.answered_at or event.at
    attempt_moves.tell_answered(floor, attempt, "human")
    _wait(floor, attempt)


def _talked_unseen(floor: Floor, attempt: Attempt, event: RouteAskedAgain) -> None:
    """After a restart, on hold or between two reps: whose conversation it was, the leg tells."""
    talked_at = event.at if event.talked_at is None else event.talked_at
    attempt.answered_at = attempt.answered_at or talked_at
    attempt.connected_at = max(talked_at, attempt.answered_at)
    attempt_moves.tell_connected_unseen(floor, attempt)
    name = agent_moves.agent_of_leg(event.leg)
    name = "" if name.startswith("_") else name
    attempt.talked_with = name or None
    agent = floor.agents.get(name)
    idle = {AgentState.PAUSED, AgentState.READY}
    if agent is not None and agent.leg == event.leg and agent.state in idle and not agent.attempt:
        attempt.agent, agent.attempt, agent.resume = agent.agent, attempt.attempt, False
        agent_moves.move_agent(floor, agent, AgentState.TALKING)
        attempt.held_by = "agent" if event.result == "held" else ""
    elif event.result == "held":
        attempt.held_by, attempt.transfer = "transfer", Transfer(name, None, home=True)


def revived(floor: Floor, attempt: Attempt, event: RouteAskedAgain) -> None:
    """Taken out of the bridge in the moment in which the bridge ended by itself: the asker who left
    was the same callee.
    """
    attempt.asking = True
    if attempt.ending_by is not None or attempt.connected_at is None:
        orders.drop(floor, attempt, attempt.ending_by or "dialer")
        return
    by = attempt.talked_with or ""
    attempt.held_by = "transfer"
    attempt.transfer = Transfer(by, by if by in floor.agents else None, home=True)
    attempt.agent = None
    waiting.asked_again(floor, attempt, event.result)


def asker_left(floor: Floor, attempt: Attempt, event: AskerLeft) -> None:
    """Nobody is to be bridged to a callee who is gone. Who ended it, the hang-up tells."""
    attempt.asking = False
    orders.release_reserved(floor, attempt, "abandoned")
    orders.nobody_waits(floor, attempt)
    if attempt.connected_at is None:
        attempt_moves.tell_abandoned(floor, attempt)
    attempt_moves.move_attempt(floor, attempt, Phase.LEAVING)


# --- the end --------------------------------------------------------------------------------------


def hung_up(
    floor: Floor, attempt: Attempt, event: HungUp, unseen_with: Agent | None = None
) -> None:
    """The record first: a wrap-up that takes no time follows it at once. `unseen_with`: the rep of
    a talk that we did not see.
    """
    attempt_moves.close_attempt(floor, attempt, event)
    orders.release_reserved(floor, attempt, attempt_moves.outcome_of(attempt, event))
    if unseen_with is not None:
        agent_moves.write_up_unseen(floor, unseen_with, attempt)
    orders.nobody_waits(floor, attempt)
    attempt_moves.forget_attempt(floor, attempt)


def ledger_told(floor: Floor, attempt: Attempt, event: LedgerTold) -> None:
    """What we saw ourselves stands; the switch's record fills in what we missed."""
    attempt.answered_at = attempt.answered_at or event.answered_at
    unseen_with = None
    if attempt.connected_at is None and event.connected_at is not None:
        attempt.connected_at = attempt.bridged_at = event.connected_at
        attempt.talked_with = event.agent
        attempt_moves.tell_connected_unseen(floor, attempt)
        unseen_with = floor.agents.get(event.agent or "") if event.wrapup else None
    end = HungUp(event.attempt, event.ended_at, event.cause, event.by)
    hung_up(floor, attempt, end, unseen_with)


def deadline(floor: Floor, attempt: Attempt) -> None:
    """The attempt's own timer ran out."""
    if attempt.phase is Phase.WAITING:
        orders.play_message(floor, attempt)
    elif attempt.phase is Phase.TALKING and attempt.aside:
        orders.not_taken_aside(floor, attempt)
    elif attempt.phase is Phase.HELD:
        waiting.time_is_over(floor, attempt)
    elif attempt.failed_reason is not None:
        cause = ORIGINATE_REASONS.get(attempt.failed_reason, 0)
        ended = HungUp(attempt.attempt, floor.now, cause, sip_code=attempt.failed_code)
        hung_up(floor, attempt, ended)
