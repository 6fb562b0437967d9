"""The floors of this process as a `Sight`."""

from __future__ import annotations

from collections.abc import Callable

from dialer.engine.control import EngineControl
from dialer.engine.engine import Engine
from dialer.engine.seen import call_seen, campaigns_seen, day_seen, ended_seen, rep_seen
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
        return rep_seen(self._engine, self._control.listening, pool, agent)

    def call(self, pool: str, attempt: str) -> CallView | None:
        return call_seen(self._engine, self._control.listening, pool, attempt)

    def ended(self, pool: str) -> list[EndedView]:
        return ended_seen(self._engine, pool)

    def figures(self, pool: str) -> Figures | None:
        runner = self._engine.runners.get(pool)
        if runner is None:
            return None
        states = self._control.states_of(pool)
        views = campaigns_seen(self._engine, pool, states, self._control.lead_counts)
        pacing, day = runner.floor.pacer.explain(), day_seen(self._engine, pool)
        return Figures(runner.floor.switch_up, views, pacing, day)
