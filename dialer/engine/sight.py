"""The floors of this process as a `Sight`."""

from __future__ import annotations

from collections.abc import Callable

from dialer.engine.control import EngineControl
from dialer.engine.engine import Engine
from dialer.engine.scheduled import with_schedules
from dialer.engine.views import agent_view, call_view, campaign_views, ended_views
from dialer.engine.wall_times import agent_in_wall_time, call_in_wall_time
from dialer.engine.watched import watched_agent, watched_call
from dialer.ports.control import AgentView, CallView, EndedView
from dialer.ports.sight import Figures, Windows


class EngineSight:
    """`windows`: people abandoned and answered, as last counted."""

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
        view = agent_view(runner.floor, found, name, self._engine.tallies[pool])
        view = self._engine.moves.shown(watched_agent(view, self._control.listening))
        return agent_in_wall_time(view, self._engine.clock.offset())

    def call(self, pool: str, attempt: str) -> CallView | None:
        runner = self._engine.runners.get(pool)
        found = None if runner is None else runner.floor.attempts.get(attempt)
        if found is None:
            return None
        view = call_view(found, self._engine.hopper.number)
        view = watched_call(view, self._control.listening)
        return call_in_wall_time(view, self._engine.clock.offset())

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
        views = with_schedules(views, self._engine.scheduled)
        return Figures(runner.floor.switch_up, views, runner.floor.pacer.explain())
