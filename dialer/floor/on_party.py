"""Somebody else in a rep's conversation: called while the callee is on hold, joined, or left with
the callee. `arrange` looks at where everybody is, and orders what is still missing.
"""

from __future__ import annotations

from msgspec.structs import replace

from dialer.floor import agent_moves, attempt_moves, on_attempt, on_hold, on_talk
from dialer.floor.commands import CallOutside, Connect, HangUp, JoinIn, JoinLegs, Ring
from dialer.floor.events import (
    Bridged,
    ConsultAsked,
    LegGone,
    LegParked,
    LegsBridged,
    TransferAsked,
)
from dialer.floor.state import Agent, AgentState, Attempt, Floor, Party, Phase, Phone, Transfer

WISHES = frozenset({"complete", "join", "swap", "cancel"})


# --- what a rep asks for --------------------------------------------------------------------------


def may_transfer(floor: Floor, agent: Agent, event: TransferAsked) -> str:
    """Why not; "" if they may. From a conversation or from hold."""
    why_not = on_hold.talks_alone(floor, agent, event)
    if why_not and on_hold.is_on_hold(floor, agent, event):
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
    attempt = floor.attempts[agent.attempt or ""]
    what = "asked_in" if event.warm else "transferred"
    attempt_moves.note_step(floor, attempt, what, event.to, event.label)
    if event.warm:
        attempt.held_by = "agent"
        attempt.party = _party(floor, attempt, agent, event)
        if attempt.phase is Phase.TALKING:
            on_hold.take_aside(floor, attempt)
        arrange(floor, attempt)
        agent_moves.report_agent(floor, agent)
        return
    if event.outside:
        attempt.party = _party(floor, attempt, agent, event)
        attempt.party.goal = "handover"
    on_hold.give_away(floor, attempt, "transfer", Transfer(agent.agent, event.to or None))


def _party(floor: Floor, attempt: Attempt, agent: Agent, event: TransferAsked) -> Party:
    if event.outside:
        floor.counted_legs += 1
        leg = f"leg-{floor.run}-{floor.counted_legs}-{outside_name(attempt.attempt)}"
        floor.outside[leg] = attempt.attempt
        floor.out.append(CallOutside(attempt.attempt, leg, event.outside, attempt.campaign))
        return Party(leg, "external", event.label, agent.agent)
    other = floor.agents[event.to]
    other.attempt = attempt.attempt
    agent_moves.move_agent(floor, other, AgentState.RESERVED)
    return Party(other.leg or "", "rep", event.label, agent.agent, other.agent, "waiting")


def outside_name(attempt: str) -> str:
    """The end of the ids of legs outside; no rep's code begins so."""
    return f"_{attempt}"


def is_outside_of(attempt: Attempt, leg: str) -> bool:
    return agent_moves.agent_of_leg(leg) == outside_name(attempt.attempt)


def keep_outside(floor: Floor, attempt: Attempt, leg: str) -> None:
    """Known from now on, also where another engine has called them."""
    floor.outside[leg] = attempt.attempt
    if attempt.party is None:
        attempt.party = Party(leg, "external", "", "", state="talking", goal="handover")


def has_party(floor: Floor, agent: Agent, event: ConsultAsked) -> str:
    attempt = on_hold.own(floor, agent)
    party = None if attempt is None else attempt.party
    if attempt is None or party is None:
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
        drop(floor, attempt)
        if attempt.held_by == "agent":
            on_hold.back_to_rep(floor, attempt)
        agent_moves.report_agent(floor, agent)
        return
    if event.what == "complete":
        party.goal = "handover"
    elif event.what == "join":
        party.goal = "join"
    else:
        party.goal = "callee" if party.goal == "consult" else "consult"
    arrange(floor, attempt)


# --- from where they are to where they should be --------------------------------------------------


