"""One shift of a scenario: the engine itself, on an event loop whose clock jumps.

What is not the engine's own here are its ports: the switch and the people at both ends, the clock,
and a store that keeps nothing on disk. Gate, hopper, recycling, routing and pacing are those of
the service.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import cast

import structlog

from dialer.compliance.gate import ComplianceGate
from dialer.compliance.rules import CallingRules, calling_rules
from dialer.engine.engine import Engine
from dialer.engine.plans import CampaignPlan, EnginePlan, PoolPlan, TrunkPlan
from dialer.engine.runner import FloorRunner
from dialer.floor import AgentState, Floor
from dialer.floor.commands import AgentMoved, CloseAttempt, Command
from dialer.leads.hopper import Hopper
from dialer.leads.recycle import RecycleRules, recycle_rules
from dialer.memory.recorder import InMemoryRecorder
from dialer.ports.observer import NoObserver
from dialer.ports.store import Agent, Store
from dialer.settings.campaigns import CampaignSettings, campaign_rules, pool_rules, stored_settings
from dialer.sim.callees import Callees, lead_maker, with_dnc
from dialer.sim.desk import Desk
from dialer.sim.figures import ShiftFigures, Watch
from dialer.sim.memory import SimList, SimStore
from dialer.sim.scenario import Scenario
from dialer.sim.timeline import LoopTimeline
from dialer.sim.virtual_switch import VirtualSwitch
from dialer.sim.virtual_time import VirtualTimeLoop
from dialer.words import CampaignState
from pacing import Pacer

POOL, NODE = "pool", "virtual"
#: After the end, calls that are up are let go on for so long.
GRACE_S = 1800.0
LOOK_EVERY_S = 30.0
#: When the calls of the day before were made, as far as windows are concerned.
BEFORE_S = 20 * 3600.0


class Shift(NoObserver):
    """One run of `scenario` with one seed. The same seed gives the same shift.

    `saved`: what the pacer knows at its start. `state_dir`: where the engine keeps its floor's log,
    if it is to. `pacer`: one to use in place of the scenario's, for experiments.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        *,
        saved: bytes | None = None,
        state_dir: Path | None = None,
        pacer: Pacer | None = None,
    ) -> None:
        self.scenario, self.seed, self.pacer = scenario, seed, pacer
        self.saved, self.state_dir = saved, state_dir
        day = scenario.scenario
        self.starts_at = day.starts_at
        self.ends_at = self.starts_at + day.hours * 3600
        self.watch = Watch(self.starts_at, self.starts_at + day.warmup_minutes * 60, self.ends_at)
        self.impossible_events: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.events = 0
        self.on_progress: Callable[[float], None] = lambda share: None
        self.store = SimStore()
        self.callees = {
            name: Callees(
                scenario.callees_of(name), day.timezone, _chance("callees", name, self.seed)
            )
            for name in scenario.campaign
        }

    # --- running ----------------------------------------------------------------------------------

    def run(self) -> ShiftFigures:
        """From the first login until the last call is over."""
        began = time.perf_counter()
        with (
            quiet_logs(),
            rare_collections(),
            self._knowledge() as state_dir,
            asyncio.Runner(loop_factory=VirtualTimeLoop) as runner,
        ):
            runner.run(self._live(state_dir))
        return self._figures(time.perf_counter() - began)

    @contextmanager
    def _knowledge(self) -> Iterator[Path | None]:
        """Where the engine finds what its pacer knows."""
        if self.saved is None:
            yield self.state_dir
            return
        with tempfile.TemporaryDirectory(prefix="dialer-sim-") as folder:
            path = self.state_dir or Path(folder)
            (path / "pacing").mkdir(parents=True, exist_ok=True)
            (path / "pacing" / f"{POOL}.json").write_bytes(self.saved)
            yield path

    async def _live(self, state_dir: Path | None) -> None:
        self.timeline = LoopTimeline(asyncio.get_running_loop(), self.starts_at)
        await self._fill_store()
        engine = self._engine(state_dir)
        for agent in self.desk.plan():
            rep = Agent(id=agent, name=agent, endpoint=agent, pool=POOL)
            engine.agents[agent] = rep
            await self.store.agents.add(rep)
        await engine.start()
        self.runner: FloorRunner = engine.runners[POOL]
        if self.pacer is not None:
            self.runner.floor.pacer = self.pacer
        self.desk.open(self.runner.floor, self.runner.post)
        try:
            await self._work()
        finally:
            self.watch.close(self.timeline.now())
            await engine.close()

    async def _work(self) -> None:
        floor, now = self.runner.floor, self.timeline.now
        while (left := self.ends_at - now()) > 0:
            self.on_progress(1.0 - left / (self.ends_at - self.starts_at))
            await asyncio.sleep(min(LOOK_EVERY_S, left))
        while _is_busy(floor) and now() < self.ends_at + GRACE_S:  # noqa: ASYNC110  (takes no time)
            await asyncio.sleep(1.0)

    # --- putting it together ----------------------------------------------------------------------

    async def _fill_store(self) -> None:
        zone, store = self.scenario.scenario.timezone, self.store
        for number, (name, settings) in enumerate(self.scenario.campaign.items()):
            campaign = await store.campaigns.create(
                name, pool=POOL, settings=stored_settings(settings), now=self.starts_at, who="sim"
            )
            await store.campaigns.set_state(
                campaign.id, CampaignState.RUNNING, now=self.starts_at, who="sim"
            )
            callees = self.scenario.callees_of(name)
            make = lead_maker(campaign.id, number, callees, zone, _chance("leads", name, self.seed))
            if callees.dnc_rate:
                chance = _chance("dnc", name, self.seed)
                make = with_dnc(make, callees.dnc_rate, store.dnc.numbers, chance)
            if callees.answered_before:
                lost = min(callees.abandoned_before, callees.answered_before)
                before = self.starts_at - BEFORE_S, callees.answered_before, lost
                store.attempts.before[name] = before
            store.leads.lists[campaign.id] = SimList(campaign.id, callees.leads, make)
            store.names[campaign.id] = name

    def _engine(self, state_dir: Path | None) -> Engine:
        calling, recycle = _rules(self.scenario, self.store.names)
        store = cast(Store, self.store)
        gate = ComplianceGate(store, calling.__getitem__)
        self.desk = Desk(
            self.scenario,
            schedule=self.timeline,
            callees=self.callees,
            chance=_chance("reps", self.seed),
        )
        switch = VirtualSwitch(self.timeline, self.desk)
        self.desk.lose_phone = switch.lose_phone
        return Engine(
            plan=_plan(self.scenario),
            switch=switch,
            store=store,
            leads=Hopper(store, gate, recycle.__getitem__, claim_id="sim"),
            gate=gate,
            recorder=InMemoryRecorder(),
            clock=self.timeline,
            observer=self,
            state_dir=state_dir,
            node=NODE,
        )

    # --- Observer ---------------------------------------------------------------------------------

    def commands(self, pool: str, commands: Sequence[Command]) -> None:
        now = self.timeline.now()
        for command in commands:
            if isinstance(command, AgentMoved):
                self.watch.moved(command, now)
                self.desk.moved(command)
            elif isinstance(command, CloseAttempt):
                self.watch.closed(command, self.desk.forget(command.attempt))
                self._note_list(command.campaign, now)

    def _note_list(self, campaign: str, now: float) -> None:
        figures = self.watch.campaigns.get(campaign)
        if figures is None or figures.through_s is not None:
            return
        if self.store.list_of(campaign).is_through:
            figures.through_s = now - self.starts_at

    def blocked(self, campaign: str, rule: str) -> None:
        self.refusals[rule] += 1

    def impossible(self, pool: str, state: str, event: str) -> None:
        self.impossible_events[f"{event} while {state}"] += 1

    def turn(self, pool: str, events: int, seconds: float) -> None:
        self.events += events

    # --- what came of it --------------------------------------------------------------------------

    def _figures(self, took_s: float) -> ShiftFigures:
        figures = self.watch.figures(self.seed, self.scenario.reps_in_all)
        for name, campaign in figures.campaigns.items():
            of = self.store.list_of(name)
            if of.count is not None:
                campaign.untouched, campaign.left = of.count - of.made, of.left
        figures.impossible, figures.refused = dict(self.impossible_events), dict(self.refusals)
        figures.events, figures.took_s = self.events, took_s
        return figures


