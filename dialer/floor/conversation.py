"""Questions about a conversation, and the facts that its members' doings leave in it.

Nothing is ordered here. What is done for a conversation follows from two answers: what it wants
(`want`), and where its callee is (`spot`); `waiting.CONVERSATION` has the rest.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec.structs import replace

from dialer.floor import agent_moves, attempt_moves
from dialer.floor import events as ev
from dialer.floor.events import Bridged
from dialer.floor.state import Agent, Attempt, Floor, Party
from dialer.words import Phase, Phone


class Want(StrEnum):
    """What a conversation is on the way to, or has reached.

    The first group has one rep in it; in the second somebody was asked in, and the rep steers; in
    the third the rep is out of it.
    """

    TALK = "talk"
    ENDS = "ends"  #: the rep put the phone down; the callee may still be here
    HOLD = "hold"
    ENDS_ON_HOLD = "ends_on_hold"  #: put down while the callee was on hold
    PARK = "park"
    TRANSFER = "transfer"  #: another rep is sought
    TAKEN = "taken"  #: a supervisor talks in the rep's place

    RING = "ring"  #: who was asked in is being called; the rep hears it ring
    MEET = "meet"  #: who was asked in has answered; the rep is to talk to them
    CONSULT = "consult"
    PART = "part"  #: the rep is to leave who was asked in, for the callee
    BACK = "back"  #: the rep is to talk to the callee; who was asked in waits
    JOIN = "join"  #: all three
    HANDOVER = "handover"  #: all three, then the rep leaves

    GIVEN = "given"  #: somebody outside is called, and the rep is gone
    WELCOME = "welcome"  #: they have answered
    LEFT = "left"  #: callee and who was asked in are left to themselves


class Spot(StrEnum):
    """Where a callee is."""

    BRIDGE = "bridge"
    ASKS = "asks"  #: in the dialplan, which does what it is told now
    TONE = "tone"  #: in the dialplan, which plays the tone and asks when that is over
    ON_WAY = "on_way"  #: anywhere else: into a bridge, or out of the call


#: How a conversation comes to want something else, while callee and dialer have each other. The
#: stories on tape hold this list: what is drawn has happened, and what has happened is drawn.
MOVES: dict[Want, dict[type[ev.Event], tuple[Want, ...]]] = {
    Want.TALK: {
        ev.HoldAsked: (Want.HOLD,),
        ev.ParkAsked: (Want.PARK,),
        ev.TransferAsked: (Want.TRANSFER, Want.RING, Want.MEET),
        ev.TakenOver: (Want.TAKEN,),
        ev.LegGone: (Want.ENDS,),
    },
    Want.ENDS: {ev.Bridged: (Want.TALK,)},
    Want.HOLD: {
        ev.ResumeAsked: (Want.TALK,),
        ev.TransferAsked: (Want.TRANSFER, Want.RING),
        ev.LegGone: (Want.ENDS_ON_HOLD,),
        ev.Ticked: (Want.TALK,),
        # Told late.
        ev.Bridged: (Want.TALK,),
    },
    Want.PARK: {ev.Bridged: (Want.TALK,), ev.Ticked: (Want.TRANSFER,)},
    Want.TRANSFER: {ev.Bridged: (Want.TALK,)},
    Want.RING: {
        ev.LegParked: (Want.MEET,),
        ev.LegGone: (Want.HOLD, Want.TRANSFER),
        ev.ConsultAsked: (Want.TALK,),
        ev.RouteAskedAgain: (Want.GIVEN,),
    },
    Want.MEET: {ev.LegsBridged: (Want.CONSULT,), ev.ConsultAsked: (Want.BACK, Want.TALK)},
    Want.CONSULT: {
        ev.ConsultAsked: (Want.JOIN, Want.HANDOVER, Want.PART, Want.TALK),
        ev.LegGone: (Want.HOLD,),
    },
    Want.PART: {ev.LegParked: (Want.BACK,), ev.LegGone: (Want.TALK,)},
    Want.BACK: {ev.ConsultAsked: (Want.MEET,), ev.LegGone: (Want.TALK,)},
    Want.JOIN: {
        ev.ConsultAsked: (Want.HANDOVER, Want.TALK),
        ev.RouteAskedAgain: (Want.CONSULT,),
        ev.Bridged: (Want.TALK,),
        ev.HangupAsked: (Want.TALK,),
        ev.LegGone: (Want.TALK,),
    },
    Want.HANDOVER: {ev.Bridged: (Want.LEFT, Want.TALK), ev.LegParked: (Want.TALK,)},
    Want.GIVEN: {ev.LegParked: (Want.WELCOME,), ev.LegGone: (Want.TRANSFER, Want.TALK)},
    Want.WELCOME: {ev.Bridged: (Want.LEFT,), ev.LegGone: (Want.ENDS,)},
    Want.LEFT: {
        ev.LegParked: (Want.WELCOME,),
        ev.LegGone: (Want.ENDS,),
        # A rep found in it, after a restart.
        ev.Bridged: (Want.GIVEN,),
    },
}
#: The phases in which callee and dialer have each other.
CONVERSES = frozenset({Phase.RESERVED, Phase.TALKING, Phase.HELD})

_WAITS = {"agent": Want.HOLD, "park": Want.PARK, "transfer": Want.TRANSFER}
_TALKS = {"callee": Want.PART, "join": Want.JOIN, "handover": Want.HANDOVER}


def want(attempt: Attempt) -> Want:
    if attempt.rep_left and attempt.held_by == "agent":
        return Want.ENDS_ON_HOLD
    if attempt.party is not None:
        return _want_of_three(attempt, attempt.party)
    if attempt.held_by:
        return _WAITS[attempt.held_by]
    if attempt.taken_by and attempt.phase is Phase.TALKING:
        return Want.TAKEN
    return Want.ENDS if attempt.rep_left else Want.TALK


def _want_of_three(attempt: Attempt, party: Party) -> Want:
    if attempt.agent != party.by:
        return _want_without_rep(attempt, party)
    if party.state == "talking":
        return _TALKS.get(party.goal, Want.CONSULT)
    if party.goal == "callee":
        return Want.BACK
    return Want.RING if party.state == "calling" else Want.MEET


def _want_without_rep(attempt: Attempt, party: Party) -> Want:
    if party.state == "waiting":
        return Want.WELCOME
    talk = party.state == "talking" and attempt.agent is None and attempt.transfer is None
    return Want.LEFT if talk else Want.GIVEN


def spot(attempt: Attempt) -> Spot:
    if attempt.phase is Phase.HELD:
        return Spot.ASKS if attempt.asking else Spot.TONE
    return Spot.BRIDGE if attempt.phase is Phase.TALKING else Spot.ON_WAY


# --- a rep and their conversation -----------------------------------------------------------------


def own(floor: Floor, agent: Agent) -> Attempt | None:
    """The conversation that is this rep's; None for one they were only asked into."""
    attempt = floor.attempts.get(agent.attempt or "")
    return attempt if attempt is not None and attempt.agent == agent.agent else None