def arrange(floor: Floor, attempt: Attempt) -> None:
    """Order the next step to what the rep wants; nothing while one is under way."""
    party = attempt.party
    if party is None:
        return
    agent = floor.agents.get(attempt.agent or "")
    if agent is None or agent.agent != party.by:
        _without_rep(floor, attempt, party)
    elif party.goal == "callee":
        _to_callee(floor, attempt, party, agent)
    elif party.state == "calling":
        _ring(floor, attempt, party, agent)
    elif party.state == "waiting":
        _to_party(floor, attempt, party, agent)
    elif party.goal != "consult":
        _together(floor, attempt, party, agent)


def _without_rep(floor: Floor, attempt: Attempt, party: Party) -> None:
    """Given away to somebody outside, who has answered."""
    if attempt.phase is Phase.HELD and attempt.asking and party.state == "waiting":
        attempt.asking = False
        attempt_moves.move_attempt(floor, attempt, Phase.RESERVED)
        floor.out.append(Connect(attempt.attempt, "", party.leg))


def _to_callee(floor: Floor, attempt: Attempt, party: Party, agent: Agent) -> None:
    if party.state == "talking":
        on_hold.take_leg_aside(floor, agent)
    elif attempt.phase is Phase.HELD and attempt.asking and on_talk.is_here(agent):
        on_attempt.connect(floor, attempt, agent)


def _ring(floor: Floor, attempt: Attempt, party: Party, agent: Agent) -> None:
    """The rep hears that somebody is being called, as soon as the callee does not."""
    if attempt.phase is Phase.HELD and on_talk.is_here(agent) and not party.joining:
        assert agent.leg is not None
        party.joining = agent.aside = True
        floor.out.append(Ring(agent.leg))


def _to_party(floor: Floor, attempt: Attempt, party: Party, agent: Agent) -> None:
    if attempt.phase is Phase.TALKING:
        attempt.held_by = "agent"
        on_hold.take_aside(floor, attempt)
    elif attempt.phase is Phase.HELD and on_talk.is_here(agent) and not party.joining:
        other = floor.agents.get(party.agent or "")
        if other is None or on_talk.is_here(other):
            assert agent.leg is not None
            party.joining = True
            floor.out.append(JoinLegs(agent.leg, party.leg))


def _together(floor: Floor, attempt: Attempt, party: Party, agent: Agent) -> None:
    if attempt.phase is Phase.HELD and attempt.asking:
        assert agent.leg is not None
        attempt.asking = False
        attempt_moves.move_attempt(floor, attempt, Phase.RESERVED)
        floor.out.append(JoinIn(attempt.attempt, agent.leg))
    elif attempt.phase is Phase.TALKING and party.goal == "handover":
        on_hold.take_leg_aside(floor, agent)


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
    on_hold.take_leg_aside(floor, stray)


def _talk(floor: Floor, attempt: Attempt, party: Party, agent: Agent) -> None:
    party.state, party.joining = "talking", False
    attempt_moves.note_step(floor, attempt, "consulted", party.agent, party.label)
    agent_moves.set_phone(floor, agent, Phone.BRIDGED)
    other = floor.agents.get(party.agent or "")
    if other is not None:
        agent_moves.move_agent(floor, other, AgentState.TALKING, phone=Phone.BRIDGED)
    agent_moves.report_agent(floor, agent)
    arrange(floor, attempt)


def parked(floor: Floor, attempt: Attempt, party: Party) -> None:
    """Their phone waits: it was answered, or the talk with it is over."""
    party.state, party.joining = "waiting", False
    agent = floor.agents.get(attempt.agent or "")
    if agent is not None:
        agent_moves.report_agent(floor, agent)
    arrange(floor, attempt)


def outside_parked(floor: Floor, event: LegParked) -> None:
    attempt = floor.attempts.get(floor.outside.get(event.leg, ""))
    party = None if attempt is None else attempt.party
    if attempt is None or party is None or party.leg != event.leg:
        floor.out.append(HangUp(event.leg))
    else:
        parked(floor, attempt, party)


def outside_gone(floor: Floor, event: LegGone) -> None:
    attempt = floor.attempts.get(floor.outside.pop(event.leg, ""))
    if attempt is not None and attempt.party is not None and attempt.party.leg == event.leg:
        gone(floor, attempt)


