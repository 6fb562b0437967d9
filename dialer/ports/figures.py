"""The day in sums, as the store has it: where screens go on counting after a restart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from dialer.ports.cdr import AnsweredBy, Outcome


class CallSum(Struct, frozen=True, kw_only=True):
    """Calls of one campaign that ended alike: same outcome, same answerer, same rep."""

    campaign_id: str
    outcome: Outcome
    answered_by: AnsweredBy | None
    agent: str | None  # a rep's id
    ended: int
    placed: int  # of those, how many were placed since the moment asked for as well
    talk_seconds: float


class WaitSum(Struct, frozen=True):
    """How long a rep waited in a pool for calls that came, in seconds."""

    pool: str
    agent: str
    seconds: float


class Figures(Protocol):
    async def calls(self, campaign_ids: Sequence[str], *, since: float) -> Sequence[CallSum]:
        """What ended since then."""

    async def waits(self, *, since: float) -> Sequence[WaitSum]:
        """Stretches of `ready` that ended since then, and with a talk."""
