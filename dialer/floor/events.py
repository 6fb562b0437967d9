"""What can happen on a floor. Past participles; ids are strings; `at` is when it happened.

Every event is data: it is appended to the floor's log in the turn that handles it, and read back
for replay. Times are the engine's steady seconds: unix seconds as they were when it started, which
never go back; what the switch stamped is turned into them. `at` may lie before the `now` of the
step that handles it (a stopped engine catches up), never after.
"""

from __future__ import annotations

import msgspec

from dialer.floor.rules import CampaignRules, PoolRules
from dialer.words import AnsweredBy, CallMode, GaveOut, HangupBy


class Event(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Something that happened. The tag in the log is the class name."""


# --- settings and supply -------------------------------------------------------------------------


class PoolSet(Event, frozen=True):
    """The pool's rules are these from now on."""

    rules: PoolRules


class CampaignSet(Event, frozen=True):
    """A campaign joined the pool, or its rules or its running state changed."""

    campaign: str
    rules: CampaignRules


class CampaignRemoved(Event, frozen=True):
    """The campaign no longer works here: its offers go back, its calls live on to their end."""

    campaign: str


class Offer(msgspec.Struct, frozen=True):
    """A lead that may be dialed next. `attempt` is the id its attempt will have, if it comes to
    that.
    """

    attempt: str
    lead: str
    group: str = ""
    sticky: str | None = None
    needs: dict[str, int] = {}
    mode: CallMode = "auto"


class LeadsOffered(Event, frozen=True):
    """The hopper brought leads (none: the list has nothing due now)."""

    campaign: str
    offers: list[Offer]


class CallbackOffered(Event, frozen=True):
    """An agreed time has come, and anyone may call: before all other leads of the campaign."""

    campaign: str
    offer: Offer


class LimitsChanged(Event, frozen=True):
    """What trunks, nodes and caller numbers allow now. None: no limit.

    `out`: why nothing but a probe now and then may go out: no trunk takes calls, or the switch
    cannot make them.
    """

    lines: int | None
    calls_per_second: float | None
    out: GaveOut = ""


class WindowState(msgspec.Struct, frozen=True):
    """One legal window of one campaign as the ledger has it. A rolling window never closes."""

    campaign: str
    limit: float
    answered: int
    abandoned: int
    closes_at: float | None = None


class WindowsChanged(Event, frozen=True):
    windows: list[WindowState]


class SwitchLost(Event, frozen=True):
    """No Asterisk can be told anything: nothing is placed until `SwitchFound`."""


class SwitchFound(Event, frozen=True):
    """The link is up and what was missed meanwhile has been told."""


class ClockDoubted(Event, frozen=True):
    """The time is not known, so nobody is dialed until this comes again with "". `why`: "step" (of
    the clock), "sleep", "stall" (the engine stood still) or "switch" (whose clock differs).
    """

    why: str


class DialingEnded(Event, frozen=True):
    """The engine is about to stop: what still rings is given up, for nobody will be there."""


class Ticked(Event, frozen=True):
    """Time passed; nothing else happened."""


# --- an attempt, as the shell and the switch tell it --------------------------------------------


class AttemptEvent(Event, frozen=True):
    attempt: str


class Dispatched(AttemptEvent, frozen=True):
    """Committed to the store and sent to the switch."""

    at: float
    trunk: str = ""
    node: str = ""


class Refused(AttemptEvent, frozen=True):
    """The gate said no at dial time; there was no call."""

    rule: str


class NotPlaced(AttemptEvent, frozen=True):
    """The store or the switch could not take it; no call was made, and none will be.

    `reason` "bad_number": this number can never be dialed; any other may be mended.
    """

    reason: str


class OriginateFailed(AttemptEvent, frozen=True):
    """The switch gave up the Originate. A Hangup with the cause usually comes too, before or
    after. `sip_code` as in HungUp: Asterisk tells none here.
    """

    reason: int
    sip_code: int | None = None


class Rang(AttemptEvent, frozen=True):
    """180 or 183 from the callee's side."""

    at: float


class PickedUp(AttemptEvent, frozen=True):
    """200 OK. Who picked up may not be known yet."""

    at: float


class RouteAsked(AttemptEvent, frozen=True):
    """The dialplan asks who takes this callee; it holds the line until it is told."""

    at: float
    by: AnsweredBy = "human"


class RouteAskedAgain(AttemptEvent, frozen=True):
    """A bridge ended or failed and the callee is still there.

    `leg` and `talked_at`: the last leg the callee was sent to, and when they first talked; for a
    floor that did not see it.
    """

    at: float
    result: str
    leg: str = ""
    talked_at: float | None = None


class AskerLeft(AttemptEvent, frozen=True):
    """The callee hung up while the dialplan was asking; the hang-up itself follows."""

    at: float


class Bridged(AttemptEvent, frozen=True):
    """Callee and rep hear each other."""

    leg: str
    at: float


class Unbridged(AttemptEvent, frozen=True):
    """They no longer do; which side went is told by what follows."""

    leg: str
    at: float


class HungUp(AttemptEvent, frozen=True):
    """The callee's channel is gone. `cause` is Q.850.

    `sip_code`: of the far end's final answer, 0 where it gave none; None: recorded by a build that
    did not look, and judged as that build did.
    """

    at: float
    cause: int
    by: HangupBy = "network"
    sip_code: int | None = None
    #: With 603: "Network Blocked", the word of a network's analytics.
    blocked: bool = False


class LedgerTold(AttemptEvent, frozen=True):
    """The switch's own record of a call whose end was missed; everything it knows at once."""

    ended_at: float
    cause: int
    by: HangupBy
    answered_at: float | None = None
    connected_at: float | None = None
    agent: str | None = None
    #: The rep who had the talk is to say what came of it.
    wrapup: bool = False


class AttemptRestored(AttemptEvent, frozen=True):
    """After a restart: the store holds this attempt open. What became of it is told next."""

    campaign: str
    lead: str
    group: str
    placed_at: float
    trunk: str = ""
    node: str = ""
    mode: CallMode = "auto"
    #: The rep for whom it was placed; "" for whoever is free.
    agent: str = ""
    #: Nothing else is shown to that rep, or dialed, while nobody has the call.
    kept: bool = False


# --- a rep's phone --------------------------------------------------------------------------------


class LegEvent(Event, frozen=True):
    leg: str


class LegParked(LegEvent, frozen=True):
    """The rep's phone lies in its holding bridge: the proof that it can take a call."""

    at: float


class LegGone(LegEvent, frozen=True):
    """The rep's phone is off the line. `bye`: the phone hung up; else it was lost or never
    answered.
    """

    at: float
    cause: int
    bye: bool = False


class LegOnHold(LegEvent, frozen=True):
    """Hold was pressed on the phone itself: whoever is connected to it is not heard, and hears no
    rep.
    """

    at: float


class LegOffHold(LegEvent, frozen=True):
    """The phone is back from its own hold."""

    at: float


class LegsBridged(LegEvent, frozen=True):
    """Two legs hear each other, and no callee with them."""

    other: str
    at: float


class PhoneRegistered(Event, frozen=True):
    """A phone can be called now; whose it is, the engine knows. Never reaches a floor."""

    endpoint: str


class TrunkSeen(Event, frozen=True):
    """What a trunk's answer to OPTIONS, or our registration there, says now. Never reaches a
    floor.
    """

    trunk: str
    is_up: bool


# --- a rep ----------------------------------------------------------------------------------------


class AgentEvent(Event, frozen=True):
    agent: str


class LoggedIn(AgentEvent, frozen=True):
    skills: dict[str, int] = {}
    campaigns: list[str] | None = None
    weight: float = 1.0


class CallLeft(msgspec.Struct, frozen=True):
    """A conversation of which nobody has said yet what came of it."""

    attempt: str
    lead: str
    campaign: str
    mode: CallMode = "auto"


class AgentRestored(AgentEvent, frozen=True):
    """After a restart: this rep was logged in, with this phone leg (or none).

    `state` "pausing" and "leaving": at work, and wants to go after the call. `wrapup`: the call
    that was being written up. `since`: when a pause began, 0 where nobody knows.
    """

    state: str
    leg: str | None
    reason: str = ""
    skills: dict[str, int] = {}
    campaigns: list[str] | None = None
    weight: float = 1.0
    wrapup: CallLeft | None = None
    since: float = 0.0


class ReadyAsked(AgentEvent, frozen=True):
    pass


class PauseAsked(AgentEvent, frozen=True):
    reason: str = ""


class LogoutAsked(AgentEvent, frozen=True):
    pass


class DialAsked(AgentEvent, frozen=True):
    """This rep wants to call this lead."""

    campaign: str
    offer: Offer


class CallbackDue(AgentEvent, frozen=True):
    """The time has come that this rep agreed on. After `until` anyone may call."""

    campaign: str
    offer: Offer
    until: float


class PreviewDialed(AgentEvent, frozen=True):
    """The rep has seen enough of the lead."""


class PreviewSkipped(AgentEvent, frozen=True):
    """The rep passes this lead over."""

    reason: str = ""


class HangupAsked(AgentEvent, frozen=True):
    """The rep ends the conversation; their phone stays on the line."""


class CallFinished(AgentEvent, frozen=True):
    """The rep is through with the call's paperwork. Said in mid-call it only notes the
    disposition. `call_back_at`: when the callee wants to be called again, where that is what came
    of it.
    """

    disposition: str | None = None
    then_pause: bool = False
    call_back_at: float | None = None
    call_back_owner: str = ""


class HoldAsked(AgentEvent, frozen=True):
    """The callee is to hear the tone; the conversation stays this rep's."""


class ResumeAsked(AgentEvent, frozen=True):
    """Back to the callee on hold."""


class ParkAsked(AgentEvent, frozen=True):
    """The callee is to wait for any rep who picks the call up."""


class PickupAsked(AgentEvent, frozen=True):
    """This rep takes a parked callee."""

    attempt: str


class TransferAsked(AgentEvent, frozen=True):
    """The callee is to go to `to`: a rep, "" for anybody of the pool, or somebody outside.

    `outside`: what the shell knows the number by; the floor sees none. `warm`: the rep talks to
    them first, the callee on hold.
    """

    to: str = ""
    outside: str = ""
    label: str = ""
    warm: bool = False


class ConsultAsked(AgentEvent, frozen=True):
    """What becomes of the three: "complete" (the rep leaves), "join" (all talk), "swap" (to the
    other one), "cancel" (back to the callee alone).
    """

    what: str


class RecordingAsked(AgentEvent, frozen=True):
    """Leave this out of the recording, or no longer."""

    paused: bool


class KeysPressed(AgentEvent, frozen=True):
    """Keypad tones for whom the rep talks to."""

    digits: str


class TakenOver(AgentEvent, frozen=True):
    """A supervisor is in the rep's conversation and goes on without the rep."""

    by: str


class SupervisorLeft(AgentEvent, frozen=True):
    """A supervisor was in this rep's conversation, and is no longer; it goes on."""


class PhoneBack(AgentEvent, frozen=True):
    """The rep's phone has registered: it can be called now."""


class FinishingHinted(AgentEvent, frozen=True):
    """The rep's screen says that this call is about to end."""
