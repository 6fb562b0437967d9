"""From where the members of a conversation are to where they should be.

`CONVERSATION` decides: for what a conversation wants it has what is ordered next, by where its
callee is, and what happens when the callee asks again, when the wait has lasted too long and when
whoever was asked in is gone. Handlers note what has happened or is wished, then call `serve`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from dialer.floor import agent_moves, attempt_moves, orders
from dialer.floor.choice import choose_agent
from dialer.floor.conversation import Spot, Want, is_here, spot, want
from dialer.floor.state import Attempt, Floor, Party, Transfer
from dialer.words import AgentState, Phase

#: The dialplan may ask again before the events that tell why its bridge ended.
BRIDGE_END_GRACE_S = 1.0


def serve(floor: Floor, attempt: Attempt) -> None:
    """Order the next step to what is wanted; nothing while one is under way."""
    act = CONVERSATION[want(attempt)].serve.get(spot(attempt))
    if act is not None:
        act(floor, attempt)


def asked_again(floor: Floor, attempt: Attempt, result: str) -> None:
    """The callee stands in the dialplan, not for the first time. `result` "held": with the tone."""
    CONVERSATION[want(attempt)].asked(floor, attempt, result == "held")


def time_is_over(floor: Floor, attempt: Attempt) -> None:
    """The limit of a callee's wait is reached."""
    CONVERSATION[want(attempt)].over[spot(attempt)](floor, attempt)


def gone(floor: Floor, attempt: Attempt) -> None:
    """The party's phone is off the line: what they were asked for goes on without them."""
    wanted, party, attempt.party = want(attempt), attempt.party, None
    assert party is not None
    agent = floor.agents.get(attempt.agent or "")
    attempt_moves.note_step(floor, attempt, "party_left", party.agent, party.label)
    if attempt.transfer is not None:
        # Also where the callee is still on their way out of the talk: they ask in a moment.
        send_home(floor, attempt)
    else:
        CONVERSATION[wanted].gone(floor, attempt, party)
    if agent is not None:
        # Also who has just been let go: what they see has changed.
        agent_moves.report_agent(floor, agent)


def parked(floor: Floor, attempt: Attempt, party: Party) -> None:
    """Their phone waits: it was answered, or the talk with it is over."""
    party.state, party.joining = "waiting", False
    orders.report_rep(floor, attempt)
    serve(floor, attempt)


# --- kept waiting ---------------------------------------------------------------------------------


def wait(floor: Floor, attempt: Attempt, has_tone: bool) -> None:
    """With the tone, unless somebody is there for them at once."""
    if attempt.phase is not Phase.HELD:
        attempt_moves.move_attempt(floor, attempt, Phase.HELD)
    if attempt.held_by in {"park", "transfer"}:
        _let_rep_go(floor, attempt)
    if attempt.held_by == "transfer":
        floor.seeking[attempt.attempt] = None
        floor.match_soon = True
    serve(floor, attempt)
    if attempt.phase is not Phase.HELD:
        return
    if attempt.asking and not has_tone:
        orders.tone(floor, attempt)
    else:
        orders.keep_deadline(floor, attempt)


def wait_anew(floor: Floor, attempt: Attempt) -> None:
    """A consultation is not cut off; what is on its way is waited for."""
    attempt.held_until = None
    wait(floor, attempt, has_tone=False)


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


def give_away(floor: Floor, attempt: Attempt, how: str, transfer: Transfer) -> None:
    """Their rep leaves them: for whoever picks them up, or for another rep."""
    attempt.held_by = "park" if how == "park" else "transfer"
    attempt.transfer = transfer
    if attempt.phase is Phase.HELD:
        wait_anew(floor, attempt)
    else:
        orders.take_aside(floor, attempt)


def seek(floor: Floor, attempt: Attempt) -> None:
    """The rep they are meant for, or anybody who may take the call."""
    transfer = attempt.transfer
    assert transfer is not None
    if transfer.to is None:
        found = choose_agent(floor, attempt, without="" if transfer.home else transfer.by)
    else:
        found = transfer.to if transfer.to in floor.free else None
    if found is not None:
        orders.connect(floor, attempt, floor.agents[found])


def send_home(floor: Floor, attempt: Attempt) -> None:
    """What they were meant for came to nothing: back to the one who gave them away, then to
    anybody, then the end.
    """
    attempt.held_until = None
    if not _next_station(floor, attempt):
        orders.play_message(floor, attempt)
    elif attempt.phase is Phase.HELD:
        wait(floor, attempt, has_tone=False)


def _next_station(floor: Floor, attempt: Attempt) -> bool:
    transfer = attempt.transfer
    assert transfer is not None
    attempt.held_by = "transfer"
    attempt_moves.note_step(floor, attempt, "nobody_came", transfer.to)
    giver = floor.agents.get(transfer.by)
    is_at_work = giver is not None and giver.state is not AgentState.OUT
    if not transfer.home and is_at_work:
        attempt.transfer = Transfer(transfer.by, transfer.by, home=True)
    elif not transfer.home or transfer.to is not None:
        attempt.transfer = Transfer(transfer.by, None, home=True)
    else:
        return False
    return True


# --- back to their rep ----------------------------------------------------------------------------


def back_to_rep(floor: Floor, attempt: Attempt) -> None:
    """The wait is over: they talk as soon as both are there."""
    attempt.held_by, attempt.held_until = "", None
    attempt_moves.note_step(floor, attempt, "resumed", attempt.agent)
    if attempt.phase is Phase.HELD:
        # As with a lost phone: a phone that is not there is waited for with the tone.
        attempt_moves.set_deadline(floor, attempt, floor.now + BRIDGE_END_GRACE_S)
        serve(floor, attempt)
    orders.report_rep(floor, attempt)


