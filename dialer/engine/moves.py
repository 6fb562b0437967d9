"""Reps on their way to another pool, and who ordered what a rep did not do himself.

A rep is on one floor at a time: to move is to log out of the old one, after the call if there is
one, and to log in to the new. The store has the new pool at once, so a restart goes on with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from msgspec import Struct
from msgspec.structs import replace

from dialer.engine.restore import logged_in
from dialer.engine.runner import FloorRunner
from dialer.floor import AgentState, Phone
from dialer.floor import events as ev
from dialer.floor.commands import AgentMoved, Command
from dialer.ports.control import AgentView, Refusal
from dialer.ports.observer import NoObserver
from dialer.ports.steering import Assignment
from dialer.ports.store import Agent, AgentSession, Store, StoreError
from dialer.words import AgentOrder

log = structlog.get_logger(__name__)

_AT_WORK = {AgentState.READY, AgentState.RESERVED, AgentState.TALKING, AgentState.WRAPUP,
            AgentState.PREVIEW, AgentState.DIALING}  # fmt: skip


class Floors(Protocol):
    """What moves need of the engine."""

    store: Store
    agents: dict[str, Agent]
    runners: dict[str, FloorRunner]


class Pending(Struct):
    """A move that waits for the rep to be free. `back`: log in at the other pool afterwards."""

    agent: Agent
    ready: bool
    back: bool = True
    asked: bool = True


class Ordered(Struct, frozen=True):
    """Somebody else's order, as long as it shows: until the rep is not so any more."""

    by: str
    order: AgentOrder
    since: float


