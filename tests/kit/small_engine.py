"""The real engine over a store in memory and a switch that does as told: for tests in virtual time.

async with SmallEngine(leads=5, reps=2) as small:
    await small.work()
    call = small.switch.placed[0]
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from dialer.compliance import CallingRules, ComplianceGate
from dialer.engine.control import EngineControl
from dialer.engine.engine import Engine
from dialer.engine.in_use import NumbersInUse
from dialer.engine.plans import CampaignPlan, EnginePlan, PoolPlan, TrunkPlan
from dialer.floor import AgentState, CampaignRules, Floor, PoolRules
from dialer.leads.hopper import Hopper
from dialer.leads.recycle import RecycleRules
from dialer.memory.recorder import InMemoryRecorder
from dialer.memory.store import InMemoryStore
from dialer.ports.cdr import Cdr
from dialer.ports.control import AgentView
from dialer.ports.observer import NoObserver
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import Agent, LeadNumber, NewLead
from dialer.sim.virtual_time import LoopClock
from dialer.tasks import spawn, stop
from dialer.words import LeadState
from tests.kit.gate import InMemoryGate
from tests.kit.switch import FakeSwitch

PLAN = EnginePlan(
    pools=(PoolPlan("main", PoolRules(method="progressive")),),
    campaigns=(CampaignPlan("gold", "main", CampaignRules(wrapup_limit=5.0)),),
    trunks=(TrunkPlan("carrier", caller_ids=("+12125550199",)),),
)


def planned(**rules: Any) -> EnginePlan:
    """As PLAN, with these rules for its campaign; a rep's own callback waits five minutes."""
    (gold,) = PLAN.campaigns
    changed = replace(
        gold,
        rules=CampaignRules(**({"wrapup_limit": 5.0} | rules)),
        callback_grace_s=300.0,
        skip_minutes=30.0,
    )
    return replace(PLAN, campaigns=(changed,))


class Watcher(NoObserver):
    """Counts what tests ask about."""

    def __init__(self) -> None:
        self.blocks: Counter[str] = Counter()
        self.surprises: Counter[tuple[str, str]] = Counter()
        self.failures: Counter[str] = Counter()
        self.writes: Counter[str] = Counter()

    def blocked(self, campaign: str, rule: str) -> None:
        self.blocks[rule] += 1

    def impossible(self, pool: str, state: str, event: str) -> None:
        self.surprises[state, event] += 1

    def store_failed(self, what: str) -> None:
        self.failures[what] += 1

    def store_took(self, what: str, seconds: float) -> None:
        self.writes[what] += 1


