"""What a rep's desk needs of the database: notes, callbacks, past calls, times at work.

Times are unix seconds. `agent` and `owner` are reps' ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from dialer.ports.rows import Lead, LeadNext, LeadNumber
from dialer.ports.scope import Reach
from dialer.words import (
    AnsweredBy,
    CallbackResult,
    CallMode,
    HangupBy,
    LeadState,
    NoteKind,
    Outcome,
)

#: The result of a call of which its rep had to say what came, and did not.
NO_DISPOSITION = "no-disposition"


class Note(Struct, frozen=True, kw_only=True):
    """Words about a lead; `attempt_id` names the call in which they were written, if one."""

    id: str
    lead_id: str
    attempt_id: str | None
    at: float
    who: str  # a rep's id, or the name of an account
    text: str
    kind: NoteKind = "note"


class Callback(Struct, frozen=True, kw_only=True):
    """A time agreed with a callee. `owner` None: whoever is free. `result` None: still to come."""

    id: str
    campaign_id: str
    lead_id: str
    attempt_id: str | None  # the call in which it was agreed
    made_by: str
    owner: str | None
    due_at: float
    created_at: float
    #: Not offered before this time: later than `due_at` when the gate refused.
    try_at: float
    #: The rule that refused last, "" when none did.
    why: str = ""
    result: CallbackResult | None = None
    outcome: str | None = None
    dialed_as: str | None = None  # the attempt that kept it
    done_at: float | None = None


class CallbackRow(Struct, frozen=True):
    """A callback with whom it is about, for lists."""

    callback: Callback
    campaign: str  # name
    lead_name: str
    timezone: str | None
    number: str  # the first of the lead's that is alive


class PastCall(Struct, frozen=True, kw_only=True):
    """One attempt as a history shows it. `outcome` None: it is not over."""

    attempt_id: str
    campaign: str  # name
    lead_id: str
    lead_name: str
    number: str
    mode: CallMode
    placed_at: float
    answered_at: float | None
    connected_at: float | None
    ended_at: float | None
    outcome: Outcome | None
    answered_by: AnsweredBy | None
    disposition: str | None
    agent: str | None
    agent_name: str | None
    for_agent: str | None
    talk_seconds: float | None
    wrapup_seconds: float | None
    hangup_by: HangupBy | None


class LeadCard(Struct, frozen=True, kw_only=True):
    """Everything about a lead, read at one moment; the newest call and note first."""

    lead: Lead
    campaign: str  # name
    owner_name: str | None
    history: Sequence[PastCall]
    notes: Sequence[Note]
    callback: Callback | None
    #: Of the attempt asked for: what was dialed and what it showed. None: it is not placed yet.
    number: str | None = None
    caller_id: str | None = None
    #: Attempts on the lead, the one asked for included.
    attempt_number: int | None = None


class LeadPage(Struct, frozen=True, kw_only=True):
    """Which leads. `campaign_id` None: of every campaign in scope."""

    campaign_id: str | None
    list_name: str | None = None
    anything: str = ""  # a part of the name or of a field
    states: Sequence[LeadState] = ()  # none: all
    search: str = ""  # a part of the name, whatever its case
    digits: str = ""  # a part of a number
    number: str = ""  # a whole number, E.164
    limit: int = 50
    below: str | None = None  # ids below this one: the page after it


class LeadEdit(Struct, frozen=True, kw_only=True):
    """A change of a lead; None leaves a field as it is. `custom`: these fields, "" removes one.

    `numbers`: all of them, in their order; what is known of one that stays is kept. `seen`: what
    the editor saw of it; where that is no longer so, nothing is changed.
    """

    name: str | None = None
    language: str | None = None
    timezone: str | None = None
    custom: Mapping[str, str] = field(default_factory=dict)
    priority: int | None = None
    numbers: Sequence[LeadNumber] | None = None
    seen: Seen | None = None


class ChangedSinceError(Exception):
    """Somebody else has changed the record since it was read."""


class Seen(Struct, frozen=True, kw_only=True):
    """What somebody saw before they changed it; None: they did not change it."""

    name: str | None = None
    language: str | None = None
    timezone: str | None = None
    priority: int | None = None
    custom: Mapping[str, str] = field(default_factory=dict)  # "" for a field that was not there
    numbers: Sequence[tuple[str, str, str, bool]] | None = None  # number, kind, extension, dead


def is_as_seen(lead: Lead, seen: Seen | None) -> bool:
    """Whether nobody else has changed what is about to be changed."""
    if seen is None:
        return True
    now = {"name": lead.name, "language": lead.language, "timezone": lead.timezone}
    told = {**now, "priority": lead.priority}
    own = all(getattr(seen, key) in {None, it or "", it} for key, it in told.items())
    fields = all(lead.custom.get(key, "") == it for key, it in seen.custom.items())
    numbers = [(n.number, n.kind, n.extension, n.dead) for n in lead.numbers]
    return own and fields and (seen.numbers is None or list(seen.numbers) == numbers)


def with_known(numbers: Sequence[LeadNumber], lead: Lead) -> tuple[LeadNumber, ...]:
    """These numbers, each with the tries that are known of it."""
    known = {n.number: n for n in lead.numbers}
    return tuple(
        replace(
            n,
            attempts=known[n.number].attempts if n.number in known else 0,
            declined=known[n.number].declined if n.number in known else False,
        )
        for n in numbers
    )


class WorkTime(Struct, frozen=True, kw_only=True):
    """A stretch of a rep's day in one state; `state` is what screens show, never "out"."""

    agent_id: str
    pool: str
    state: str
    reason: str
    began_at: float
    ended_at: float