def party_of(floor: Floor, agent: Agent) -> Attempt | None:
    """The conversation this rep was asked into."""
    attempt = floor.attempts.get(agent.attempt or "")
    if attempt is None or attempt.party is None or attempt.party.agent != agent.agent:
        return None
    return attempt


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
    """Why not; "" if this rep keeps a callee waiting."""
    attempt = own(floor, agent)
    if attempt is None or attempt.held_by != "agent":
        return "no callee is on hold"
    return "somebody is asked into the call" if attempt.party is not None else ""


def is_here(agent: Agent) -> bool:
    """Their phone can be bridged to now."""
    return agent.phone is Phone.PARKED and not agent.aside


# --- somebody outside -----------------------------------------------------------------------------


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


# --- who is in a bridge ---------------------------------------------------------------------------


def as_of_three(floor: Floor, attempt: Attempt, event: Bridged) -> Bridged:
    """A callee who joins two is told as bridged to one of them: to the rep, whichever it was."""
    party, agent = attempt.party, floor.agents.get(attempt.agent or "")
    joins = attempt.phase is Phase.RESERVED and party is not None and party.state == "talking"
    if party is None or agent is None or not joins or event.leg != party.leg:
        return event
    is_in = agent.agent == party.by and agent.leg is not None and agent.phone is Phone.BRIDGED
    return replace(event, leg=agent.leg) if is_in and agent.leg is not None else event


def is_left_alone(attempt: Attempt) -> bool:
    """The rep is out of a conversation of three, as was wanted; of the other two nothing came."""
    return attempt.phase is Phase.TALKING and want(attempt) is Want.HANDOVER


def left_with(floor: Floor, attempt: Attempt, leg: str) -> None:
    """Note who is in it now: all three, or callee and party without the rep."""
    party = attempt.party
    if party is None or party.leg != leg:
        if party is not None and party.state == "talking":
            attempt_moves.note_step(floor, attempt, "joined", party.agent, party.label)
        return
    attempt_moves.note_step(floor, attempt, "left_with", party.agent, party.label)
    if party.kind == "rep":
        attempt.party = None
    else:
        party.state = "talking"


def start_talk(attempt: Attempt, at: float) -> None:
    answered_at = at if attempt.answered_at is None else attempt.answered_at
    if attempt.connected_at is None:
        attempt.connected_at = max(at, answered_at)
    if attempt.bridged_at is None:
        attempt.bridged_at = max(at, attempt.connected_at)


def settled(floor: Floor, attempt: Attempt) -> None:
    """They talk, or they are gone: nobody is sought for them any more."""
    attempt.held_by, attempt.transfer, attempt.aside = "", None, False
    floor.seeking.pop(attempt.attempt, None)