class Moves(NoObserver):
    """Watches floors; changes none of them inside a turn of theirs."""

    def __init__(self, floors: Floors) -> None:
        self._floors = floors
        self._pending: dict[str, Pending] = {}
        self._ordered: dict[str, Ordered] = {}
        self._campaigns: dict[str, tuple[str, ...] | None] = {}
        self.on_change: Callable[[str], None] = lambda agent: None

    # --- who works for what -----------------------------------------------------------------------

    async def load(self) -> None:
        """What the store remembers. Raises StoreError."""
        found = await self._floors.store.assignments.all()
        self._campaigns = {it.agent: it.campaigns for it in found.values()}

    def campaigns_of(self, agent: str) -> list[str] | None:
        """None: all of the pool."""
        chosen = self._campaigns.get(agent)
        return None if chosen is None else list(chosen)

    def moving_to(self, agent: str) -> str:
        """The pool a rep is on the way to; "": none."""
        pending = self._pending.get(agent)
        return pending.agent.pool if pending is not None else ""

    # --- moving -----------------------------------------------------------------------------------

    async def move(
        self, agent: Agent, pool: str, campaigns: tuple[str, ...] | None
    ) -> Refusal | None:
        """To another pool or other campaigns (None: all); after the call, if there is one.

        `agent` as the store has it.
        """
        if pool not in self._floors.runners:
            return Refusal("no-such-pool", f"there is no pool {pool!r}")
        moved = replace(agent, pool=pool)
        try:
            await self._floors.store.assignments.put(Assignment(agent.id, campaigns))
            if moved != agent:
                await self._floors.store.agents.update(moved)
        except StoreError as error:
            return Refusal("store-failed", f"{agent.name} was not moved: {error}")
        self._campaigns[agent.id] = campaigns
        here = self._floors.agents.get(agent.id)
        state = self._state(agent.id)
        if here is None or state is AgentState.OUT:
            self._floors.agents.pop(agent.id, None)
        elif here.pool == pool:
            self._pending.pop(agent.id, None)
            self._tell(replace(moved, pool=here.pool))
        else:
            self._leave(moved, state in _AT_WORK)
        self.on_change(agent.id)
        return None

    def _tell(self, agent: Agent) -> None:
        """On the floor already: other campaigns, from the next call on."""
        self._floors.agents[agent.id] = agent
        runner = self._floors.runners[agent.pool]
        runner.ask(logged_in(agent, self.campaigns_of(agent.id)))

    def _leave(self, moved: Agent, ready: bool) -> None:
        before = self._pending.get(moved.id)
        self._pending[moved.id] = Pending(moved, before.ready if before is not None else ready)
        if before is None or not before.asked:
            self._ask_out(moved.id)

    def _ask_out(self, agent: str) -> None:
        here = self._floors.agents[agent]
        self._pending[agent].asked = True
        self._floors.runners[here.pool].ask(ev.LogoutAsked(agent))

    def resume(self, session: AgentSession, agent: Agent) -> Agent:
        """After a restart: a rep whom the store has in another pool than where he was working.

        The rep as he is now. He leaves when his phone and his call are known again.
        """
        here = replace(agent, pool=session.pool)
        if agent.pool != session.pool and agent.pool in self._floors.runners:
            self._pending[agent.id] = Pending(agent, session.state == "ready", asked=False)
        return here

    def stays_out(self, agent: str) -> None:
        """The rep himself, or somebody for him, logs out: he is not logged in again."""
        if (pending := self._pending.get(agent)) is not None:
            pending.back = False

    def commands(self, pool: str, commands: Sequence[Command]) -> None:
        if not self._pending:
            return
        for command in commands:
            if isinstance(command, AgentMoved) and command.agent in self._pending:
                asyncio.get_running_loop().call_soon(self._go_on, command)

    def _go_on(self, moved: AgentMoved) -> None:
        pending = self._pending.get(moved.agent)
        if pending is None:
            return
        state = self._state(moved.agent)
        if state is AgentState.OUT:
            del self._pending[moved.agent]
            self._arrive(pending)
        elif not pending.asked and (state in _AT_WORK or moved.phone == Phone.PARKED.value):
            self._ask_out(moved.agent)
        elif pending.asked and state is AgentState.PAUSED:
            # A pause asked for meanwhile took the place of the wish to leave: it is kept there.
            pending.ready = False
            self._ask_out(moved.agent)

    def _arrive(self, pending: Pending) -> None:
        agent = pending.agent
        self._floors.agents[agent.id] = agent
        if pending.back:
            runner = self._floors.runners[agent.pool]
            campaigns = self.campaigns_of(agent.id)
            runner.ask(logged_in(agent, campaigns))
            if pending.ready:
                runner.ask(ev.ReadyAsked(agent.id))
            log.info("a rep has moved", agent=agent.id, pool=agent.pool)
        self.on_change(agent.id)

    def _state(self, agent: str) -> AgentState:
        here = self._floors.agents.get(agent)
        runner = self._floors.runners.get(here.pool) if here is not None else None
        found = runner.floor.agents.get(agent) if runner is not None else None
        return AgentState.OUT if found is None else found.state

    # --- who ordered it ---------------------------------------------------------------------------

    def ordered(self, agent: str, order: AgentOrder, by: str) -> None:
        """Somebody made the rep do this; by "": the rep himself."""
        if not by:
            if self._ordered.pop(agent, None) is not None:
                self.on_change(agent)
            return
        here = self._floors.agents.get(agent)
        runner = self._floors.runners.get(here.pool) if here is not None else None
        found = runner.floor.agents.get(agent) if runner is not None else None
        self._ordered[agent] = Ordered(by, order, found.since if found is not None else 0.0)
        self.on_change(agent)

    def shown(self, view: AgentView) -> AgentView:
        """A rep as screens see it, with who ordered what it does and where it is going."""
        ordered, going = self._ordered.get(view.agent), self.moving_to(view.agent)
        by = ordered.by if ordered is not None and _holds(ordered, view) else ""
        if not by and not going:
            return view
        return replace(view, by=by, moving_to=going)


def _holds(ordered: Ordered, view: AgentView) -> bool:
    if ordered.order == "ready":
        return view.state == "ready" and view.since == ordered.since
    if ordered.order == "pause":
        return view.leaving == "pause" or view.state == "paused"
    return view.leaving == "out" or view.state == "out"
