"""Every move an attempt or a rep may make: state x event -> what is done and where it may lead.

A pair that is missing is impossible: `step` refuses it before anything is touched. The diagrams
in the docs are drawn from these tables, and a test walks every pair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dialer.floor import (
    bound,
    conversation,
    on_agent,
    on_attempt,
    on_hold,
    on_party,
    on_take_over,
    on_talk,
)
from dialer.floor import events as ev
from dialer.floor.state import Floor
from dialer.words import AgentState, Phase


@dataclass(frozen=True, slots=True)
class Move:
    """What handles the event, and the states it may lead to (the present one included where it may
    stay).
    """

    do: Callable[[Floor, Any, Any], None]
    to: tuple[str, ...]
    #: Why it cannot be now, in words; "" if it can.
    unless: Callable[[Floor, Any, Any], str] = lambda floor, subject, event: ""


P, A = Phase, AgentState
Moves = dict[type[ev.Event], Move]


def _to(do: Callable[[Floor, Any, Any], None], *to: str) -> Move:
    return Move(do, to)


def _heard_late(phase: Phase) -> Moves:
    """Events overtake each other: what tells of an earlier time completes the record, no more."""
    return {
        ev.Dispatched: _to(on_attempt.dispatched, phase),
        ev.Rang: _to(on_attempt.rang_late, phase),
        ev.PickedUp: _to(on_attempt.picked_up, phase),
        ev.Unbridged: _to(on_talk.unbridged, phase),
    }


def _stays(phase: Phase) -> Move:
    return _to(lambda floor, attempt, event: None, phase)


#: What ends an attempt in whatever state.
_ENDS: Moves = {
    ev.HungUp: _to(on_attempt.hung_up, P.ENDED),
    ev.LedgerTold: _to(on_attempt.ledger_told, P.ENDED),
}
_BRIDGES: Moves = {ev.Bridged: _to(on_talk.bridged, P.TALKING)}
#: While a call is being set up anything may come next. A call whose beginning another engine saw
#: asks again before this one knows that it was ever answered.
_SETUP: Moves = {
    ev.RouteAsked: _to(on_attempt.route_asked, P.WAITING, P.RESERVED, P.LEAVING),
    ev.RouteAskedAgain: _to(on_attempt.route_asked_again, P.WAITING, P.HELD, P.RESERVED),
    **_BRIDGES,
    **_ENDS,
}
_ANSWERS: Moves = {ev.PickedUp: _to(on_attempt.picked_up, P.ANSWERED)}
_RINGS: Moves = {ev.Rang: _to(on_attempt.rang, P.RINGING)}
_NOT_PLACED: Moves = {ev.NotPlaced: _to(on_attempt.not_placed, P.ENDED)}
_ASKER_LEFT: Moves = {ev.AskerLeft: _to(on_attempt.asker_left, P.LEAVING)}
_TO_HOLD = _to(on_attempt.route_asked_again, P.HELD, P.RESERVED, P.LEAVING)

ATTEMPT_TABLE: dict[Phase, Moves] = {
    P.PLACING: {
        **_SETUP,
        **_ANSWERS,
        **_RINGS,
        **_NOT_PLACED,
        ev.Dispatched: _to(on_attempt.dispatched, P.DIALING),
        ev.Refused: _to(on_attempt.refused, P.ENDED),
        ev.OriginateFailed: _to(on_attempt.originate_failed, P.PLACING),
    },
    P.DIALING: {
        **_SETUP,
        **_ANSWERS,
        **_RINGS,
        **_NOT_PLACED,
        ev.OriginateFailed: _to(on_attempt.originate_failed, P.DIALING),
    },
    P.RINGING: {
        **_SETUP,
        **_ANSWERS,
        **_RINGS,
        ev.Dispatched: _to(on_attempt.dispatched, P.RINGING),
        ev.OriginateFailed: _to(on_attempt.originate_failed, P.RINGING),
    },
    P.ANSWERED: {**_heard_late(P.ANSWERED), **_SETUP, **_ASKER_LEFT},
    # Bridged here is of a bridge that is over: the callee stands in the dialplan and asks.
    P.WAITING: {
        **_heard_late(P.WAITING),
        **_ASKER_LEFT,
        **_ENDS,
        ev.Bridged: _stays(P.WAITING),
    },
    P.RESERVED: {
        **_heard_late(P.RESERVED),
        **_ASKER_LEFT,
        **_BRIDGES,
        **_ENDS,
        ev.RouteAskedAgain: _to(
            on_attempt.route_asked_again, P.WAITING, P.HELD, P.RESERVED, P.LEAVING
        ),
    },
    P.TALKING: {
        **_heard_late(P.TALKING),
        **_BRIDGES,
        **_ENDS,
        ev.RouteAskedAgain: _TO_HOLD,
    },
    P.HELD: {
        **_heard_late(P.HELD),
        **_ASKER_LEFT,
        **_ENDS,
        ev.Bridged: _stays(P.HELD),
        ev.RouteAskedAgain: _TO_HOLD,
    },
    P.MESSAGE: {
        **_heard_late(P.MESSAGE),
        **_BRIDGES,
        **_ENDS,
        ev.AskerLeft: _stays(P.MESSAGE),
    },
    P.LEAVING: {
        **_heard_late(P.LEAVING),
        **_BRIDGES,
        **_ENDS,
        ev.AskerLeft: _stays(P.LEAVING),
        ev.RouteAskedAgain: _to(on_attempt.revived, P.LEAVING, P.HELD, P.RESERVED),
    },
    P.ENDED: {},
}

#: Moves no event of the attempt's own makes: a rep found or a time that is over.
ATTEMPT_BY_ITSELF: dict[Phase, dict[str, tuple[Phase, ...]]] = {
    P.WAITING: {"a rep is free": (P.RESERVED,), "connect_within is over": (P.MESSAGE,)},
    P.HELD: {
        "the rep's phone is back": (P.RESERVED,),
        "the rep hung up": (P.LEAVING,),
        "the hold is over": (P.RESERVED, P.MESSAGE, P.LEAVING),
        "somebody takes them": (P.RESERVED,),
    },
    **{phase: {"no hang-up followed": (P.ENDED,)} for phase in (P.PLACING, P.DIALING, P.RINGING)},
}


_AFTER_CALL = (A.WRAPUP, A.READY, A.PAUSED, A.OUT)

AGENT_TABLE: dict[AgentState, dict[type[ev.Event], Move]] = {
    A.OUT: {
        ev.LoggedIn: Move(on_agent.logged_in, (A.PAUSED,)),
        ev.AgentRestored: Move(on_agent.restored, (A.PAUSED, A.WRAPUP)),
        ev.CallbackDue: Move(bound.callback_due, (A.OUT,)),
    },
    A.PAUSED: {
        ev.LoggedIn: Move(on_agent.logged_in_again, (A.PAUSED,)),
        ev.ReadyAsked: Move(on_agent.ready, (A.READY, A.PAUSED)),
        ev.DialAsked: Move(bound.dial_asked, (A.DIALING,), bound.may_dial),
        ev.CallbackDue: Move(bound.callback_due, (A.PAUSED,)),
        ev.PauseAsked: Move(on_agent.pause_now, (A.PAUSED,)),
        ev.LogoutAsked: Move(on_agent.log_out_now, (A.OUT,)),
        ev.LegParked: Move(on_agent.leg_parked, (A.PAUSED, A.READY, A.OUT)),
        ev.LegOnHold: Move(on_agent.leg_on_hold, (A.PAUSED, A.OUT)),
        ev.LegOffHold: Move(on_agent.leg_off_hold, (A.PAUSED, A.READY)),
        ev.PhoneBack: Move(on_agent.phone_back, (A.PAUSED,)),
        ev.LegsBridged: Move(on_party.legs_bridged, (A.PAUSED,)),
        ev.PickupAsked: Move(on_hold.pick_up, (A.RESERVED,), on_hold.may_pick_up),
        ev.LegGone: Move(on_agent.leg_gone, (A.PAUSED, A.OUT)),
    },
    A.READY: {
        ev.LoggedIn: Move(on_agent.logged_in_again, (A.READY,)),
        ev.ReadyAsked: Move(on_agent.stay, (A.READY,)),
        ev.PauseAsked: Move(on_agent.pause_later, (A.READY, A.PAUSED)),
        ev.DialAsked: Move(bound.dial_asked, (A.READY,), bound.may_dial),
        ev.CallbackDue: Move(bound.callback_due, (A.READY,)),
        ev.LogoutAsked: Move(on_agent.log_out_later, (A.READY, A.OUT)),
        ev.LegParked: Move(on_agent.leg_parked, (A.READY, A.PAUSED, A.OUT)),
        ev.LegOnHold: Move(on_agent.leg_on_hold, (A.READY, A.PAUSED, A.OUT)),
        ev.LegOffHold: Move(on_agent.leg_off_hold, (A.READY,)),
        ev.PhoneBack: Move(on_agent.phone_back, (A.READY,)),
        ev.LegsBridged: Move(on_party.legs_bridged, (A.READY,)),
        ev.PickupAsked: Move(on_hold.pick_up, (A.RESERVED,), on_hold.may_pick_up),
        ev.LegGone: Move(on_agent.leg_gone, (A.PAUSED, A.OUT)),
    },
    A.PREVIEW: {
        ev.LoggedIn: Move(on_agent.logged_in_again, (A.PREVIEW,)),
        ev.ReadyAsked: Move(on_agent.stay, (A.PREVIEW,)),
        ev.PauseAsked: Move(bound.pause_in_preview, (A.PAUSED,)),
        ev.LogoutAsked: Move(bound.log_out_in_preview, (A.OUT,)),
        ev.PreviewDialed: Move(bound.dial_shown, (A.DIALING,), bound.may_dial_shown),
        ev.PreviewSkipped: Move(bound.skip_asked, (A.READY, A.PAUSED, A.OUT)),
        ev.DialAsked: Move(bound.dial_asked, (A.DIALING,), bound.may_dial),
        ev.CallbackDue: Move(bound.callback_due, (A.PREVIEW,)),
        ev.LegParked: Move(on_agent.leg_parked, (A.PREVIEW,)),
        ev.LegOnHold: Move(on_agent.leg_on_hold, (A.PREVIEW,)),
        ev.LegOffHold: Move(on_agent.leg_off_hold, (A.PREVIEW,)),
        ev.PhoneBack: Move(on_agent.phone_back, (A.PREVIEW,)),
        ev.LegsBridged: Move(on_party.legs_bridged, (A.PREVIEW,)),
        ev.LegGone: Move(on_agent.leg_gone, (A.PAUSED, A.OUT)),
    },
    A.DIALING: {
        ev.LoggedIn: Move(on_agent.logged_in_again, (A.DIALING,)),
        ev.ReadyAsked: Move(on_agent.stay, (A.DIALING,)),
        ev.PauseAsked: Move(on_agent.pause_later, (A.DIALING,)),
        ev.LogoutAsked: Move(on_agent.log_out_later, (A.DIALING,)),
        ev.HangupAsked: Move(bound.give_up, (A.DIALING,)),
        ev.CallbackDue: Move(bound.callback_due, (A.DIALING,)),
        ev.LegParked: Move(on_agent.leg_parked, (A.DIALING, A.PAUSED, A.OUT)),
        ev.LegOnHold: Move(on_agent.leg_on_hold, (A.DIALING, A.PAUSED, A.OUT)),
        ev.LegOffHold: Move(on_agent.leg_off_hold, (A.DIALING,)),
        ev.PhoneBack: Move(on_agent.phone_back, (A.DIALING,)),
        ev.LegsBridged: Move(on_party.legs_bridged, (A.DIALING,)),
        ev.LegGone: Move(on_agent.leg_gone, (A.PAUSED, A.OUT)),
    },
    A.RESERVED: {
        ev.CallbackDue: Move(bound.callback_due, (A.RESERVED,)),
        ev.LoggedIn: Move(on_agent.logged_in_again, (A.RESERVED,)),
        ev.ReadyAsked: Move(on_agent.stay, (A.RESERVED,)),
        ev.PauseAsked: Move(on_agent.pause_later, (A.RESERVED,)),
        ev.LogoutAsked: Move(on_agent.log_out_later, (A.RESERVED,)),
        ev.LegParked: Move(on_agent.leg_parked, (A.RESERVED,)),
        ev.LegOnHold: Move(on_agent.leg_on_hold, (A.RESERVED,)),
        ev.LegOffHold: Move(on_agent.leg_off_hold, (A.RESERVED,)),
        ev.PhoneBack: Move(on_agent.phone_back, (A.RESERVED,)),
        ev.LegsBridged: Move(on_party.legs_bridged, (A.RESERVED, A.TALKING)),
        ev.LegGone: Move(on_agent.leg_gone, (A.PAUSED, A.OUT)),
    },
    A.TALKING: {
        ev.CallbackDue: Move(bound.callback_due, (A.TALKING,)),
        ev.LoggedIn: Move(on_agent.logged_in_again, (A.TALKING,)),
        ev.ReadyAsked: Move(on_agent.stay, (A.TALKING,)),
        ev.PauseAsked: Move(on_agent.pause_later, (A.TALKING,)),
        ev.LogoutAsked: Move(on_agent.log_out_later, (A.TALKING,)),
        ev.HangupAsked: Move(on_agent.hang_up_callee, (A.TALKING, A.READY, A.PAUSED, A.OUT)),
        ev.HoldAsked: Move(on_hold.hold, (A.TALKING,), conversation.talks_alone),
        ev.ResumeAsked: Move(on_hold.resume, (A.TALKING,), conversation.is_on_hold),
        ev.ParkAsked: Move(on_hold.park, (A.TALKING,), conversation.talks_alone),
        ev.TransferAsked: Move(on_party.transfer, (A.TALKING, *_AFTER_CALL), on_party.may_transfer),
        ev.ConsultAsked: Move(on_party.consult, (A.TALKING,), on_party.has_party),
        ev.RecordingAsked: Move(on_agent.record, (A.TALKING,), on_agent.is_recorded),
        ev.KeysPressed: Move(on_agent.press_keys, (A.TALKING,), on_agent.hears_somebody),
        ev.SupervisorLeft: Move(on_take_over.supervisor_left, (A.TALKING,)),
        ev.TakenOver: Move(on_take_over.taken_over, _AFTER_CALL, on_take_over.may_be),
        ev.PhoneBack: Move(on_agent.phone_back, (A.TALKING,)),
        ev.LegsBridged: Move(on_party.legs_bridged, (A.TALKING,)),
        ev.CallFinished: Move(on_agent.note_disposition, (A.TALKING,), on_agent.is_own),
        ev.FinishingHinted: Move(on_agent.finishing, (A.TALKING,)),
        ev.LegParked: Move(on_agent.leg_parked, (A.TALKING,)),
        ev.LegOnHold: Move(on_agent.leg_on_hold, (A.TALKING,)),
        ev.LegOffHold: Move(on_agent.leg_off_hold, (A.TALKING,)),
        ev.LegGone: Move(on_agent.leg_gone, (A.TALKING, A.READY, A.PAUSED, A.WRAPUP, A.OUT)),
    },
    A.WRAPUP: {
        ev.CallbackDue: Move(bound.callback_due, (A.WRAPUP,)),
        ev.LoggedIn: Move(on_agent.logged_in_again, (A.WRAPUP,)),
        ev.ReadyAsked: Move(on_agent.stay, (A.WRAPUP,)),
        ev.PauseAsked: Move(on_agent.pause_later, (A.WRAPUP,)),
        ev.LogoutAsked: Move(on_agent.log_out_later, (A.WRAPUP,)),
        ev.CallFinished: Move(on_agent.finish, (A.READY, A.PAUSED, A.OUT)),
        ev.FinishingHinted: Move(on_agent.finishing, (A.WRAPUP,)),
        ev.LegParked: Move(on_agent.leg_parked, (A.WRAPUP,)),
        ev.LegOnHold: Move(on_agent.leg_on_hold, (A.WRAPUP,)),
        ev.LegOffHold: Move(on_agent.leg_off_hold, (A.WRAPUP,)),
        ev.PhoneBack: Move(on_agent.phone_back, (A.WRAPUP,)),
        ev.LegsBridged: Move(on_party.legs_bridged, (A.WRAPUP,)),
        ev.PickupAsked: Move(on_hold.pick_up, (A.RESERVED,), on_hold.may_pick_up),
        ev.LegGone: Move(on_agent.leg_gone, (A.WRAPUP,)),
    },
}

#: Moves of a rep that follow from a call or a time, not from what the rep or the phone did.
AGENT_BY_ITSELF: dict[AgentState, dict[str, tuple[AgentState, ...]]] = {
    A.READY: {
        "a callee is theirs": (A.RESERVED,),
        "a talk was over while nobody looked": (A.WRAPUP,),
        "bridged": (A.TALKING,),
        "nobody needs them": (A.PAUSED, A.OUT),
        "a lead is shown": (A.PREVIEW,),
        "a call of their own is due": (A.DIALING,),
    },
    A.PREVIEW: {
        "the time to look is over": (A.DIALING, A.READY, A.PAUSED),
        "the campaign stops": (A.READY,),
        "bridged": (A.TALKING,),
    },
    A.DIALING: {
        "bridged": (A.TALKING,),
        "nobody is reached": (A.READY, A.PAUSED, A.OUT),
        "the phone is in doubt": (A.PAUSED,),
    },
    A.RESERVED: {
        "bridged": (A.TALKING,),
        "the callee is gone": (A.READY,),
        "the phone is in doubt": (A.PAUSED,),
    },
    A.TALKING: {
        "the call is over": (A.WRAPUP,),
        "the call is somebody else's": (A.WRAPUP, A.READY, A.PAUSED, A.OUT),
    },
    A.WRAPUP: {
        "the time is over": (A.READY, A.PAUSED, A.OUT),
        "no time for it": (A.READY, A.PAUSED, A.OUT),
        "bridged": (A.TALKING,),
    },
    A.PAUSED: {
        "bridged": (A.TALKING,),
        "theirs after a restart": (A.TALKING,),
        "a talk was over while nobody looked": (A.WRAPUP,),
        "nobody needs them": (A.OUT,),
    },
}
