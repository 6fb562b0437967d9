"""A callee kept waiting on purpose: on hold by their rep, parked for anybody, or on the way to
another rep. The dialplan plays the tone and goes on asking.
"""

from __future__ import annotations

from dialer.floor import agent_moves, attempt_moves, on_attempt, on_party, on_talk
from dialer.floor.choice import choose_agent
from dialer.floor.commands import HangUp, Hold, TakeAside
from dialer.floor.events import HoldAsked, ParkAsked, PickupAsked, ResumeAsked
from dialer.floor.state import Agent, AgentState, Attempt, Floor, Phase, Phone, Transfer

#: A callee who was told to leave the bridge asks within milliseconds; an order that got lost is
#: forgotten after this time.
ASIDE_WITHIN_S = 3.0
#: The dialplan wants a time above zero.
LEAST_HOLD_S = 1.0


# --- what a rep asks for --------------------------------------------------------------------------


def own(floor: Floor, agent: Agent) -> Attempt | None:
    """The conversation that is this rep's; None for one they were only asked into."""
    attempt = floor.attempts.get(agent.attempt or "")
    return attempt if attempt is not None and attempt.agent == agent.agent else None


def talks_alone(floor: Floor, agent: Agent, event: object) -> str:
    """Why not ("" if so): the rep and the callee hear each other, and nobody else is asked in."""
    attempt = own(floor, agent)
    if attempt is None:
        return "in somebody else's conversation"
    if attempt.party is not None:
        return "somebody is asked into the call"
    if attempt.held_by or attempt.phase is Phase.HELD:
        return "the callee is on hold"
    if attempt.phase is not Phase.TALKING or attempt.aside:
        return "the callee is on the way"
    return ""


def is_on_hold(floor: Floor, agent: Agent, event: object) -> str:
    attempt = own(floor, agent)
    if attempt is None or attempt.held_by != "agent":
        return "no callee is on hold"
    return "somebody is asked into the call" if attempt.party is not None else ""


def hold(floor: Floor, agent: Agent, event: HoldAsked) -> None:
    attempt = floor.attempts[agent.attempt or ""]
    attempt.held_by = "agent"
    attempt_moves.note_step(floor, attempt, "held", agent.agent)
    take_aside(floor, attempt)
    agent_moves.report_agent(floor, agent)


def resume(floor: Floor, agent: Agent, event: ResumeAsked) -> None:
    if agent.phone in {Phone.BRIDGED, Phone.DOUBTED}:
        # With nobody we know of: after a restart.
        take_leg_aside(floor, agent)
    back_to_rep(floor, floor.attempts[agent.attempt or ""])


def park(floor: Floor, agent: Agent, event: ParkAsked) -> None:
    attempt = floor.attempts[agent.attempt or ""]
    attempt_moves.note_step(floor, attempt, "parked", agent.agent)
    give_away(floor, attempt, "park", Transfer(agent.agent, None))


def may_pick_up(floor: Floor, agent: Agent, event: PickupAsked) -> str:
    attempt = floor.attempts.get(event.attempt)
    waits = attempt is not None and attempt.held_by in {"park", "transfer"}
    if attempt is None or not waits or attempt.party is not None:
        return "that call is not parked"
    if not (attempt.phase is Phase.HELD and attempt.asking):
        return "that call is being taken"
    return "" if agent.phone is Phone.PARKED and not agent.aside else "the phone is not there"


def pick_up(floor: Floor, agent: Agent, event: PickupAsked) -> None:
    """From a pause they return to it afterwards."""
    agent_moves.end_wrapup(floor, agent)
    if agent.state is AgentState.PAUSED:
        # To the pacer they stay so: it must not count on a rep who goes back to a pause.
        agent.unpaced = True
        if not agent.leave:
            agent_moves.ask_to_leave_after(floor, agent, agent.reason)
    attempt = floor.attempts[event.attempt]
    attempt_moves.note_step(floor, attempt, "picked_up", agent.agent)
    on_attempt.connect(floor, attempt, agent)


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
    if attempt.party is not None:
        on_party.drop(floor, attempt)
    agent = floor.agents.get(attempt.agent or "")
    if agent is not None:
        agent_moves.report_agent(floor, agent)


def back_to_rep(floor: Floor, attempt: Attempt) -> None:
    """The wait is over: they talk as soon as both are there."""
    attempt.held_by, attempt.held_until = "", None
    attempt_moves.note_step(floor, attempt, "resumed", attempt.agent)
    agent = floor.agents.get(attempt.agent or "")
    if attempt.phase is Phase.HELD:
        # As with a lost phone: a phone that is not there is waited for with the tone.
        attempt_moves.set_deadline(floor, attempt, floor.now + on_talk.BRIDGE_END_GRACE_S)
        on_talk.try_held(floor, attempt)
    if agent is not None:
        agent_moves.report_agent(floor, agent)


def give_away(floor: Floor, attempt: Attempt, how: str, transfer: Transfer) -> None:
    """Their rep leaves them: for whoever picks them up, or for another rep."""
    attempt.held_by = "park" if how == "park" else "transfer"
    attempt.transfer = transfer
    if attempt.phase is Phase.HELD:
        attempt.held_until = None
        _on_hold(floor, attempt, has_tone=False)
    else:
        take_aside(floor, attempt)


# --- the dialplan asks ----------------------------------------------------------------------------


