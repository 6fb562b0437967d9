"""Somebody else in a rep's conversation: asked in, steered, and what the switch tells of them."""

from __future__ import annotations

from typing import get_args

from dialer.floor import agent_moves, attempt_moves, conversation, orders, waiting
from dialer.floor.commands import CallOutside, HangUp
from dialer.floor.events import ConsultAsked, LegGone, LegParked, LegsBridged, TransferAsked
from dialer.floor.state import Agent, AgentState, Attempt, Floor, Party, Phase, Phone, Transfer
from dialer.words import ConsultWish, Step

WISHES = frozenset(get_args(ConsultWish))


# --- what a rep asks for --------------------------------------------------------------------------


def may_transfer(floor: Floor, agent: Agent, event: TransferAsked) -> str:
    """Why not; "" if they may. From a conversation or from hold."""
    why_not = conversation.talks_alone(floor, agent, event)
    if why_not and conversation.is_on_hold(floor, agent, event):
        return why_not
    if event.outside or (not event.to and not event.warm):
        return ""
    other = floor.agents.get(event.to)
    if other is None or other is agent or other.state is AgentState.OUT:
        return "whom you name is not here"
    if event.warm and event.to not in floor.free:
        return "whom you name is not free"
    return ""


def transfer(floor: Floor, agent: Agent, event: TransferAsked) -> None:
    """Warm: the callee is on hold till the rep has talked to whom they ask in."""
    attempt = floor.attempts[agent.attempt or ""]
    what: Step = "asked_in" if event.warm else "transferred"
    attempt_moves.note_step(floor, attempt, what, event.to, event.label)
    if event.warm:
        _ask_in(floor, attempt, agent, event)
        return
    if event.outside:
        attempt.party = _party(floor, attempt, agent, event)
        attempt.party.goal = "handover"
    to = Transfer(agent.agent, event.to or None)
    waiting.give_away(floor, attempt, "transfer", to)


def _ask_in(floor: Floor, attempt: Attempt, agent: Agent, event: TransferAsked) -> None:
    attempt.held_by = "agent"
    attempt.party = _party(floor, attempt, agent, event)
    if attempt.phase is Phase.TALKING:
        orders.take_aside(floor, attempt)
    waiting.serve(floor, attempt)
    agent_moves.report_agent(floor, agent)


def _party(floor: Floor, attempt: Attempt, agent: Agent, event: TransferAsked) -> Party:
    if event.outside:
        return _outside(floor, attempt, agent, event)
    other = floor.agents[event.to]
    other.attempt = attempt.attempt
    agent_moves.move_agent(floor, other, AgentState.RESERVED)
    return Party(other.leg or "", "rep", event.label, agent.agent, other.agent, "waiting")


def _outside(floor: Floor, attempt: Attempt, agent: Agent, event: TransferAsked) -> Party:
    floor.counted_legs += 1
    name = conversation.outside_name(attempt.attempt)
    leg = f"leg-{floor.run}-{floor.counted_legs}-{name}"
    floor.outside[leg] = attempt.attempt
    floor.out.append(CallOutside(attempt.attempt, leg, event.outside, attempt.campaign))
    return Party(leg, "external", event.label, agent.agent)


def has_party(floor: Floor, agent: Agent, event: ConsultAsked) -> str:
    """Why not; "" if this wish can be met."""
    attempt = conversation.own(floor, agent)
    party = None if attempt is None else attempt.party
    if party is None:
        return "nobody is asked into the call"
    if event.what not in WISHES:
        return "that is no wish"
    if event.what == "swap" and party.goal not in {"consult", "callee"}:
        return "all three talk"
    is_there = party.state != "calling"
    return "" if is_there or event.what == "cancel" else "they have not answered"


def consult(floor: Floor, agent: Agent, event: ConsultAsked) -> None:
    attempt = floor.attempts[agent.attempt or ""]
    party = attempt.party
    assert party is not None
    if event.what == "cancel":
        _cancel(floor, attempt, agent)
        return
    if event.what == "complete":
        party.goal = "handover"
    elif event.what == "join":
        party.goal = "join"
    else:
        party.goal = "callee" if party.goal == "consult" else "consult"
    waiting.serve(floor, attempt)


def _cancel(floor: Floor, attempt: Attempt, agent: Agent) -> None:
    orders.drop_party(floor, attempt)
    if attempt.held_by == "agent":
        waiting.back_to_rep(floor, attempt)
    agent_moves.report_agent(floor, agent)


# --- what the switch tells ------------------------------------------------------------------------


def legs_bridged(floor: Floor, stray: Agent, event: LegsBridged) -> None:
    """A consultation has begun; or nobody wants it any more."""
    for attempt in floor.attempts.values():
        party, agent = attempt.party, floor.agents.get(attempt.agent or "")
        if party is None or agent is None or party.state == "talking":
            continue
        if {agent.leg, party.leg} == {event.leg, event.other}:
            _talk(floor, attempt, party, agent)
            return
    agent_moves.set_phone(floor, stray, Phone.BRIDGED)
    orders.take_leg_aside(floor, stray)


def _talk(floor: Floor, attempt: Attempt, party: Party, agent: Agent) -> None:
    party.state, party.joining = "talking", False
    attempt_moves.note_step(floor, attempt, "consulted", party.agent, party.label)
    agent_moves.set_phone(floor, agent, Phone.BRIDGED)
    other = floor.agents.get(party.agent or "")
    if other is not None:
        agent_moves.move_agent(floor, other, AgentState.TALKING, phone=Phone.BRIDGED)
    agent_moves.report_agent(floor, agent)
    waiting.serve(floor, attempt)


def outside_parked(floor: Floor, event: LegParked) -> None:
    attempt = floor.attempts.get(floor.outside.get(event.leg, ""))
    party = None if attempt is None else attempt.party
    if attempt is None or party is None or party.leg != event.leg:
        floor.out.append(HangUp(event.leg))
    else:
        waiting.parked(floor, attempt, party)


def outside_gone(floor: Floor, event: LegGone) -> None:
    attempt = floor.attempts.get(floor.outside.pop(event.leg, ""))
    if attempt is not None and attempt.party is not None and attempt.party.leg == event.leg:
        waiting.gone(floor, attempt)