class SmallEngine:
    """Give the `store` of an earlier one to start again where that one ended.

    Without `calling` the gate is `gate`, which refuses what a test says.
    """

    def __init__(
        self,
        *,
        leads: int = 0,
        reps: int = 0,
        plan: EnginePlan = PLAN,
        store: InMemoryStore | None = None,
        switch: FakeSwitch | None = None,
        state_dir: Path | None = None,
        calling: CallingRules | None = None,
    ) -> None:
        self.clock = LoopClock()
        self.is_new = store is None
        self.store = store or InMemoryStore()
        self.switch = switch or FakeSwitch(self.clock)
        self.gate = InMemoryGate()
        in_use = NumbersInUse()
        gate = (
            self.gate
            if calling is None
            else ComplianceGate(self.store, lambda _campaign: calling, in_use)
        )
        self.recorder = InMemoryRecorder()
        self.watcher = Watcher()
        self.reps = [f"rep{i + 1}" for i in range(reps)]
        self._leads = leads
        self.engine = Engine(
            plan=plan,
            switch=self.switch,
            store=self.store,
            leads=Hopper(self.store, gate, lambda _campaign: RecycleRules()),
            gate=gate,
            in_use=in_use,
            recorder=self.recorder,
            clock=self.clock,
            observer=self.watcher,
            state_dir=state_dir,
        )

        self._watching: asyncio.Task[None] | None = None
        self.control = EngineControl(self.engine)

    async def __aenter__(self) -> SmallEngine:
        if self.is_new:
            await self._fill()
        await self.engine.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await stop(self._watching)
        if not self.switch.is_closed:
            await self.engine.close()

    async def crash(self) -> None:
        """As SIGKILL does: nothing is written any more, no order goes out."""
        engine = self.engine
        self.switch._listener = None
        await stop(
            *engine._tasks, engine.placer._task, engine.records._task, engine.reconciler._soon
        )
        for runner in engine.runners.values():
            runner.stop()
        self.switch.is_closed = True

    async def _fill(self) -> None:
        for plan in self.engine.plans.campaigns:
            campaign = await self.store.campaigns.create(
                plan.name, pool=plan.pool, settings={}, now=self.clock.now(), who="test"
            )
            numbers = [f"+1212555{i:04}" for i in range(self._leads)]
            new = [NewLead(numbers=[LeadNumber(number)]) for number in numbers]
            await self.store.leads.add(campaign.id, new, now=self.clock.now())
        for rep in self.reps:
            await self.store.agents.add(Agent(id=rep, name=rep, endpoint=f"sip-{rep}", pool="main"))

    def watch_clocks(self) -> None:
        """As the service does, which has more than the loop's own clock to watch."""
        self._watching = spawn(self.engine.timekeeper.run(), name="watch clocks")

    # --- the story --------------------------------------------------------------------------------

    async def work(self, *, start: bool = True) -> None:
        """Reps log in and are ready; the campaigns run; the first calls are placed."""
        for rep in self.reps:
            assert await self.control.agent_login(rep) is None
            assert await self.control.agent_ready(rep) is None
        if start:
            for plan in self.engine.plans.campaigns:
                assert await self.control.campaign_start(plan.name) is None
        await self.pass_s(1.0)

    async def pass_s(self, seconds: float) -> None:
        """Virtual seconds, with everything that is due in them."""
        await asyncio.sleep(seconds)

    async def until(self, condition: Callable[[], object], within_s: float = 60.0) -> None:
        """Return when `condition()` holds; AssertionError after so many virtual seconds."""
        end = self.clock.steady() + within_s
        while not condition():
            assert self.clock.steady() < end, f"not within {within_s:g} s"
            await asyncio.sleep(0.01)

    async def talk(self) -> tuple[str, str]:
        """The oldest call that was placed is answered and bridged: (attempt, leg)."""
        attempt = next(c.attempt for c in self.switch.placed if self.state_of(c.attempt) == "down")
        self.switch.answer(attempt)
        await self.until(lambda: attempt in dict(self.switch.routed))
        leg = dict(self.switch.routed)[attempt]
        assert leg.startswith("leg-"), leg
        self.switch.bridge(attempt, leg)
        await self.pass_s(1.0)
        return attempt, leg

    def state_of(self, channel: str) -> str:
        found = self.switch.channels.get(channel)
        return "" if found is None else found.state

    # --- what came of it --------------------------------------------------------------------------

    def campaign_id(self, name: str = "gold") -> str:
        return self.engine.campaigns[name].id

    async def lead_ids(self) -> list[str]:
        """The first leads of `gold`, in their order."""
        numbers = [f"+1212555{i:04}" for i in range(9)]
        found = [await self.store.leads.find(self.campaign_id(), number) for number in numbers]
        return [lead.id for lead in found if lead is not None]

    def view_of(self, rep: str) -> AgentView:
        """What screens see of a rep."""
        floor = self.control.floor("main")
        assert floor is not None
        return next(agent for agent in floor.agents if agent.agent == rep)

    @property
    def floor(self) -> Floor:
        return self.engine.runners["main"].floor

    def agent_state(self, rep: str) -> AgentState:
        return self.floor.agents[rep].state

    async def cdrs(self) -> Sequence[Cdr]:
        return [cdr async for cdr in self.store.attempts.export(EVERYTHING)]

    async def lead_states(self, campaign: str = "gold") -> dict[str, int]:
        counts = await self.store.leads.counts(self.engine.campaigns[campaign].id)
        return {state.value: n for state, n in counts.items() if n}

    async def dialable(self, campaign: str = "gold") -> int:
        counts = await self.lead_states(campaign)
        return counts.get(LeadState.NEW.value, 0) + counts.get(LeadState.RETRY.value, 0)
