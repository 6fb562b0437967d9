"""What an event means for the attempt it names. One function per event; the table says when each
may be called.
"""

from __future__ import annotations

from dialer.floor import agent_moves, attempt_moves
from dialer.floor.commands import Connect, Drop, ForgetAttempt, HangUp, Hold, PlayMessage
from dialer.floor.events import (
    AskerLeft,
    Bridged,
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
    Unbridged,
)
from dialer.floor.state import Agent, AgentState, Attempt, Floor, Phase, Phone

#: The reasons of OriginateResponse (Asterisk's control frames) and the Q.850 cause each stands for.
ORIGINATE_REASONS = {1: 16, 3: 19, 5: 17, 8: 34}
#: A hang-up with the true cause follows a failed Originate within milliseconds; this is ample.
ORIGINATE_GRACE_S = 1.0
#: The dialplan may ask again before the events that tell why its bridge ended.
BRIDGE_END_GRACE_S = 1.0


def dispatched(floor: Floor, attempt: Attempt, event: Dispatched) -> None:
    attempt.placed_at = event.at
    attempt.trunk, attempt.node = event.trunk, event.node
    if attempt.phase is Phase.PLACING:
        attempt_moves.move_attempt(floor, attempt, Phase.DIALING)


def refused(floor: Floor, attempt: Attempt, event: Refused) -> None:
    _forget(floor, attempt, event.rule)


def not_placed(floor: Floor, attempt: Attempt, event: NotPlaced) -> None:
    _forget(floor, attempt, event.reason)


def _forget(floor: Floor, attempt: Attempt, rule: str) -> None:
    attempt_moves.tell_ended(floor, attempt, "cancelled")
    floor.out.append(ForgetAttempt(attempt.attempt, attempt.lead, attempt.campaign, rule))
    attempt_moves.move_attempt(floor, attempt, Phase.ENDED)
    del floor.attempts[attempt.attempt]


def originate_failed(floor: Floor, attempt: Attempt, event: OriginateFailed) -> None:
    attempt.failed_reason = event.reason
    attempt_moves.set_deadline(floor, attempt, floor.now + ORIGINATE_GRACE_S)


def rang(floor: Floor, attempt: Attempt, event: Rang) -> None:
    if attempt.ringing_at is None:
        attempt.ringing_at = max(event.at, attempt.placed_at)
        floor.pacer.ringing(floor.now, attempt.attempt)
    if attempt.phase in {Phase.PLACING, Phase.DIALING}:
        attempt_moves.move_attempt(floor, attempt, Phase.RINGING)


def picked_up(floor: Floor, attempt: Attempt, event: PickedUp) -> None:
    if attempt.answered_at is None:
        attempt.answered_at = max(event.at, attempt.placed_at)
    if attempt.phase in {Phase.PLACING, Phase.DIALING, Phase.RINGING}:
        attempt_moves.move_attempt(floor, attempt, Phase.ANSWERED)


def route_asked(floor: Floor, attempt: Attempt, event: RouteAsked) -> None:
    """The clock of the law starts at the 200 OK; behind a machine detector, when it has made up
    its mind.
    """
    if attempt.answered_at is None:
        attempt.answered_at = event.at
    attempt.asking, attempt.asked_at = True, event.at
    attempt_moves.tell_answered(floor, attempt, event.by)
    if event.by == "machine":
        floor.out.append(Drop(attempt.attempt))
        attempt.asking, attempt.ending_by = False, "dialer"
        attempt_moves.move_attempt(floor, attempt, Phase.LEAVING)
    else:
        _wait(floor, attempt)


def _wait(floor: Floor, attempt: Attempt) -> None:
    attempt_moves.move_attempt(floor, attempt, Phase.WAITING)
    within = floor.campaigns[attempt.campaign].rules.connect_within
    attempt_moves.set_deadline(floor, attempt, attempt.asked_at + within)


def route_asked_again(floor: Floor, attempt: Attempt, event: RouteAskedAgain) -> None:
    """A bridge was refused (try the next rep, within the same time) or ended (the rep's phone is
    lost).
    """
    attempt.asking = True
    if attempt.connected_at is not None:
        attempt_moves.stop_talk(attempt, event.at)
        lost_rep(floor, attempt)
        return
    attempt.asked_at = attempt.asked_at or event.at
    attempt.answered_at = attempt.answered_at or event.at
    attempt_moves.tell_answered(floor, attempt, "human")
    doubt_reserved(floor, attempt)
    _wait(floor, attempt)


def doubt_reserved(floor: Floor, attempt: Attempt) -> None:
    """The switch would not bridge to the rep we chose: he gets no call until his phone has proved
    itself.
    """
    agent = floor.agents.get(attempt.agent or "")
    if agent is None or agent.attempt != attempt.attempt:
        return
    if agent.phone in {Phone.PARKED, Phone.BRIDGED}:
        agent_moves.set_phone(floor, agent, Phone.DOUBTED)
    agent_moves.release(floor, agent)


def lost_rep(floor: Floor, attempt: Attempt) -> None:
    """The callee is there, his rep is not: why may be told only in a moment."""
    if attempt.phase is not Phase.HELD:
        attempt_moves.move_attempt(floor, attempt, Phase.HELD)
        grace_ends = floor.now + BRIDGE_END_GRACE_S
        attempt_moves.set_deadline(floor, attempt, attempt.held_until or grace_ends)
    try_held(floor, attempt)


