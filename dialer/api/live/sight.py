"""What of the engine is pushed, read one rep or one call at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from dialer.engine.control import EngineControl
from dialer.engine.engine import Engine
from dialer.engine.views import agent_view, call_view, campaign_views, ended_views
from dialer.ports.control import AgentView, CallView, CampaignView, EndedView

#: (campaign, legal window): abandoned people, people who answered.
Windows = Mapping[tuple[str, str], tuple[int, int]]


class Figures(msgspec.Struct, frozen=True):
    """What is not told change by change. `pacing` is the pacer's explain()."""

    switch_up: bool
    campaigns: list[CampaignView]
    pacing: Mapping[str, Any]


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


class EngineSight:
    """A `Sight` of the engine in this process."""

    def __init__(
        self, engine: Engine, control: EngineControl, windows: Callable[[], Windows] = dict
    ) -> None:
        self._engine, self._control, self.windows = engine, control, windows

    def pools(self) -> list[str]:
        return list(self._engine.runners)

    def pool_of(self, agent: str) -> str | None:
        known = self._engine.agents.get(agent)
        return known.pool if known is not None and known.pool in self._engine.runners else None

    def agents(self, pool: str) -> list[str]:
        runner = self._engine.runners.get(pool)
        return [] if runner is None else list(runner.floor.agents)

    def calls(self, pool: str) -> list[str]:
        runner = self._engine.runners.get(pool)
        return [] if runner is None else list(runner.floor.attempts)

    def agent(self, pool: str, agent: str) -> AgentView | None:
        runner = self._engine.runners.get(pool)
        found = None if runner is None else runner.floor.agents.get(agent)
        if runner is None or found is None:
            return None
        known = self._engine.agents.get(agent)
        name = agent if known is None else known.name
        return agent_view(runner.floor, found, name, self._engine.tallies[pool])

    def call(self, pool: str, attempt: str) -> CallView | None:
        runner = self._engine.runners.get(pool)
        found = None if runner is None else runner.floor.attempts.get(attempt)
        return None if found is None else call_view(found, self._engine.hopper.number)

    def ended(self, pool: str) -> list[EndedView]:
        tallies = self._engine.tallies.get(pool)
        return [] if tallies is None else ended_views(tallies)

    def figures(self, pool: str) -> Figures | None:
        runner = self._engine.runners.get(pool)
        if runner is None:
            return None
        views = campaign_views(
            runner.floor,
            self._engine.tallies[pool],
            states=self._control.states_of(pool),
            leads=self._control.lead_counts,
        )
        return Figures(runner.floor.switch_up, views, runner.floor.pacer.explain())