class DayCalls(Struct, frozen=True):
    """A rep's conversations that are over, of calls placed since a moment. `dispositions`: how
    often each was said.
    """

    calls: int
    talk_seconds: float
    wrapup_seconds: float
    dispositions: Mapping[tuple[str, str], int]  # by campaign's name and code


class Mishap(Struct, frozen=True, kw_only=True):
    """Why a call that was a rep's was missed or lost: a slug and its figures."""

    id: str
    at: float
    agent_id: str
    attempt_id: str
    slug: str
    figures: Mapping[str, Any] = field(default_factory=dict)


class Notes(Protocol):
    async def add(self, note: Note) -> None:
        """One whose id is there already is the same note, sent again: its last words stand.

        A note on a call whose person was erased meanwhile is not kept.
        """

    async def of_lead(self, lead_id: str, *, limit: int = 100) -> Sequence[Note]:
        """The newest first."""


class Callbacks(Protocol):
    async def plan(self, callback: Callback, lead: LeadNext | None = None) -> None:
        """Agree on a time; a lead has one at most, so an earlier one that is to come is dropped.

        `lead`: what becomes of the lead at the same stroke, unless it is in a call. Nothing is
        agreed with a person who was erased meanwhile.
        """

    async def get(self, callback_id: str) -> Callback | None: ...

    async def of_agent(self, agent_id: str, *, limit: int = 200) -> Sequence[CallbackRow]:
        """Those to come that are the rep's or that the rep made for anyone, the earliest first."""

    async def of_lead(self, lead_id: str) -> Callback | None:
        """The one to come."""

    async def between(
        self, scope: Reach, *, since: float, until: float, agent: str | None, limit: int
    ) -> Sequence[CallbackRow]:
        """Those to come that are due in this span, of one rep (as `of_agent`) or of all in scope,
        the earliest first.
        """

    async def due(
        self, now: float, *, campaign_ids: Sequence[str], limit: int
    ) -> Sequence[Callback]:
        """Those to come of these campaigns whose time to try has come, the earliest first."""

    async def postpone(self, callback_id: str, try_at: float, why: str) -> bool:
        """Not before `try_at`, for this rule."""

    async def settle(
        self,
        callback_id: str,
        result: CallbackResult,
        *,
        now: float,
        outcome: str | None = None,
        dialed_as: str | None = None,
    ) -> Callback | None:
        """It is over; None when it was before. Returns it as it is now."""


class Desk(Protocol):
    """What screens of one rep read, each in one transaction."""

    async def card(
        self, lead_id: str, attempt_id: str | None = None, *, scope: Reach, limit: int = 30
    ) -> LeadCard | None:
        """A lead in scope with the last `limit` calls before this attempt, and notes."""

    async def calls_of(self, agent_id: str, *, limit: int) -> Sequence[PastCall]:
        """A rep's last calls: those talked in, and those placed for the rep. The newest first."""

    async def calls(self, attempt_ids: Sequence[str]) -> Sequence[PastCall]:
        """These calls, those that are known."""

    async def last_ended(self, campaign_ids: Sequence[str], *, limit: int) -> Sequence[PastCall]:
        """The calls of these campaigns that ended last, the newest first."""

    async def unsaid(
        self,
        *,
        campaign_ids: Sequence[str],
        since: float,
        limit: int,
        agent_id: str | None = None,
    ) -> Sequence[PastCall]:
        """Conversations of these campaigns that ended since then and have no result, or
        NO_DISPOSITION; the newest first. `agent_id`: this rep's only.
        """

    async def day_calls(self, agent_id: str, *, since: float) -> DayCalls: ...

    async def add_times(self, times: Sequence[WorkTime]) -> None: ...

    async def times(self, agent_id: str, *, since: float) -> Sequence[WorkTime]:
        """Stretches that ended after `since`, the oldest first."""

    async def last_times(self) -> Mapping[str, float]:
        """When each rep's last known stretch ended."""

    async def add_mishap(self, mishap: Mishap) -> None: ...

    async def mishaps(self, agent_id: str, *, limit: int) -> Sequence[Mishap]:
        """The newest first."""
