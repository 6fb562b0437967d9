"""What the API and the command line may ask of the running engine. Refusals are `Refusal` values,
not exceptions.
"""

from __future__ import annotations

from typing import Any, Protocol

import msgspec


class Refusal(msgspec.Struct, frozen=True):
    """Why not, in one line for a person, with a stable slug for programs."""

    slug: str
    message: str


class AgentView(msgspec.Struct, frozen=True):
    agent: str
    name: str
    pool: str
    state: str
    reason: str
    since: float
    phone: str
    attempt: str | None
    campaign: str | None
    calls: int
    talk_seconds: float
    leaving: str = ""


class CallView(msgspec.Struct, frozen=True):
    attempt: str
    campaign: str
    lead: str
    number: str
    phase: str
    since: float
    placed_at: float
    agent: str | None


class CampaignView(msgspec.Struct, frozen=True):
    """Counts are since the engine's start of the campaign's day; rates 0..1, None without a
    denominator.
    """

    campaign: str
    pool: str
    state: str
    leads: dict[str, int]
    in_progress: dict[str, int]
    placed: int
    answered: int
    connected: int
    abandoned: int
    machines: int
    connect_rate: float | None
    abandon_rate: float | None
    talk_seconds: float
    mean_wait_seconds: float | None


class EndedView(msgspec.Struct, frozen=True):
    attempt: str
    campaign: str
    number: str
    outcome: str
    agent: str | None
    ended_at: float
    talk_seconds: float | None


class FloorView(msgspec.Struct, frozen=True):
    """One pool, now. `pacing` is the pacer's explain()."""

    pool: str
    at: float
    switch_up: bool
    agents: list[AgentView]
    calls: list[CallView]
    campaigns: list[CampaignView]
    last_ended: list[EndedView]
    pacing: dict[str, Any]


class Control(Protocol):
    """Every method that changes something returns None when done, or a Refusal."""

    def floors(self) -> list[str]: ...

    def floor(self, pool: str) -> FloorView | None: ...

    async def agent_login(self, agent: str) -> Refusal | None: ...

    async def agent_ready(self, agent: str) -> Refusal | None: ...

    async def agent_pause(self, agent: str, reason: str) -> Refusal | None: ...

    async def agent_logout(self, agent: str) -> Refusal | None: ...

    async def agent_hangup(self, agent: str) -> Refusal | None: ...

    async def agent_finish(
        self,
        agent: str,
        disposition: str | None,
        then_pause: bool = False,
        call_back_at: float | None = None,
    ) -> Refusal | None:
        """`call_back_at`: unix seconds, wins over the time in the disposition's rule."""
        ...

    async def agent_hint_finishing(self, agent: str) -> Refusal | None: ...

    async def campaign_start(self, campaign: str) -> Refusal | None: ...

    async def campaign_pause(self, campaign: str) -> Refusal | None: ...

    async def campaign_stop(self, campaign: str) -> Refusal | None: ...

    async def reload(self) -> Refusal | None:
        """Read settings and campaigns again; all of the change or nothing of it."""
        ...
