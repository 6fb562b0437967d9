"""The day in sums, as the store has it: where screens go on counting after a restart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from dialer.words import AnsweredBy, Outcome

#: More in one list than anybody reads; those that are put on the do-not-call list make room.
UNWANTED_LIMIT = 500


class CallSum(Struct, frozen=True, kw_only=True):
    """Calls of one campaign that ended alike: same outcome, same answerer, same rep."""

    campaign_id: str
    outcome: Outcome
    answered_by: AnsweredBy | None
    agent: str | None  # a rep's id
    ended: int
    contacts: int  # of those, how many reached a rep
    talk_ms: int  # of contacts


class WaitSum(Struct, frozen=True):
    """How long a rep waited in a pool for calls, in milliseconds."""

    pool: str
    agent: str
    ms: int


class CallerFigures(Struct, frozen=True, kw_only=True):
    """How the calls that showed one of our numbers fared."""

    caller_id: str
    calls: int
    answered: int
    #: Kept from the callee by a network's analytics (SIP 608, or 603 Network Blocked).
    blocked: int
    #: By the callee: 603; 607, who wants no such call.
    declined: int
    unwanted: int
    last_blocked_at: float | None


class Unwanted(Struct, frozen=True, kw_only=True):
    """A callee who answered 607: no such call is wanted."""

    attempt_id: str
    campaign: str
    number: str
    caller_id: str
    at: float


class Figures(Protocol):
    async def callers(self, *, since: float) -> Sequence[CallerFigures]:
        """Of calls that ended since then; the most blocked first."""

    async def unwanted(self, campaign_id: str, *, since: float) -> Sequence[Unwanted]:
        """Of one campaign, the latest first, at most `UNWANTED_LIMIT`."""

    async def calls(self, campaign_ids: Sequence[str], *, since: float) -> Sequence[CallSum]:
        """What was placed since then and has ended."""

    async def waits(self, *, since: float) -> Sequence[WaitSum]:
        """Stretches of `ready` that ended since then, as far as they lie behind it."""
