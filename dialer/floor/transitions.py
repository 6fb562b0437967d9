"""Every move an attempt or a rep may make: state x event -> what is done and where it may lead.

A pair that is missing is impossible: `step` refuses it before anything is touched. The diagrams
in the docs are
drawn from these tables, and a test walks every pair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dialer.floor import events as ev
from dialer.floor import on_agent, on_attempt
from dialer.floor.state import AgentState, Floor, Phase


@dataclass(frozen=True, slots=True)
class Move:
    """What handles the event, and the states it may lead to (the present one included where it may
    stay).
    """

    do: Callable[[Floor, Any, Any], None]
    to: tuple[str, ...]


P, A = Phase, AgentState

_ENDS = Move(on_attempt.hung_up, (P.ENDED,))
_BRIDGES = Move(on_attempt.bridged, (P.TALKING,))
#: A switch may tell the same thing twice, or late; ringing that is no news changes nothing.
_RINGS = Move(on_attempt.rang, (P.RINGING,))


def _stays(phase: Phase) -> Move:
    return Move(lambda floor, attempt, event: None, (phase,))


#: While a call is being set up anything may come next: events overtake each other.
_SETUP: dict[type[ev.Event], Move] = {
    ev.PickedUp: Move(on_attempt.picked_up, (P.ANSWERED,)),
    ev.RouteAsked: Move(on_attempt.route_asked, (P.WAITING, P.LEAVING)),
    ev.RouteAskedAgain: Move(on_attempt.route_asked_again, (P.WAITING,)),
    ev.Bridged: _BRIDGES,
    ev.HungUp: _ENDS,
}

ATTEMPT_TABLE: dict[Phase, dict[type[ev.Event], Move]] = {
    P.PLACING: _SETUP
    | {
        ev.Dispatched: Move(on_attempt.dispatched, (P.DIALING,)),
        ev.Refused: Move(on_attempt.refused, (P.ENDED,)),
        ev.NotPlaced: Move(on_attempt.not_placed, (P.ENDED,)),
        ev.OriginateFailed: Move(on_attempt.originate_failed, (P.PLACING,)),
        ev.Rang: _RINGS,
    },
    P.DIALING: _SETUP
    | {
        ev.Rang: _RINGS,
        ev.NotPlaced: Move(on_attempt.not_placed, (P.ENDED,)),
        ev.OriginateFailed: Move(on_attempt.originate_failed, (P.DIALING,)),
    },
    P.RINGING: _SETUP
    | {
        ev.Rang: _RINGS,
        ev.Dispatched: Move(on_attempt.dispatched, (P.RINGING,)),
        ev.OriginateFailed: Move(on_attempt.originate_failed, (P.RINGING,)),
    },
    P.ANSWERED: _SETUP
    | {
        ev.Rang: _stays(P.ANSWERED),
        ev.Dispatched: Move(on_attempt.dispatched, (P.ANSWERED,)),
        ev.PickedUp: _stays(P.ANSWERED),
        ev.AskerLeft: Move(on_attempt.asker_left, (P.LEAVING,)),
    },
    P.WAITING: {
        ev.Rang: _stays(P.WAITING),
        ev.Dispatched: Move(on_attempt.dispatched, (P.WAITING,)),
        ev.PickedUp: Move(on_attempt.picked_up, (P.WAITING,)),
        ev.AskerLeft: Move(on_attempt.asker_left, (P.LEAVING,)),
        ev.Bridged: _BRIDGES,
        ev.HungUp: _ENDS,
    },
    P.RESERVED: {
        ev.Rang: _stays(P.RESERVED),
        ev.Dispatched: Move(on_attempt.dispatched, (P.RESERVED,)),
        ev.PickedUp: Move(on_attempt.picked_up, (P.RESERVED,)),
        ev.RouteAskedAgain: Move(
            on_attempt.route_asked_again, (P.WAITING, P.HELD, P.RESERVED, P.LEAVING)
        ),
        ev.AskerLeft: Move(on_attempt.asker_left, (P.LEAVING,)),
        ev.Unbridged: Move(on_attempt.unbridged, (P.RESERVED,)),
        ev.Bridged: _BRIDGES,
        ev.HungUp: _ENDS,
    },
    P.TALKING: {
        ev.Rang: _stays(P.TALKING),
        ev.PickedUp: Move(on_attempt.picked_up, (P.TALKING,)),
        ev.RouteAskedAgain: Move(on_attempt.route_asked_again, (P.HELD, P.RESERVED, P.LEAVING)),
        ev.Bridged: _BRIDGES,
        ev.Unbridged: Move(on_attempt.unbridged, (P.TALKING,)),
        ev.HungUp: _ENDS,
    },
    P.HELD: {
        ev.RouteAskedAgain: Move(on_attempt.route_asked_again, (P.HELD, P.RESERVED, P.LEAVING)),
        ev.AskerLeft: Move(on_attempt.asker_left, (P.LEAVING,)),
        ev.Bridged: _BRIDGES,
        ev.Unbridged: Move(on_attempt.unbridged, (P.HELD,)),
        ev.HungUp: _ENDS,
    },
    P.MESSAGE: {
        ev.PickedUp: _stays(P.MESSAGE),
        ev.AskerLeft: _stays(P.MESSAGE),
        ev.Bridged: _BRIDGES,
        ev.HungUp: _ENDS,
    },
    P.LEAVING: {
        ev.PickedUp: _stays(P.LEAVING),
        ev.AskerLeft: _stays(P.LEAVING),
        ev.Unbridged: Move(on_attempt.unbridged, (P.LEAVING,)),
        ev.Bridged: _BRIDGES,
        ev.HungUp: _ENDS,
    },
    P.ENDED: {},
}
for _phase in P:
    if _phase is not P.ENDED:
        ATTEMPT_TABLE[_phase][ev.LedgerTold] = Move(on_attempt.ledger_told, (P.ENDED,))


AGENT_TABLE: dict[AgentState, dict[type[ev.Event], Move]] = {
    A.OUT: {
        ev.LoggedIn: Move(on_agent.logged_in, (A.PAUSED,)),
        ev.AgentRestored: Move(on_agent.restored, (A.PAUSED,)),
    },
    A.PAUSED: {
        ev.LoggedIn: Move(on_agent.logged_in_again, (A.PAUSED,)),
        ev.ReadyAsked: Move(on_agent.ready, (A.READY, A.PAUSED)),
        ev.PauseAsked: Move(on_agent.pause_now, (A.PAUSED,)),
        ev.LogoutAsked: Move(on_agent.log_out_now, (A.OUT,)),
        ev.LegParked: Move(on_agent.leg_parked, (A.PAUSED, A.READY)),
        ev.LegGone: Move(on_agent.leg_gone, (A.PAUSED, A.OUT)),
    },
    A.READY: {
        ev.LoggedIn: Move(on_agent.logged_in_again, (A.READY,)),
        ev.ReadyAsked: Move(on_agent.stay, (A.READY,)),
        ev.PauseAsked: Move(on_agent.pause_later, (A.READY, A.PAUSED)),
        ev.LogoutAsked: Move(on_agent.log_out_later, (A.READY, A.OUT)),
        ev.LegParked: Move(on_agent.leg_parked, (A.READY,)),
        ev.LegGone: Move(on_agent.leg_gone, (A.PAUSED, A.OUT)),
    },
    A.RESERVED: {
        ev.LoggedIn: Move(on_agent.logged_in_again, (A.RESERVED,)),
        ev.ReadyAsked: Move(on_agent.stay, (A.RESERVED,)),
        ev.PauseAsked: Move(on_agent.pause_later, (A.RESERVED,)),
        ev.LogoutAsked: Move(on_agent.log_out_later, (A.RESERVED,)),
        ev.LegParked: Move(on_agent.leg_parked, (A.RESERVED,)),
        ev.LegGone: Move(on_agent.leg_gone, (A.PAUSED, A.OUT)),
    },
    A.TALKING: {
        ev.LoggedIn: Move(on_agent.logged_in_again, (A.TALKING,)),
        ev.ReadyAsked: Move(on_agent.stay, (A.TALKING,)),
        ev.PauseAsked: Move(on_agent.pause_later, (A.TALKING,)),
        ev.LogoutAsked: Move(on_agent.log_out_later, (A.TALKING,)),
        ev.HangupAsked: Move(on_agent.hang_up_callee, (A.TALKING,)),
        ev.CallFinished: Move(on_agent.note_disposition, (A.TALKING,)),
        ev.FinishingHinted: Move(on_agent.finishing, (A.TALKING,)),
        ev.LegParked: Move(on_agent.leg_parked, (A.TALKING,)),
        ev.LegGone: Move(on_agent.leg_gone, (A.TALKING, A.READY, A.PAUSED, A.WRAPUP, A.OUT)),
    },
    A.WRAPUP: {
        ev.LoggedIn: Move(on_agent.logged_in_again, (A.WRAPUP,)),
        ev.ReadyAsked: Move(on_agent.stay, (A.WRAPUP,)),
        ev.PauseAsked: Move(on_agent.pause_later, (A.WRAPUP,)),
        ev.LogoutAsked: Move(on_agent.log_out_later, (A.WRAPUP,)),
        ev.CallFinished: Move(on_agent.finish, (A.READY, A.PAUSED, A.OUT)),
        ev.FinishingHinted: Move(on_agent.finishing, (A.WRAPUP,)),
        ev.LegParked: Move(on_agent.leg_parked, (A.WRAPUP,)),
        ev.LegGone: Move(on_agent.leg_gone, (A.WRAPUP,)),
    },
}