def reconnect(floor: Floor, attempt: Attempt) -> None:
    """As soon as the rep's phone is there."""
    agent = floor.agents.get(attempt.agent or "")
    if agent is not None and agent.attempt == attempt.attempt and is_here(agent):
        orders.connect(floor, attempt, agent)


def lost_rep(floor: Floor, attempt: Attempt, has_tone: bool) -> None:
    """The callee is there, their rep is not: why may be told only in a moment."""
    if attempt.phase is not Phase.HELD:
        attempt_moves.move_attempt(floor, attempt, Phase.HELD)
        grace_ends = floor.now + BRIDGE_END_GRACE_S
        attempt_moves.set_deadline(floor, attempt, attempt.held_until or grace_ends)
    serve(floor, attempt)


def hold_for_phone(floor: Floor, attempt: Attempt) -> None:
    """The grace is over: first a tone; when that is over too, another rep or the end."""
    limit = floor.rules_of(attempt).hold_limit
    if attempt.held_until is not None or limit <= 0:
        another_rep(floor, attempt)
        return
    orders.tone_for(floor, attempt, limit)


def another_rep(floor: Floor, attempt: Attempt) -> None:
    orders.release_reserved(floor, attempt)
    other = choose_agent(floor, attempt)
    if other is None:
        orders.play_message(floor, attempt)
    else:
        orders.connect(floor, attempt, floor.agents[other])


# --- the end --------------------------------------------------------------------------------------


def end_for_rep(floor: Floor, attempt: Attempt) -> None:
    """The rep has put the phone down: that ends the call."""
    orders.drop_party(floor, attempt)
    orders.drop(floor, attempt, "agent")


def end_of_takeover(floor: Floor, attempt: Attempt, has_tone: bool) -> None:
    """Who had taken over has left."""
    orders.drop(floor, attempt, "agent")


def end_of_two(floor: Floor, attempt: Attempt, has_tone: bool) -> None:
    """Callee and somebody outside had each other, and now the callee asks again: it is over."""
    orders.drop_party(floor, attempt)
    orders.drop(floor, attempt, "dialer")


# --- who was asked in is gone ---------------------------------------------------------------------


def go_on(floor: Floor, attempt: Attempt, party: Party) -> None:
    """As they are."""


def stop_ringing(floor: Floor, attempt: Attempt, party: Party) -> None:
    if party.joining:
        orders.stop_ringing(floor, floor.agents[attempt.agent or ""])


def back_alone(floor: Floor, attempt: Attempt, party: Party) -> None:
    if attempt.phase is Phase.HELD:
        back_to_rep(floor, attempt)


def left_alone(floor: Floor, attempt: Attempt, party: Party) -> None:
    """Callee and party were left to themselves: it is over as soon as the callee asks."""
    if attempt.agent is None:
        attempt.rep_left = True


# --- the table ------------------------------------------------------------------------------------

Act = Callable[[Floor, Attempt], None]
Acts = Mapping[Spot, Act]
Ask = Callable[[Floor, Attempt, bool], None]
Gone = Callable[[Floor, Attempt, Party], None]
_ON: Acts = {Spot.ASKS: wait_anew, Spot.TONE: wait_anew}
_LOST: Acts = {Spot.ASKS: hold_for_phone, Spot.TONE: orders.hang_up}
_NEXT: Acts = {Spot.ASKS: send_home, Spot.TONE: wait_anew}


class Row(NamedTuple):
    """What is done for a conversation that wants this."""

    #: The next step, by where the callee is.
    serve: Acts
    #: The callee asks again.
    asked: Ask = wait
    #: The callee has waited for as long as is allowed.
    over: Acts = _ON
    #: Who was asked in is gone.
    gone: Gone = go_on


_B, _A, _T, _W = Spot.BRIDGE, Spot.ASKS, Spot.TONE, Spot.ON_WAY
CONVERSATION: dict[Want, Row] = {
    Want.TALK: Row({_A: reconnect}, lost_rep, _LOST),
    Want.ENDS: Row({_A: end_for_rep}, lost_rep, _LOST),
    Want.HOLD: Row({}, over={_A: back_to_rep, _T: wait_anew}),
    Want.ENDS_ON_HOLD: Row({_A: end_for_rep}),
    Want.PARK: Row({}, over=_NEXT),
    Want.TRANSFER: Row({_A: seek}, over=_NEXT),
    Want.TAKEN: Row({}, end_of_takeover),
    Want.RING: Row({_A: orders.ring, _T: orders.ring}, gone=stop_ringing),
    Want.MEET: Row({_B: orders.hold_for_party, _A: orders.join_legs, _T: orders.join_legs}),
    Want.CONSULT: Row({}),
    Want.PART: Row(dict.fromkeys(Spot, orders.rep_aside), gone=back_alone),
    Want.BACK: Row({_A: reconnect}, gone=back_alone),
    Want.JOIN: Row({_A: orders.join_in}),
    Want.HANDOVER: Row({_A: orders.join_in, _B: orders.rep_aside}),
    Want.GIVEN: Row({}, gone=left_alone),
    Want.WELCOME: Row({_A: orders.welcome}, gone=left_alone),
    Want.LEFT: Row({}, end_of_two, gone=left_alone),
}
