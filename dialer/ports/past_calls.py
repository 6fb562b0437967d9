"""Calls that were placed, as people look for them: by anything that is on one, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from dialer.ports.cdr import Cdr
from dialer.ports.desk import Callback, Mishap
from dialer.ports.reasons import Reasons
from dialer.ports.scope import Reach
from dialer.words import (
    AnsweredBy,
    CallMode,
    HangupBy,
    Outcome,
    Pardon,
    RecordingState,
)

#: Calls that are looked at in one go: nobody waits for a walk through a year of them, the engine's
#: own reads least of all.
LOOKED_AT = 20_000


class ScriptSpan(Struct, frozen=True):
    """When a script of a campaign stood: calls that were connected then were talked by it."""

    campaign: str
    since: float
    until: float | None  # None: it still stands


class CallFilter(Struct, frozen=True, kw_only=True):
    """Which calls; what is left as it is asks for all, `agents=()` for those of nobody at all."""

    since: float | None = None  # placed at or after
    until: float | None = None  # placed before
    campaigns: tuple[str, ...] = ()  # their names
    agents: tuple[str, ...] | None = None  # codes of reps
    number: str = ""  # whole, E.164
    digits: str = ""  # a part of the number
    ending: str = ""  # its last four digits
    text: str = ""  # a part of the callee's name, or of what was noted in the call
    outcomes: tuple[Outcome, ...] = ()
    dispositions: tuple[str, ...] = ()
    trunks: tuple[str, ...] = ()
    modes: tuple[CallMode, ...] = ()
    answered_by: tuple[AnsweredBy, ...] = ()
    hangup_by: tuple[HangupBy, ...] = ()
    talk_from: float | None = None  # seconds of conversation, at least
    talk_to: float | None = None  # and at most
    causes: tuple[int, ...] = ()  # Q.850
    sip_codes: tuple[int, ...] = ()
    scripts: tuple[ScriptSpan, ...] | None = None
    recorded: bool | None = None  # there is, or is not, a recording to hear


class FoundCall(Struct, frozen=True, kw_only=True):
    """A call with the names of those in it. `lead_name`: "" where the lead is out of reach."""

    call: Cdr
    pool: str
    mode: CallMode
    agent_name: str
    lead_name: str
    recording: str | None = None  # its id; of several that of the last
    recording_state: RecordingState | None = None
    recording_seconds: float | None = None


class CallsFound(Struct, frozen=True):
    """What one look found, newest first. `next`: goes on from there as `below`; None: that was all.

    `looked_to`: there may be more, but so far back has been looked, in unix seconds.
    """

    calls: Sequence[FoundCall]
    next: str | None = None
    looked_to: float | None = None


class NoteInCall(Struct, frozen=True):
    """Words about the lead, written in a call or after it by `who` (a rep's id, or an account)."""

    attempt_id: str
    at: float
    who: str
    text: str


class SaidResult(Struct, frozen=True):
    """A result that `who` (a rep's id, or an account) said of a call; `before`: the one it had."""

    at: float
    who: str
    disposition: str
    before: str | None
    why: str


class Behind(Struct, frozen=True, kw_only=True):
    """What stands behind a call and is no column of its record.

    `reasons` None: it was dialed before they were kept. `agreed`: the callback that was agreed on
    in it; `keeps`: the one that it was.
    """

    list_name: str
    for_agent: str | None
    pardon: Pardon | None
    reasons: Reasons | None
    results: Sequence[SaidResult]
    agreed: Callback | None
    keeps: Callback | None
    mishaps: Sequence[Mishap]


class PastCalls(Protocol):
    async def page(
        self, wanted: CallFilter, scope: Reach, *, below: str | None = None, limit: int = 100
    ) -> Sequence[FoundCall]:
        """Newest first; `below`: those after this attempt. None where that is not known."""

    async def look(
        self,
        wanted: CallFilter,
        scope: Reach,
        *,
        below: str | None = None,
        limit: int = 100,
        at_most: int = LOOKED_AT,
    ) -> CallsFound:
        """As `page`, among the newest `at_most` calls below that one; of calls to one number, or of
        reps with no more calls than that, among all.
        """

    async def one(self, attempt_id: str, scope: Reach) -> FoundCall | None: ...

    async def some(self, attempt_ids: Sequence[str], scope: Reach) -> Sequence[FoundCall]:
        """Of these calls those in scope, in whatever order."""

    async def behind(self, attempt_id: str, scope: Reach) -> Behind | None: ...

    async def notes(self, attempt_ids: Sequence[str], scope: Reach) -> Sequence[NoteInCall]:
        """What was noted in these calls, of leads in scope, in the order it was written."""
