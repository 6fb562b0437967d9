"""What the engine needs of the database: records as plain values, repositories as protocols.

Times are unix seconds UTC as floats, kept to the microsecond. Ids are those of `dialer.ids`. Every
method of a repository is one transaction: when it returns, what it wrote is on disk.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, field

from dialer.ports.accounts import AccountStore
from dialer.ports.audit import Audit, AuditEntry, AuditQuery, AuditRow
from dialer.ports.calls import CallSteps
from dialer.ports.cdr import OUTCOMES, AnsweredBy, Cdr, HangupBy, Outcome
from dialer.ports.desk import Callbacks, CallMode, Desk, LeadEdit, LeadPage, Notes
from dialer.ports.dnc import Dnc, DncEntry
from dialer.ports.figures import Figures
from dialer.ports.holders import Holders
from dialer.ports.pardons import Burned, Pardon, Pardoned, Pardons
from dialer.ports.people import People
from dialer.ports.recordings import (
    RecordedCall,
    Recording,
    RecordingQuery,
    Recordings,
    RecordingState,
)
from dialer.ports.steering import SteeringStore

if TYPE_CHECKING:
    from dialer.ports.new_leads import LeadsToAdd

__all__ = [
    "OUTCOMES",
    "Added",
    "Agent",
    "AgentSession",
    "Agents",
    "AlreadyExistsError",
    "AnsweredBy",
    "Attempts",
    "Audit",
    "AuditEntry",
    "AuditQuery",
    "AuditRow",
    "Burned",
    "CallTo",
    "Campaign",
    "CampaignState",
    "Campaigns",
    "Cdr",
    "ClosedAttempt",
    "Dnc",
    "DncEntry",
    "Duplicate",
    "HangupBy",
    "Lead",
    "LeadNext",
    "LeadNumber",
    "LeadState",
    "LeadToCall",
    "LeadsRepository",
    "NewAttempt",
    "NewLead",
    "NotFoundError",
    "OpenAttempt",
    "Outcome",
    "Pardon",
    "Pardoned",
    "RecordedCall",
    "Recording",
    "RecordingQuery",
    "RecordingState",
    "Recordings",
    "SettingsVersion",
    "Store",
    "StoreError",
    "Tally",
]


class StoreError(Exception):
    """The store refused: the message says what is wrong and what to do."""


class StoreFullError(StoreError):
    """There is no room to write. Nothing is wrong with what was to be written: it waits."""


class AlreadyExistsError(StoreError):
    """A name that must be unique is taken."""


class NotFoundError(StoreError):
    """Nothing has that id."""


class CampaignState(StrEnum):
    STOPPED = "stopped"
    RUNNING = "running"
    PAUSED = "paused"


class LeadState(StrEnum):
    NEW = "new"  # never called
    QUEUED = "queued"  # claimed by a hopper; a crash gives it back
    CALLING = "calling"  # an attempt is open; only closing it lets the lead go on
    RETRY = "retry"  # to be called again at `next_call_at`
    DONE = "done"  # reached: nothing more to do
    DEAD = "dead"  # given up: not reached in all its tries, or none of its numbers works
    DNC = "dnc"  # asked not to be called


class Campaign(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    pool: str
    state: CampaignState
    settings: Mapping[str, Any]
    settings_version: int  # 1 at creation, one more with every change
    created_at: float


class SettingsVersion(Struct, frozen=True, kw_only=True):
    version: int
    settings: Mapping[str, Any]
    changed_at: float
    changed_by: str


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


class Duplicate(Struct, frozen=True):
    """Row `index` of the batch was left out because `number` is already known."""

    index: int
    number: str
    lead_id: str  # who has it
    import_id: str | None
    import_row: int | None


class Added(Struct, frozen=True):
    lead_ids: list[str]  # of those that went in, in order
    duplicates: list[Duplicate]


class LeadNext(Struct, frozen=True):
    """What becomes of a lead after an attempt or a disposition. None leaves a field as it is."""

    state: LeadState
    next_call_at: float = 0.0
    priority: int | None = None
    owner: str | None = None
    number_dead: bool = False  # mark the number of this attempt as dead
    number_declined: bool = False  # its callee declined: one more call at most
    number_unwanted: bool = False  # put it on the do-not-call list for good, for all campaigns


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


class AgentSession(Struct, frozen=True, kw_only=True):
    """A rep who is logged in, so that an engine that starts again knows it."""

    agent_id: str
    pool: str
    logged_in_at: float
    state: str  # ready, paused; pausing, leaving: ready, but wants to go after the call
    state_at: float
    reason: str = ""  # why paused or pausing
    node: str = ""
    leg: str = ""  # channel id of the rep's phone leg


class Campaigns(Protocol):
    async def create(
        self, name: str, *, pool: str, settings: Mapping[str, Any], now: float, who: str
    ) -> Campaign:
        """Raises AlreadyExistsError when the name is taken."""

    async def get(self, campaign_id: str) -> Campaign | None: ...
    async def by_name(self, name: str) -> Campaign | None: ...
    async def list(self) -> Sequence[Campaign]: ...

    async def set_state(
        self, campaign_id: str, state: CampaignState, *, now: float, who: str
    ) -> Campaign:
        """Raises NotFoundError."""

    async def set_settings(
        self, campaign_id: str, settings: Mapping[str, Any], *, now: float, who: str
    ) -> Campaign:
        """A new version; the old ones stay. The same settings again make no version."""

    async def versions(self, campaign_id: str) -> Sequence[SettingsVersion]: ...


class LeadsRepository(Protocol):
    async def add(self, campaign_id: str, leads: LeadsToAdd, *, now: float) -> Added:
        """Put leads in; one that shares a number with a lead of the campaign is left out."""

    async def get(self, lead_id: str) -> Lead | None: ...

    async def find(self, campaign_id: str, number: str) -> Lead | None:
        """Who has this number; of several at one switchboard the first of the list."""

    async def claim(
        self, campaign_id: str, limit: int, *, now: float, claim_id: str
    ) -> list[LeadToCall]:
        """Take due leads, durably: highest priority, then longest due, then import order."""

    async def claim_one(
        self, lead_id: str, *, now: float, claim_id: str, also_over: bool = False
    ) -> LeadToCall | None:
        """Take this lead out of turn (preview, callback); None when it is not to be called.

        `also_over`: one that is done or dead, too (a rep dials it by hand); given back, it is that
        again.
        """

    async def release(
        self, lead_ids: Iterable[str], *, next_call_at: float | None = None, claim_id: str
    ) -> int:
        """Give claimed leads back, at once or not before `next_call_at`. Returns how many."""

    async def postpone(self, until: Mapping[str, float], *, claim_id: str) -> int:
        """Give claimed leads back, each not before its own time. Returns how many."""

    async def release_claims(
        self,
        *,
        campaign_id: str | None = None,
        claim_id: str | None = None,
        claimed_before: float | None = None,
    ) -> int:
        """Give back what a dead or finished hopper held. A lead with an open attempt stays."""

    async def set_next(self, lead_id: str, next_: LeadNext) -> bool:
        """Change what comes next for a lead that is not in a call; False when it is."""

    async def page(self, wanted: LeadPage) -> Sequence[Lead]:
        """The newest first."""

    async def edit(self, lead_id: str, change: LeadEdit) -> Lead | None:
        """The lead as it is then; None: there is no such lead."""

    async def counts(self, campaign_id: str) -> Mapping[LeadState, int]: ...


class Attempts(Pardons, Protocol):
    async def open(self, attempts: Sequence[NewAttempt]) -> frozenset[str]:
        """Commit attempts before they are dialed; returns the ids that may be dialed.

        A lead that is no longer claimed (taken back, or asked not to be called meanwhile) gets no
        attempt, and none gets one on a number that has an open attempt, whoever opened it. Counts
        the attempt on lead and number.
        """

    async def withdraw(self, attempt_ids: Sequence[str]) -> int:
        """Open attempts that were certainly never dialed: as if they had not been. How many."""

    async def close(self, attempts: Sequence[ClosedAttempt]) -> frozenset[str]:
        """Write the CDR and the lead's next state; returns the ids that this call closed.

        An attempt that is closed already, or unknown, is left as it is. One with a `pardon` is
        taken off the lead's and the number's counts again.
        """

    async def wrapup(
        self,
        attempt_id: str,
        *,
        wrapup_seconds: float | None,
        disposition: str | None,
        lead: LeadNext | None = None,
        dnc_from: float | None = None,
    ) -> bool:
        """Complete a closed attempt; the disposition may decide what becomes of the lead.

        `dnc_from`: from then on the number of this attempt is on the do-not-call list.
        """

    async def wrapup_seconds(self, seconds: Mapping[str, float]) -> int:
        """How long the wrap-up of each of these attempts took, by id; how many are known."""

    async def set_recording(self, attempt_id: str, recording: str | None) -> bool: ...

    async def still_open(self, *, node: str | None = None) -> list[OpenAttempt]: ...

    async def get(self, attempt_id: str) -> Cdr | None: ...

    def export(
        self,
        campaign_id: str | None = None,
        *,
        since: float | None = None,
        until: float | None = None,
        ended_only: bool = False,
    ) -> AsyncIterator[Cdr]:
        """CDRs in the order of their attempts; `since` and `until` bound placed_at."""

    async def calls_to(
        self, numbers: Sequence[str], *, since: float
    ) -> Mapping[str, Sequence[CallTo]]:
        """The attempts on each of these numbers, of any campaign: those placed since then and those
        that are not over, in the order in which they were placed; without what never came as far
        as the number for the trunk's or the switch's fault.
        """

    async def tally(
        self, campaign_id: str, *, since: float, until: float, paced: bool = False
    ) -> Tally:
        """What ended in [since, until), for abandon windows and rates.

        `paced`: without the calls placed for one rep, but for those that were abandoned.
        """


class Agents(Protocol):
    async def add(self, agent: Agent) -> None:
        """Raises AlreadyExistsError when id or name is taken."""

    async def update(self, agent: Agent) -> None:
        """Raises NotFoundError, AlreadyExistsError."""

    async def get(self, agent_id: str) -> Agent | None: ...
    async def by_name(self, name: str) -> Agent | None: ...
    async def list(self, *, pool: str | None = None) -> Sequence[Agent]: ...

    async def save_session(self, session: AgentSession) -> None:
        """Log in, or note a change of a rep who is; one session per rep."""

    async def end_session(self, agent_id: str) -> bool: ...
    async def sessions(self, *, pool: str | None = None) -> Sequence[AgentSession]: ...


class Store(AccountStore, SteeringStore, Protocol):
    """Everything the dialer keeps."""

    @property
    def campaigns(self) -> Campaigns: ...
    @property
    def leads(self) -> LeadsRepository: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def agents(self) -> Agents: ...
    @property
    def dnc(self) -> Dnc: ...
    @property
    def people(self) -> People: ...
    @property
    def recordings(self) -> Recordings: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def callbacks(self) -> Callbacks: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def call_steps(self) -> CallSteps: ...
    @property
    def figures(self) -> Figures: ...
    @property
    def holders(self) -> Holders: ...

    async def ping(self) -> None:
        """Raises StoreError when the database cannot be reached, or cannot be written: its disk is
        full, say.
        """

    async def close(self) -> None: ...
