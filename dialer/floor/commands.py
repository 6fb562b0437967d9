"""What a floor orders. The shell carries commands out in the order given and reports back with
events.
"""

from __future__ import annotations

import msgspec

from dialer.words import AnsweredBy, Blame, CallMode, Fate, HangupBy, MishapSlug, Outcome, Step


class Command(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """An order to the world. Imperative."""


class Place(Command, frozen=True):
    """Ask the gate, commit the attempt, dial it. Answered by Dispatched, Refused or NotPlaced."""

    attempt: str
    lead: str
    campaign: str
    #: The rep for whom it is placed; "" for whoever is free.
    agent: str = ""
    mode: CallMode = "auto"


class SkipLead(Command, frozen=True):
    """A rep passed this lead over: it is not shown again for a while."""

    attempt: str
    lead: str
    campaign: str
    agent: str
    reason: str


class BringLeads(Command, frozen=True):
    """Offer up to `count` more leads of this campaign. Answered by LeadsOffered."""

    campaign: str
    count: int


class GiveBack(Command, frozen=True):
    """These offers will not be dialed now; their leads are as they were."""

    campaign: str
    leads: list[str]


class Connect(Command, frozen=True):
    """Tell the dialplan to bridge this callee to this rep's phone."""

    attempt: str
    agent: str
    leg: str


class PlayMessage(Command, frozen=True):
    """Nobody is free: the message the law asks for, then hang up."""

    attempt: str


class Drop(Command, frozen=True):
    """Tell the asking dialplan to hang up."""

    attempt: str


class Hold(Command, frozen=True):
    """Keep the callee with a tone, for at most `limit` seconds; the dialplan asks again."""

    attempt: str
    limit: float


class TakeAside(Command, frozen=True):
    """Out of the bridge it is in: a callee asks anew, a leg parks."""

    channel: str


class JoinLegs(Command, frozen=True):
    """Two parked legs hear each other. Answered by LegsBridged."""

    leg: str
    other: str


class JoinIn(Command, frozen=True):
    """Tell the asking dialplan to put this callee into the conversation `leg` is in."""

    attempt: str
    leg: str


class CallOutside(Command, frozen=True):
    """Call somebody outside for this attempt and park them. Answered by LegParked or LegGone."""

    attempt: str
    leg: str
    outside: str
    campaign: str


class Ring(Command, frozen=True):
    """A parked leg hears that somebody is being called."""

    leg: str


class PauseRecording(Command, frozen=True):
    """Nobody is heard in the attempt's recording from now on."""

    attempt: str


class ResumeRecording(Command, frozen=True):
    """Everybody is heard again. `anew`: there were other phones meanwhile."""

    attempt: str
    anew: bool = False


class NoteStep(Command, frozen=True):
    """For the record: what was done with a conversation. `agent`: by or to whom, where a rep."""

    attempt: str
    what: Step
    at: float
    agent: str = ""
    label: str = ""


class PressKeys(Command, frozen=True):
    """Keypad tones from a leg to whom it hears."""

    leg: str
    digits: str


class HangUp(Command, frozen=True):
    """End a channel: an attempt's or a leg's."""

    channel: str


class CallPhone(Command, frozen=True):
    """Call the rep's phone and park it. Answered by LegParked or LegGone."""

    agent: str
    leg: str


class AgentMoved(Command, frozen=True):
    """For records and screens: a rep's state changed."""

    agent: str
    state: str
    before: str
    since: float
    reason: str = ""
    phone: str = ""
    attempt: str | None = None


class AttemptMoved(Command, frozen=True):
    """For records and screens: an attempt's phase changed."""

    attempt: str
    phase: str
    before: str
    agent: str | None = None


class CloseAttempt(Command, frozen=True):
    """The attempt's record, complete but for wrap-up and disposition. Times are unix seconds."""

    attempt: str
    lead: str
    campaign: str
    outcome: Outcome
    placed_at: float
    ended_at: float
    trunk: str = ""
    node: str = ""
    ringing_at: float | None = None
    answered_at: float | None = None
    connected_at: float | None = None
    answered_by: AnsweredBy | None = None
    agent: str | None = None
    #: Seconds callee and rep heard each other, all bridges of this attempt together.
    talk_seconds: float | None = None
    hangup_cause: int = 0
    hangup_by: HangupBy = "network"
    mode: CallMode = "auto"
    #: The rep for whom alone it was placed.
    bound: str = ""
    #: What the far end said to a call nobody answered (`dialer.far_end`): the SIP code of its
    #: answer, whose doing it is, what the number deserves. Nothing: not known, or answered.
    sip_code: int | None = None
    blame: Blame | None = None
    number_is: Fate | None = None


class ForgetAttempt(Command, frozen=True):
    """No call was made (gate or failure before dialing): the lead is given back, `rule` says
    why.
    """

    attempt: str
    lead: str
    campaign: str
    rule: str


class NoteWrapup(Command, frozen=True):
    """What follows a closed record."""

    attempt: str
    agent: str
    wrapup_seconds: float
    disposition: str | None = None
    #: Agreed with the callee, in unix seconds.
    call_back_at: float | None = None
    #: Who calls then: "me", "anyone", "" (not said).
    call_back_owner: str = ""
    campaign: str = ""
    lead: str = ""


class NoteMishap(Command, frozen=True):
    """Why a call that was this rep's was missed or lost. Figures are seconds."""

    attempt: str
    agent: str
    slug: MishapSlug
    at: float
    figures: dict[str, float] = {}


AnyCommand = (
    Place
    | SkipLead
    | NoteMishap
    | BringLeads
    | GiveBack
    | Connect
    | PlayMessage
    | Drop
    | Hold
    | HangUp
    | CallPhone
    | AgentMoved
    | AttemptMoved
    | CloseAttempt
    | ForgetAttempt
    | NoteWrapup
    | TakeAside
    | JoinLegs
    | JoinIn
    | CallOutside
    | Ring
    | PauseRecording
    | ResumeRecording
    | PressKeys
    | NoteStep
)