def _is_busy(floor: Floor) -> bool:
    """Whether calls are up, or somebody is still at his desk."""
    here = (agent for agent in floor.agents.values() if agent.state is not AgentState.OUT)
    return bool(floor.attempts) or any(here)


def _chance(*parts: object) -> Random:
    """A source of its own for each part of the world: what one draws does not move the others."""
    return Random("/".join(map(str, parts)))  # noqa: S311  (a simulation keeps no secrets)


def _plan(scenario: Scenario) -> EnginePlan:
    rules = pool_rules(scenario.pool, list(scenario.campaign.values()))
    trunks = tuple(TrunkPlan(t.name, t.max_lines, t.calls_per_second) for t in scenario.trunk)
    campaigns = tuple(_campaign_plan(name, it) for name, it in scenario.campaign.items())
    return EnginePlan((PoolPlan(POOL, rules),), campaigns, trunks or (TrunkPlan("line"),))


def _campaign_plan(name: str, settings: CampaignSettings) -> CampaignPlan:
    return CampaignPlan(
        name=name,
        pool=POOL,
        rules=campaign_rules(settings, running=True),
        trunks=settings.trunks,
        record=False,
        detect_machines=settings.amd,
        abandon_windows=settings.abandon_windows,
    )


def _rules(
    scenario: Scenario, names: dict[str, str]
) -> tuple[dict[str, CallingRules], dict[str, RecycleRules]]:
    """When a campaign may call and calls again, by the campaign's id."""
    stored = {id_: stored_settings(scenario.campaign[name]) for id_, name in names.items()}
    calling = {id_: calling_rules(settings) for id_, settings in stored.items()}
    recycle = {id_: recycle_rules(settings) for id_, settings in stored.items()}
    return calling, recycle


@contextmanager
def rare_collections() -> Iterator[None]:
    """A shift makes many small things and few cycles: looking for those is a tenth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def quiet_logs() -> Iterator[None]:
    """Only what went wrong is logged, and not on standard output: --json is alone there."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(40),  # error
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def run_shift(scenario: Scenario, seed: int, saved: bytes | None = None) -> ShiftFigures:
    """One shift, from its figures alone."""
    return Shift(scenario, seed, saved=saved).run()


__all__ = ["Shift", "ShiftFigures", "run_shift"]
