"""Rows of the dialer as plain values, and what a store says no with: what every port stands on.

Times are unix seconds UTC as floats, kept to the microsecond. Ids are those of `dialer.ids`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from dialer.ports.reasons import Reasons
from dialer.words import (
    AnsweredBy,
    CallMode,
    CampaignState,
    DispositionGroup,
    HangupBy,
    LeadState,
    Outcome,
    Pardon,
    SessionState,
)


class StoreError(Exception):
    """The store refused: the message says what is wrong and what to do."""


class StoreFullError(StoreError):
    """There is no room to write. Nothing is wrong with what was to be written: it waits."""


class AlreadyExistsError(StoreError):
    """A name that must be unique is taken."""


class NotFoundError(StoreError):
    """Nothing has that id."""


class Campaign(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    pool: str
    state: CampaignState
    settings: Mapping[str, Any]
    settings_version: int  # 1 at creation, one more with every change
    created_at: float


class LeadNumber(Struct, frozen=True, array_like=True):
    number: str  # E.164 with the plus sign
    kind: str = ""  # mobile, home, work …, as the list calls it
    attempts: int = 0
    dead: bool = False  # nobody has this number, or whoever has it wants no more calls
    declined: bool = False  # declined once: one more call, then no more
    extension: str = ""  # whom to ask for there, in digits; never dialed


class NewLead(Struct, frozen=True, kw_only=True, array_like=True):
    """One person of a list. `priority` 0 to 99, higher first; `next_call_at` 0: at once."""

    numbers: Sequence[LeadNumber]  # in the order in which to try them, at least one
    name: str = ""
    timezone: str | None = None  # IANA name; None: from the number
    language: str | None = None
    owner: str | None = None  # agent id: the rep who keeps this lead
    priority: int = 50
    next_call_at: float = 0.0
    custom: Mapping[str, str] = field(default_factory=dict)
    list_name: str = ""
    import_id: str | None = None
    import_row: int | None = None


class Lead(Struct, frozen=True, kw_only=True):
    id: str
    campaign_id: str
    list_name: str
    state: LeadState
    priority: int
    name: str
    timezone: str | None
    language: str | None
    owner: str | None
    custom: Mapping[str, str]
    next_call_at: float
    attempts: int
    last_call_at: float | None
    numbers: tuple[LeadNumber, ...]


# A claimed lead is the same record with state `queued`.
LeadToCall = Lead


class LeadNext(Struct, frozen=True):
    """What becomes of a lead after an attempt or a disposition. None leaves a field as it is."""

    state: LeadState
    next_call_at: float = 0.0
    priority: int | None = None
    owner: str | None = None
    number_dead: bool = False  # mark the number of this attempt as dead
    number_declined: bool = False  # its callee declined: one more call at most
    number_unwanted: bool = False  # put it on the do-not-call list for good, for all campaigns
    result_group: DispositionGroup | None = None  # of the disposition that says all this


class Said(Struct, frozen=True):
    """Who says a result, and why it is another one. `who` "": the rep of the call."""

    who: str = ""
    why: str = ""


class NewAttempt(Struct, frozen=True, kw_only=True):
    attempt_id: str
    campaign_id: str
    lead_id: str
    number: str
    caller_id: str
    trunk: str
    node: str
    placed_at: float
    mode: CallMode = "auto"
    for_agent: str | None = None  # the rep for whom it is placed
    reasons: Reasons | None = None


class ClosedAttempt(Struct, frozen=True, kw_only=True):
    attempt_id: str
    ended_at: float
    outcome: Outcome
    lead: LeadNext
    placed_at: float | None = None  # this and the next two: None keeps what `open` wrote
    trunk: str | None = None
    node: str | None = None
    ringing_at: float | None = None
    answered_at: float | None = None
    connected_at: float | None = None
    answered_by: AnsweredBy | None = None
    agent: str | None = None  # agent id of the last rep who talked
    talk_seconds: float | None = None  # None: from connected_at to ended_at
    hangup_cause: int | None = None
    hangup_by: HangupBy | None = None
    recording: str | None = None
    #: None: it counts on the lead and in its number's day.
    pardon: Pardon | None = None
    sip_code: int | None = None


class OpenAttempt(Struct, frozen=True, kw_only=True):
    attempt_id: str
    campaign_id: str
    lead_id: str
    number: str
    caller_id: str
    trunk: str
    node: str
    placed_at: float
    lead_attempts: int  # of the lead, this one included
    mode: CallMode = "auto"
    for_agent: str | None = None


class CallTo(Struct, frozen=True, array_like=True):
    """One attempt on a number, as the gate counts it. `ended_at` None: it is not over."""

    placed_at: float
    ended_at: float | None = None


class Tally(Struct, frozen=True, kw_only=True):
    """Attempts of a campaign that ended in a span of time."""

    ended: int = 0
    answered_human: int = 0
    answered_machine: int = 0
    by_outcome: Mapping[str, int] = field(default_factory=dict)


class Agent(Struct, frozen=True, kw_only=True):
    id: str
    name: str  # unique: what the rep logs in with
    endpoint: str  # the phone, as the switch knows it
    pool: str
    skills: Mapping[str, int] = field(default_factory=dict)
    language: str = "en"
    enabled: bool = True
    #: Share of the calls beside the other reps', where a campaign's routing is weighted.
    weight: float = 1.0


class AgentSession(Struct, frozen=True, kw_only=True):
    """A rep who is logged in, so that an engine that starts again knows it."""

    agent_id: str
    pool: str
    logged_in_at: float
    state: SessionState
    state_at: float
    reason: str = ""  # why paused or pausing
    node: str = ""
    leg: str = ""  # channel id of the rep's phone leg


class LeadsAhead(Struct, frozen=True):
    """Leads with calls left, and some of both kinds, taken evenly; few: all. `first` to wake;
    `called_back`: those of them with a time agreed on.
    """

    due: int
    asleep: int
    due_some: Sequence[Lead] = ()
    asleep_some: Sequence[Lead] = ()
    first: Sequence[Lead] = ()
    called_back: frozenset[str] = frozenset()
