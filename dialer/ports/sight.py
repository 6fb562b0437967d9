"""What of the engine screens see, one rep or one call at a time: what changed is read, no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from dialer.ports.control import AgentView, CallView, CampaignView, DayFigures, EndedView

#: (campaign, legal window): abandoned people, people who answered.
Windows = Mapping[tuple[str, str], tuple[int, int]]


class Figures(msgspec.Struct, frozen=True):
    """What is not told change by change. `pacing` is the pacer's explain()."""

    switch_up: bool
    campaigns: list[CampaignView]
    pacing: Mapping[str, Any]
    day: DayFigures = DayFigures()


class Sight(Protocol):
    """None, or nothing: there is no such pool, rep or call."""

    def pools(self) -> list[str]: ...

    def pool_of(self, agent: str) -> str | None:
        """On which floor a rep is or was last."""
        ...

    def agents(self, pool: str) -> list[str]: ...

    def calls(self, pool: str) -> list[str]: ...

    def agent(self, pool: str, agent: str) -> AgentView | None: ...

    def call(self, pool: str, attempt: str) -> CallView | None: ...

    def ended(self, pool: str) -> list[EndedView]:
        """The last ones, the newest first."""
        ...

    def figures(self, pool: str) -> Figures | None: ...

    def windows(self) -> Windows: ...
