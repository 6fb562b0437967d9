"""What the engine needs of the database: records as plain values, repositories as protocols.

Times are unix seconds UTC as floats, kept to the microsecond. Ids are those of `dialer.ids`. Every
method of a repository is one transaction: when it returns, what it wrote is on disk.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from dialer.ports.accounts import AccountStore
from dialer.ports.added import Added, Duplicate
from dialer.ports.audit import Audit, AuditEntry, AuditQuery, AuditRow
from dialer.ports.calls import CallSteps
from dialer.ports.cdr import Cdr
from dialer.ports.desk import Callbacks, Desk, LeadEdit, LeadPage, Notes
from dialer.ports.dnc import Dnc, DncEntry
from dialer.ports.figures import Figures
from dialer.ports.holders import Holders
from dialer.ports.journal import Journal
from dialer.ports.kept import Kept
from dialer.ports.lists import Imports, LeadLists
from dialer.ports.new_leads import LeadsToAdd
from dialer.ports.pardons import Burned, Pardoned, Pardons
from dialer.ports.past_calls import PastCalls
from dialer.ports.people import People
from dialer.ports.recordings import RecordedCall, Recording, Recordings
from dialer.ports.rows import (
    Agent,
    AgentSession,
    AlreadyExistsError,
    CallTo,
    Campaign,
    ClosedAttempt,
    Lead,
    LeadNext,
    LeadNumber,
    LeadsAhead,
    LeadToCall,
    NewAttempt,
    NewLead,
    NotFoundError,
    OpenAttempt,
    Said,
    StoreError,
    StoreFullError,
    Tally,
)
from dialer.ports.scope import Reach
from dialer.ports.steering import SteeringStore
from dialer.words import (
    CampaignState,
    DispositionGroup,
    LeadState,
    Outcome,
    Pardon,
    RecordingState,
)

T = TypeVar("T")

__all__ = [
    "Added",
    "Agent",
    "AgentSession",
    "Agents",
    "AlreadyExistsError",
    "Attempts",
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
    "Lead",
    "LeadNext",
    "LeadNumber",
    "LeadState",
    "LeadToCall",
    "LeadsAhead",
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
    "RecordingState",
    "Recordings",
    "Said",
    "Store",
    "StoreError",
    "StoreFullError",
    "Tally",
]


class Campaigns(Protocol):
    async def create(
        self, name: str, *, pool: str, settings: Mapping[str, Any], now: float, who: str
    ) -> Campaign:
        """Raises AlreadyExistsError when the name is taken."""

    async def get(self, campaign_id: str) -> Campaign | None: ...
    async def by_name(self, name: str) -> Campaign | None: ...
    async def known(self, name: str, scope: Reach) -> Campaign | None:
        """As `by_name`, of those that are in scope."""

    async def list(self, scope: Reach) -> Sequence[Campaign]: ...

    async def set_state(
        self, campaign_id: str, state: CampaignState, *, now: float, who: str
    ) -> Campaign:
        """Raises NotFoundError."""

    async def set_settings(
        self, campaign_id: str, settings: Mapping[str, Any], *, now: float, who: str
    ) -> Campaign:
        """A new version; the old ones stay. The same settings again make no version."""


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

    async def page(self, wanted: LeadPage, scope: Reach) -> Sequence[Lead]:
        """The newest first."""

    async def edit(self, lead_id: str, change: LeadEdit) -> Lead | None:
        """The lead then; None: there is none. Raises ChangedSinceError, AlreadyExistsError."""

    async def counts(self, campaign_id: str) -> Mapping[LeadState, int]: ...

    async def ahead(self, campaign_id: str, *, now: float, limit: int) -> LeadsAhead:
        """Those with calls left; of more than `limit` due, or asleep, about so many of each."""


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
        group: DispositionGroup | None = None,
        said: Said = Said(),  # noqa: B008  (frozen)
    ) -> bool:
        """Complete a closed attempt; the disposition may decide what becomes of the lead.

        `dnc_from`: from then on the number of this attempt is on the do-not-call list. `group`: of
        the disposition, where `lead` has none. `said`: by whom and why; each result that is said
        is kept, those before it too.
        """

    async def wrapup_seconds(self, seconds: Mapping[str, float]) -> int:
        """How long the wrap-up of each of these attempts took, by id; how many are known."""

    async def set_recording(self, attempt_id: str, recording: str | None) -> bool: ...

    async def still_open(self, *, node: str | None = None) -> list[OpenAttempt]: ...

    async def get(self, attempt_id: str) -> Cdr | None: ...
    async def known(self, attempt_id: str, scope: Reach) -> Cdr | None:
        """As `get`, of those that are in scope."""

    def export(
        self,
        scope: Reach,
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
        """Per number, of any campaign: those placed since then and those not over, as placed;
        without what never came as far as the number for the trunk's or the switch's fault."""

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
    async def known(self, word: str, scope: Reach) -> Agent | None:
        """By id, else by name, of those that are in scope."""

    async def list(self, scope: Reach, *, pool: str | None = None) -> Sequence[Agent]: ...

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
    def lead_lists(self) -> LeadLists: ...
    @property
    def lead_imports(self) -> Imports: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def past_calls(self) -> PastCalls: ...
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
    @property
    def journal(self) -> Journal: ...

    def kept(self, part: Kept[T]) -> T:
        """What a feature keeps; made when it is first asked for."""

    async def ping(self) -> None:
        """Raises StoreError when the database cannot be reached, or cannot be written: its disk is
        full, say.
        """

    async def close(self) -> None: ...