def try_held(floor: Floor, attempt: Attempt) -> None:
    """Back to his rep as soon as that phone is there again; else the callee hears a tone for a
    while.
    """
    agent = floor.agents.get(attempt.agent or "")
    if attempt.rep_left:
        drop(floor, attempt, "agent")
    elif agent is not None and agent.attempt == attempt.attempt and agent.phone is Phone.PARKED:
        connect(floor, attempt, agent)


def hold_ended(floor: Floor, attempt: Attempt) -> None:
    """The grace is over: first a tone; when that is over too, another rep or the end."""
    limit = floor.campaigns[attempt.campaign].rules.hold_limit
    if not attempt.asking or attempt.held_until is not None:
        _give_up_held(floor, attempt)
        return
    attempt.asking = False
    attempt.held_until = floor.now + limit
    floor.out.append(Hold(attempt.attempt, limit))
    attempt_moves.set_deadline(floor, attempt, attempt.held_until)


def _give_up_held(floor: Floor, attempt: Attempt) -> None:
    agent = floor.agents.get(attempt.agent or "")
    if agent is not None and agent.attempt == attempt.attempt:
        agent_moves.start_wrapup(floor, agent, attempt)
    if attempt.asking:
        play_message(floor, attempt)
    else:
        attempt.ending_by = "dialer"
        floor.out.append(HangUp(attempt.attempt))
        attempt_moves.move_attempt(floor, attempt, Phase.LEAVING)


def asker_left(floor: Floor, attempt: Attempt, event: AskerLeft) -> None:
    """Nobody is to be bridged to a callee who is gone."""
    attempt.asking = False
    release_reserved(floor, attempt)
    attempt.ending_by = attempt.ending_by or "callee"
    if attempt.connected_at is None:
        attempt_moves.tell_abandoned(floor, attempt)
    attempt_moves.move_attempt(floor, attempt, Phase.LEAVING)


def release_reserved(floor: Floor, attempt: Attempt) -> None:
    agent = floor.agents.get(attempt.agent or "")
    if agent is None or agent.attempt != attempt.attempt:
        return
    if agent.state is AgentState.RESERVED:
        agent_moves.release(floor, agent)
        agent_moves.leave_if_settled(floor, agent)
    elif agent.state is AgentState.TALKING:
        agent_moves.start_wrapup(floor, agent, attempt)


def connect(floor: Floor, attempt: Attempt, agent: Agent) -> None:
    """Reserve this rep and tell the dialplan."""
    assert agent.leg is not None
    attempt.asking, attempt.agent = False, agent.agent
    agent.attempt = attempt.attempt
    if agent.state is AgentState.READY:
        agent_moves.move_agent(floor, agent, AgentState.RESERVED)
    attempt_moves.move_attempt(floor, attempt, Phase.RESERVED)
    floor.out.append(Connect(attempt.attempt, agent.agent, agent.leg))


def bridged(floor: Floor, attempt: Attempt, event: Bridged) -> None:
    """They hear each other. What the switch says outweighs whom we had reserved."""
    agent = floor.agents.get(floor.legs.get(event.leg, ""))
    if agent is None:
        return
    if attempt.agent != agent.agent:
        release_reserved(floor, attempt)
    attempt.agent, attempt.asking, attempt.held_until = agent.agent, False, None
    attempt.answered_at = attempt.answered_at or event.at
    if attempt.connected_at is None:
        attempt.connected_at = max(event.at, attempt.answered_at)
        attempt_moves.tell_connected(floor, attempt, agent.agent)
        agent.calls += 1
    attempt.bridged_at = max(event.at, attempt.connected_at)
    agent.attempt = attempt.attempt
    agent_moves.set_phone(floor, agent, Phone.BRIDGED)
    attempt_moves.move_attempt(floor, attempt, Phase.TALKING)
    agent_moves.move_agent(floor, agent, AgentState.TALKING)


def unbridged(floor: Floor, attempt: Attempt, event: Unbridged) -> None:
    attempt_moves.stop_talk(attempt, event.at)


def hung_up(floor: Floor, attempt: Attempt, event: HungUp) -> None:
    release_reserved(floor, attempt)
    attempt_moves.close_attempt(floor, attempt, event)


def ledger_told(floor: Floor, attempt: Attempt, event: LedgerTold) -> None:
    """What we saw ourselves stands; the switch's record fills in what we missed."""
    attempt.answered_at = attempt.answered_at or event.answered_at
    if attempt.connected_at is None and event.connected_at is not None:
        attempt.connected_at = attempt.bridged_at = event.connected_at
        attempt.agent = event.agent
        attempt_moves.tell_connected(floor, attempt, event.agent or "")
    hung_up(floor, attempt, HungUp(event.attempt, event.ended_at, event.cause, event.by))


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
    release_reserved(floor, attempt)
    attempt_moves.move_attempt(floor, attempt, Phase.LEAVING)


def deadline(floor: Floor, attempt: Attempt) -> None:
    """The attempt's own timer ran out."""
    if attempt.phase is Phase.WAITING:
        play_message(floor, attempt) if attempt.asking else asker_lost(floor, attempt)
    elif attempt.phase is Phase.HELD:
        hold_ended(floor, attempt)
    elif attempt.failed_reason is not None:
        cause = ORIGINATE_REASONS.get(attempt.failed_reason, 0)
        attempt_moves.close_attempt(floor, attempt, HungUp(attempt.attempt, floor.now, cause))


def asker_lost(floor: Floor, attempt: Attempt) -> None:
    """Waiting, but no dialplan asks any more: it plays the message by itself."""
    attempt_moves.tell_abandoned(floor, attempt)
    attempt_moves.move_attempt(floor, attempt, Phase.MESSAGE)
