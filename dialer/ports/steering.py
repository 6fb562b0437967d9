"""What steering leaves behind: versions of settings, messages, assignments, alerts, deliveries.

Times are unix seconds. Every method is one transaction, as in `dialer.ports.store`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from dialer.ports.audit import AuditEntry
from dialer.ports.scope import Reach
from dialer.words import DeliveryState, Origin, Severity


class KeyChange(Struct, frozen=True):
    """One key of a pool or campaign; None: not set."""

    key: str
    before: Any
    after: Any


class SettingsChange(Struct, frozen=True, kw_only=True):
    """A version of one pool's or campaign's settings. `subject`: pool/NAME or campaign/NAME."""

    subject: str
    version: int
    settings: Mapping[str, Any]  # every key by its dotted name
    changed_at: float
    changed_by: str
    origin: Origin
    because: str = ""
    changes: Sequence[KeyChange] = ()
    undoes: int | None = None


class SettingsVersions(Protocol):
    async def add(self, change: SettingsChange) -> bool:
        """False when that version is there already: someone else was faster."""

    async def latest(self, subject: str) -> SettingsChange | None: ...

    async def page(
        self, subject: str, *, below: int | None = None, limit: int = 50
    ) -> Sequence[SettingsChange]:
        """Newest first; `below`: versions under this one."""


class Assignment(Struct, frozen=True):
    """Which campaigns of the pool a rep works for; None: all."""

    agent: str
    campaigns: tuple[str, ...] | None


class Assignments(Protocol):
    async def put(self, assignment: Assignment) -> None: ...
    async def all(self) -> Mapping[str, Assignment]: ...


class Message(Struct, frozen=True, kw_only=True):
    """A word from a supervisor. `addressed`: agent/CODE, pool/NAME or all."""

    id: str
    at: float
    who: str
    addressed: str
    text: str


class Receipt(Struct, frozen=True):
    """One rep's copy of a message."""

    message: str
    agent: str
    read_at: float | None = None


class Messages(Protocol):
    async def add(self, message: Message, agents: Sequence[str], entry: AuditEntry) -> None: ...

    async def of_agent(
        self, agent: str, *, since: float = 0.0, below: str | None = None, limit: int = 50
    ) -> Sequence[tuple[Message, Receipt]]:
        """Newest first."""

    async def sent_by(
        self, who: str, *, below: str | None = None, limit: int = 50
    ) -> Sequence[tuple[Message, Sequence[Receipt]]]:
        """Newest first."""

    async def mark_read(self, message_id: str, agent: str, at: float) -> bool:
        """False when this rep never got it; a second reading changes nothing."""


class ScheduleMark(Struct, frozen=True):
    """How far a campaign's schedule has been carried out: the boundary, and the schedule's form."""

    campaign_id: str
    boundary: float
    form: str


class ScheduleMarks(Protocol):
    async def put(self, mark: ScheduleMark) -> None: ...
    async def all(self) -> Mapping[str, ScheduleMark]:
        """By campaign id."""


class AlertRow(Struct, frozen=True, kw_only=True):
    """One time that an alert fired. `subject` names what it is about, as `campaign/spring`."""

    id: str
    name: str
    subject: str
    pool: str
    severity: Severity
    words: str
    value: float | None
    began_at: float
    ended_at: float | None = None
    acked_at: float | None = None
    acked_by: str = ""
    #: `metric`, and what the words speak of.
    facts: Mapping[str, Any] = {}


class Alerts(Protocol):
    async def put(self, row: AlertRow) -> None:
        """Add it, or write it anew."""

    async def get(self, alert_id: str) -> AlertRow | None: ...
    async def known(self, alert_id: str, scope: Reach) -> AlertRow | None:
        """As `get`, of those that are in scope."""

    async def firing(self, scope: Reach) -> Sequence[AlertRow]: ...
    async def recent(
        self, scope: Reach, *, below: str | None = None, limit: int = 100
    ) -> Sequence[AlertRow]:
        """Newest first."""


class Delivery(Struct, frozen=True, kw_only=True):
    """One event on its way to one webhook. `body` is sent as it is."""

    id: str
    hook: str
    event: str
    body: str
    created_at: float
    state: DeliveryState = "waiting"
    tries: int = 0
    next_at: float = 0.0
    status: int | None = None  # of the last answer
    error: str = ""
    #: Of one lane what has the smaller `seq`, of the journal, is told first.
    lane: str = ""
    seq: int = 0


class Deliveries(Protocol):
    async def add(self, deliveries: Sequence[Delivery]) -> None: ...
    async def tried(self, deliveries: Sequence[Delivery]) -> None:
        """Keep what became of them. Their bodies stay as they are by now, and what is forgotten
        stays so: a person may have been erased while they were under way.
        """

    async def get(self, delivery_id: str) -> Delivery | None: ...

    async def receivers(self, now: float) -> Sequence[str]:
        """For whom something was due by then, by name."""

    async def due(self, hook: str, now: float, *, limit: int) -> Sequence[Delivery]:
        """What is to be sent to it now, the longest due first: of each lane only the first that
        waits.
        """

    async def give_up(self, why: str, *, hook: str, before: float | None = None, limit: int) -> int:
        """Some of what waits for a receiver, or was due before then, is dead; how many."""

    async def page(
        self,
        *,
        hook: str | None = None,
        state: DeliveryState | None = None,
        below: str | None = None,
        limit: int = 100,
    ) -> Sequence[Delivery]:
        """Newest first."""

    async def sweep(self, *, before: float, limit: int) -> int:
        """Forget some of the oldest that were made before then and do not wait; how many."""


class AgentResult(Struct, frozen=True):
    """Conversations of one rep for one campaign with one disposition (None: none was said)."""

    agent: str
    campaign: str  # name
    disposition: str | None
    calls: int
    talk_seconds: float


class Results(Protocol):
    async def by_agent(
        self, campaigns: Sequence[str], *, since: float, until: float
    ) -> Sequence[AgentResult]:
        """Conversations placed in [since, until) that are over, by campaign names."""

    async def said_of(self, campaign: str, codes: Sequence[str]) -> frozenset[str]:
        """Which of these dispositions some call of the campaign, by its name, has. Reads all its
        calls where there is none.
        """


class SteeringStore(Protocol):
    @property
    def settings_versions(self) -> SettingsVersions: ...
    @property
    def assignments(self) -> Assignments: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def schedule_marks(self) -> ScheduleMarks: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def results(self) -> Results: ...