def gone(floor: Floor, attempt: Attempt) -> None:
    """The party's phone is off the line: what they were asked for goes on without them."""
    party, attempt.party = attempt.party, None
    assert party is not None
    attempt_moves.note_step(floor, attempt, "party_left", party.agent, party.label)
    agent = floor.agents.get(attempt.agent or "")
    if attempt.transfer is not None:
        # Also where the callee is still on their way out of the talk: they ask in a moment.
        on_hold.send_home(floor, attempt)
    elif agent is None:
        # Callee and party were left to themselves: that conversation is over.
        attempt.rep_left = True
        if attempt.phase is Phase.HELD and attempt.asking:
            on_attempt.drop(floor, attempt, "dialer")
    elif party.state == "calling" and party.joining:
        _stop_ringing(floor, agent)
    elif party.goal == "callee" and attempt.phase is Phase.HELD:
        on_hold.back_to_rep(floor, attempt)
    if agent is not None:
        agent_moves.report_agent(floor, agent)


def drop(floor: Floor, attempt: Attempt) -> None:
    """Nobody else is wanted in this conversation."""
    party, attempt.party = attempt.party, None
    if party is None:
        return
    attempt_moves.note_step(floor, attempt, "party_left", party.agent, party.label)
    agent = floor.agents.get(party.by)
    if party.kind == "external":
        floor.out.append(HangUp(party.leg))
        if party.state == "calling" and party.joining and agent is not None:
            _stop_ringing(floor, agent)
        return
    other = floor.agents.get(party.agent or "")
    if other is None or other.attempt != attempt.attempt:
        return
    if party.joining or other.phone is Phone.BRIDGED:
        on_hold.take_leg_aside(floor, other)
    agent_moves.forget_wrapup(other)
    agent_moves.make_ready(floor, other)
    agent_moves.leave_if_settled(floor, other)


def _stop_ringing(floor: Floor, agent: Agent) -> None:
    """Also where they are on the way to the ringing only: this order comes after that one."""
    agent.aside = False
    on_hold.take_leg_aside(floor, agent)


def was_left(attempt: Attempt) -> bool:
    """Callee and somebody outside had each other, and now the callee asks again: it is over."""
    party = attempt.party
    alone = attempt.agent is None and attempt.transfer is None
    return alone and party is not None and party.state == "talking"


def party_of(floor: Floor, agent: Agent) -> Attempt | None:
    """The conversation this rep was asked into."""
    attempt = floor.attempts.get(agent.attempt or "")
    if attempt is None or attempt.party is None or attempt.party.agent != agent.agent:
        return None
    return attempt


def as_of_three(floor: Floor, attempt: Attempt, event: Bridged) -> Bridged:
    """A callee who joins two is told as bridged to one of them: to the rep, whichever it was."""
    party, agent = attempt.party, floor.agents.get(attempt.agent or "")
    joins = attempt.phase is Phase.RESERVED and party is not None and party.state == "talking"
    if party is None or agent is None or not joins or event.leg != party.leg:
        return event
    is_in = agent.agent == party.by and agent.leg is not None and agent.phone is Phone.BRIDGED
    return replace(event, leg=agent.leg) if is_in and agent.leg is not None else event


def is_left_alone_with(attempt: Attempt, party: Party) -> bool:
    """The rep is out of a conversation of three, as was wanted; of the other two nothing came."""
    talks = attempt.phase is Phase.TALKING and party.state == "talking"
    return talks and party.goal == "handover" and attempt.agent == party.by


def left_with(floor: Floor, attempt: Attempt, leg: str) -> bool:
    """Callee and party have each other, and the rep is out of it. Whether that is so."""
    party = attempt.party
    if party is None or party.leg != leg:
        if party is not None and party.state == "talking":
            attempt_moves.note_step(floor, attempt, "joined", party.agent, party.label)
        return False
    attempt_moves.note_step(floor, attempt, "left_with", party.agent, party.label)
    if party.kind == "rep":
        attempt.party = None
    else:
        party.state = "talking"
    return True
