"""The engine's floors as listening in sees them."""

from __future__ import annotations

from collections.abc import Sequence

from dialer.engine.engine import Engine
from dialer.engine.listen_orders import RepCall
from dialer.engine.listening import Listening
from dialer.floor import AgentState, Phase
from dialer.floor.commands import AgentMoved, AttemptMoved, Command
from dialer.floor.events import SupervisorLeft, TakenOver
from dialer.floor.state import Agent, Floor
from dialer.ports.observer import NoObserver
from dialer.words import Phone


class EngineFloors:
    """Implements `dialer.engine.listening.Floors`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def call_of(self, agent: str) -> RepCall | None:
        floor = self._floor_of(agent)
        rep = floor.agents.get(agent) if floor is not None else None
        return None if floor is None or rep is None else _call(floor, rep)

    def is_up(self, attempt: str) -> bool:
        floors = (runner.floor for runner in self._engine.runners.values())
        found = (floor.attempts.get(attempt) for floor in floors)
        return any(it is not None and it.phase is Phase.TALKING for it in found)

    def is_announced(self, campaign: str) -> bool:
        plan = self._engine.plan(campaign)
        return plan is not None and plan.announce_listening

    def left(self, agent: str) -> None:
        known = self._engine.agents.get(agent)
        runner = self._engine.runners.get(known.pool) if known is not None else None
        rep = runner.floor.agents.get(agent) if runner is not None else None
        if runner is not None and rep is not None and rep.state is AgentState.TALKING:
            runner.post(SupervisorLeft(agent))

    def take_over(self, agent: str, by: str) -> str:
        known = self._engine.agents.get(agent)
        runner = self._engine.runners.get(known.pool) if known is not None else None
        if runner is None:
            return "there is no such rep"
        error = runner.ask(TakenOver(agent, by))
        return "" if error is None else str(error)

    def _floor_of(self, agent: str) -> Floor | None:
        known = self._engine.agents.get(agent)
        runner = self._engine.runners.get(known.pool) if known is not None else None
        return None if runner is None else runner.floor


def _call(floor: Floor, rep: Agent) -> RepCall | None:
    attempt = floor.attempts.get(rep.attempt or "")
    if attempt is None or rep.leg is None or rep.phone is not Phone.BRIDGED:
        return None
    if rep.state is not AgentState.TALKING:
        return None
    together = attempt.phase is Phase.TALKING and not attempt.aside
    return RepCall(attempt.attempt, attempt.campaign, rep.leg, rep.phone_since, together)


class ListeningObserver(NoObserver):
    """Tells listening in that something on a floor has moved. `listening` comes later than the
    engine that is watched.
    """

    def __init__(self) -> None:
        self.listening: Listening | None = None

    def commands(self, pool: str, commands: Sequence[Command]) -> None:
        if self.listening is not None and any(
            isinstance(command, AgentMoved | AttemptMoved) for command in commands
        ):
            self.listening.floor_turned()
