"""The journal: what happened, written in the transaction in which it did, for whoever listens.

Records hold ids and words of the field only: no numbers, names or notes of people, so that nothing
has to be taken out when a person is erased. Who wants to know more looks the ids up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar, Final, Literal, Protocol

from msgspec import Struct, json

from dialer.words import DncMove

#: Where a consumer that was never here begins: with all that is kept, or with what comes.
Start = Literal["beginning", "now"]


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One kind of record: when it is written, then what its subject is, then what else there is to
    say; the reference of events is made of it.
    """

    kind: ClassVar[str] = ""


class CallOpened(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A call is kept and about to be dialed. Subject: the attempt. `agent`: for whom alone."""

    kind: ClassVar[str] = "call.opened"
    campaign: str
    lead: str
    agent: str | None = None


class CallWithdrawn(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A call was never dialed after all and is no more. Subject: the attempt."""

    kind: ClassVar[str] = "call.withdrawn"
    lead: str


class CallClosed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A call has ended. Subject: the attempt. `agent`: the last rep who talked."""

    kind: ClassVar[str] = "call.closed"
    campaign: str
    lead: str
    outcome: str
    agent: str | None = None


class CallPardoned(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A call counts as nobody's try any more. Subject: the attempt."""

    kind: ClassVar[str] = "call.pardoned"
    lead: str
    why: str


class CallWrapped(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The wrap-up time of a call is known. Subject: the attempt."""

    kind: ClassVar[str] = "call.wrapped"


class ResultGiven(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A call got its first result. Subject: the attempt."""

    kind: ClassVar[str] = "result.given"
    campaign: str
    lead: str
    disposition: str
    agent: str | None = None


class ResultChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A call got another result. Subject: the attempt. `before`: the result it had."""

    kind: ClassVar[str] = "result.changed"
    campaign: str
    lead: str
    disposition: str
    before: str
    agent: str | None = None


class CallbackPlanned(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A callback was agreed. Subject: the callback. `attempt`: the call in which it was."""

    kind: ClassVar[str] = "callback.planned"
    campaign: str
    lead: str
    attempt: str | None = None


class CallbackMoved(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A callback was agreed anew, or is not offered before a later time. Subject: the callback."""

    kind: ClassVar[str] = "callback.moved"
    campaign: str
    lead: str
    attempt: str | None = None


class CallbackSettled(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A callback is over. Subject: the callback. `result`: kept, late or dropped."""

    kind: ClassVar[str] = "callback.settled"
    campaign: str
    lead: str
    result: str
    attempt: str | None = None


class WorkEnded(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A rep's state ended. Subject: the stretch of work time."""

    kind: ClassVar[str] = "work.ended"
    agent: str
    pool: str
    state: str


class LeadAdded(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Leads were added. Subject: the campaign. One record for the leads of one list in one piece of
    an import: `count` of them, with ids from `first` to `last`.
    """

    kind: ClassVar[str] = "lead.added"
    list: str
    first: str
    last: str
    count: int
    import_id: str | None = None


class LeadEdited(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A lead was edited. Subject: the lead."""

    kind: ClassVar[str] = "lead.edited"
    campaign: str


class DncChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The do-not-call list changed. Subject: the change that can be undone, or "" where it is none.
    `what`: added, removed or undone; `count` entries.
    """

    kind: ClassVar[str] = "dnc.changed"
    what: DncMove
    count: int


class RecordingKept(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A recording is there. Subject: the recording."""

    kind: ClassVar[str] = "recording.kept"
    attempt: str


class RecordingDeleted(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A recording was deleted. Subject: the recording."""

    kind: ClassVar[str] = "recording.deleted"
    attempt: str


class AlertBegan(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An alert began. Subject: the alert."""

    kind: ClassVar[str] = "alert.began"


class AlertEnded(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An alert ended. Subject: the alert."""

    kind: ClassVar[str] = "alert.ended"


class AlertAcknowledged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody looks after an alert. Subject: the alert."""

    kind: ClassVar[str] = "alert.acknowledged"


class CampaignCreated(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A campaign was made. Subject: the campaign."""

    kind: ClassVar[str] = "campaign.created"


class CampaignMoved(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A campaign was started, paused or stopped. Subject: the campaign. `state`: running, paused or
    stopped; `audit`: the entry with who.
    """

    kind: ClassVar[str] = "campaign.moved"
    state: str
    audit: str


class SettingsChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A version of settings was kept. Subject: as "campaign/spring"."""

    kind: ClassVar[str] = "settings.changed"
    version: int


class PersonErased(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A person was erased: copies of these leads and calls have to go. Subject: the audit entry."""

    kind: ClassVar[str] = "person.erased"
    leads: list[str]
    attempts: list[str]


KINDS: Final[dict[str, type[Event]]] = {
    it.kind: it
    for it in (
        CallOpened, CallWithdrawn, CallClosed, CallPardoned, CallWrapped, ResultGiven,
        ResultChanged, CallbackPlanned, CallbackMoved, CallbackSettled, WorkEnded, LeadAdded,
        LeadEdited, DncChanged, RecordingKept, RecordingDeleted, AlertBegan, AlertEnded,
        AlertAcknowledged, CampaignCreated, CampaignMoved, SettingsChanged, PersonErased,
    )
}  # fmt: skip
_DECODERS = {kind: json.Decoder(type_) for kind, type_ in KINDS.items()}


class Happened(Struct, frozen=True):
    """A record before it is written. `at`: unix seconds, when it happened as far as that is told,
    else when it was written.
    """

    at: float
    subject: str
    event: Event


class Entry(Struct, frozen=True):
    """A record as it is read. `seq` is unique and grows within each subject."""

    seq: int
    at: float
    subject: str
    event: Event

    @property
    def lane(self) -> str:
        """What must be told in order: the call it belongs to, else its subject."""
        return getattr(self.event, "attempt", None) or self.subject


def read_event(kind: str, body: str) -> Event:
    """Raises msgspec.ValidationError, KeyError for a kind that this version does not know."""
    return _DECODERS[kind].decode(body)


#: What a consumer does with records, in order: runs in the store's thread, must not await, and
#: what it writes through the work is undone when it raises.
#: The work is a `dialer.ports.journal_work.Work`.
Take = Callable[[Any, Sequence[Entry]], None]


class Journal(Protocol):
    async def join(self, consumer: str, start: Start) -> None:
        """Give it a cursor, unless it has one."""

    async def forget(self, consumer: str) -> bool:
        """Take its cursor away; nothing is kept for it any more."""

    async def has_more(self, consumer: str, kinds: Collection[str]) -> bool:
        """Whether `consume` would do something worth a transaction. Raises NotFoundError."""

    async def consume(
        self, consumer: str, kinds: Collection[str], take: Take, *, limit: int
    ) -> int:
        """Hand over the next records of these kinds, at most `limit`, and move the cursor behind
        them, in one transaction; how many. Raises NotFoundError, and what `take` raises: then
        nothing has happened.
        """

    async def cursors(self) -> Mapping[str, int]:
        """Of each consumer: how many records of any kind it has not passed yet, at most 100,000."""

    async def entries(self, *, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """By seq; for looking, not for consuming."""

    async def trim(self, *, before: float, limit: int) -> int:
        """Remove some of the oldest records that happened before then and that every consumer has
        passed; how many.
        """

    def on_append(self, wake: Callable[[], None]) -> None:
        """Call this in the event loop when this process has committed records."""