def asked_again(floor: Floor, attempt: Attempt, result: str) -> None:
    """The callee stands in the dialplan. `result` "held": with the tone on."""
    if on_party.was_left(attempt):
        on_party.drop(floor, attempt)
        on_attempt.drop(floor, attempt, "dialer")
        return
    if attempt.phase is not Phase.HELD:
        attempt_moves.move_attempt(floor, attempt, Phase.HELD)
    _on_hold(floor, attempt, has_tone=result == "held")


def _on_hold(floor: Floor, attempt: Attempt, *, has_tone: bool) -> None:
    if attempt.held_by in {"park", "transfer"}:
        _let_rep_go(floor, attempt)
    if attempt.held_by == "transfer":
        floor.seeking[attempt.attempt] = None
        floor.match_soon = True
    serve(floor, attempt)
    if attempt.phase is not Phase.HELD:
        return
    if attempt.asking and not has_tone:
        tone(floor, attempt)
    else:
        _keep_deadline(floor, attempt)


def _let_rep_go(floor: Floor, attempt: Attempt) -> None:
    """Parked: the call is not over, and there is nothing to write up. Transferred: there is."""
    agent = floor.agents.get(attempt.agent or "")
    attempt.agent = None
    if agent is None or agent.attempt != attempt.attempt:
        return
    if attempt.held_by == "park":
        agent_moves.forget_wrapup(agent)
        agent_moves.make_ready(floor, agent)
        agent_moves.leave_if_settled(floor, agent)
    else:
        agent_moves.start_wrapup(floor, agent, attempt)


def tone(floor: Floor, attempt: Attempt) -> None:
    attempt.asking = False
    if attempt.held_until is None:
        attempt.held_until = floor.now + _limit(floor, attempt)
    left = max(attempt.held_until - floor.now, LEAST_HOLD_S)
    floor.out.append(Hold(attempt.attempt, left))
    _keep_deadline(floor, attempt)


def _keep_deadline(floor: Floor, attempt: Attempt) -> None:
    if attempt.held_until is None:
        attempt.held_until = floor.now + _limit(floor, attempt)
    attempt_moves.set_deadline(floor, attempt, max(attempt.held_until, floor.now))


def _limit(floor: Floor, attempt: Attempt) -> float:
    rules = floor.rules_of(attempt)
    if attempt.held_by == "park":
        return rules.park_limit
    return rules.transfer_limit if attempt.held_by == "transfer" else rules.rep_hold_limit


# --- who takes them -------------------------------------------------------------------------------


def serve(floor: Floor, attempt: Attempt) -> None:
    """Connect them if somebody is there for them."""
    if attempt.phase is not Phase.HELD:
        return
    if attempt.rep_left and attempt.held_by == "agent":
        if attempt.asking:
            on_party.drop(floor, attempt)
            on_attempt.drop(floor, attempt, "agent")
    elif attempt.party is not None:
        on_party.arrange(floor, attempt)
    elif attempt.asking and attempt.held_by == "transfer":
        _seek(floor, attempt)


def _seek(floor: Floor, attempt: Attempt) -> None:
    transfer = attempt.transfer
    assert transfer is not None
    if transfer.to is None:
        found = choose_agent(floor, attempt, without="" if transfer.home else transfer.by)
    else:
        found = transfer.to if transfer.to in floor.free else None
    if found is not None:
        on_attempt.connect(floor, attempt, floor.agents[found])


def over(floor: Floor, attempt: Attempt) -> None:
    """The limit of this wait is reached."""
    attempt.held_until = None
    if attempt.party is not None or not attempt.asking:
        # A consultation is not cut off; what is on its way is waited for.
        _on_hold(floor, attempt, has_tone=False)
    elif attempt.held_by == "agent":
        back_to_rep(floor, attempt)
    elif not _next_station(floor, attempt):
        give_up(floor, attempt)
    else:
        _on_hold(floor, attempt, has_tone=False)


def _next_station(floor: Floor, attempt: Attempt) -> bool:
    """Whom it was meant for, the one who gave it away, anybody: in this order."""
    transfer = attempt.transfer
    assert transfer is not None
    attempt.held_by = "transfer"
    attempt_moves.note_step(floor, attempt, "nobody_came", transfer.to)
    giver = floor.agents.get(transfer.by)
    is_here = giver is not None and giver.state is not AgentState.OUT
    if not transfer.home and is_here:
        attempt.transfer = Transfer(transfer.by, transfer.by, home=True)
    elif not transfer.home or transfer.to is not None:
        attempt.transfer = Transfer(transfer.by, None, home=True)
    else:
        return False
    return True


def send_home(floor: Floor, attempt: Attempt) -> None:
    """What they were meant for came to nothing: back to the one who gave them away."""
    attempt.held_until = None
    if attempt.transfer is not None and _next_station(floor, attempt):
        if attempt.phase is Phase.HELD:
            _on_hold(floor, attempt, has_tone=False)
    else:
        give_up(floor, attempt)


def give_up(floor: Floor, attempt: Attempt) -> None:
    if attempt.asking:
        on_attempt.play_message(floor, attempt)
    else:
        attempt.ending_by = "dialer"
        floor.out.append(HangUp(attempt.attempt))
        attempt_moves.move_attempt(floor, attempt, Phase.LEAVING)


def settled(floor: Floor, attempt: Attempt) -> None:
    """They talk, or they are gone: nobody is sought for them any more."""
    attempt.held_by, attempt.transfer, attempt.aside = "", None, False
    floor.seeking.pop(attempt.attempt, None)
