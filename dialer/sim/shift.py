"""One shift of a scenario: the real floor and the engine's real parts on a virtual clock.

What is not the engine's own here: the clock and the loop that drives it (`run`), the switch and
the people at both ends, and a store that keeps nothing on disk. Orders are carried out by
dialer.engine.outlet, calls are placed by dialer.engine.placer after dialer.compliance.gate has
let them pass, leads come by way of dialer.leads.hopper and go on by dialer.leads.recycle.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, cast

from dialer.compliance.gate import ComplianceGate
from dialer.compliance.rules import CallingRules, calling_rules
from dialer.engine.engine import HOUSEKEEP_EVERY_S
from dialer.engine.floorlog import FloorLog, NoLog
from dialer.engine.outlet import Outlet
from dialer.engine.plans import CampaignPlan, TrunkPlan
from dialer.engine.runner import FloorRunner
from dialer.engine.tallies import Tallies
from dialer.engine.trunks import TrunkBook
from dialer.engine.windows import day_windows
from dialer.floor import ImpossibleEvent, open_floor, step
from dialer.floor import events as ev
from dialer.floor.commands import AgentMoved, CloseAttempt, Command
from dialer.leads.hopper import Hopper
from dialer.leads.recycle import RecycleRules, recycle_rules
from dialer.ports.observer import NoObserver
from dialer.ports.store import Store
from dialer.settings.campaigns import CampaignSettings, campaign_rules, pool_rules, stored_settings
from dialer.sim.callees import Callees, lead_maker
from dialer.sim.desk import Desk
from dialer.sim.figures import ShiftFigures, Watch
from dialer.sim.instant import InstantHopper, InstantPlacer, InstantRecords, at_once
from dialer.sim.memory import SimList, SimStore
from dialer.sim.scenario import Scenario
from dialer.sim.timeline import Timeline
from dialer.sim.virtual_switch import VirtualSwitch

POOL, NODE = "pool", "virtual"
#: After the end, calls that are up are let go on for so long.
GRACE_S = 1800.0
#: However long a pacer says that nothing will change, the floor is looked at this often.
LOOK_AT_LEAST_S = 5.0


class _Recorder:
    """Nothing is recorded; a recording that would be is named by its attempt."""

    async def start(self, live: object = ()) -> None: ...

    def path_for(self, attempt: str, campaign: str, placed_at: float) -> str:
        return ""

    def finished(self, attempt: str, answered_at: float, ended_at: float) -> str:
        return attempt

    async def close(self) -> None: ...


class _Refusals(NoObserver):
    def __init__(self) -> None:
        self.rules: Counter[str] = Counter()

    def blocked(self, campaign: str, rule: str) -> None:
        self.rules[rule] += 1


class Shift:
    """One run of `scenario` with one seed. The same seed gives the same shift."""

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        *,
        saved: bytes | None = None,
        floor_log: FloorLog | NoLog | None = None,
    ) -> None:
        self.scenario, self.seed = scenario, seed
        day = scenario.scenario
        self.starts_at = day.starts_at
        self.ends_at = self.starts_at + day.hours * 3600
        warm_at = self.starts_at + day.warmup_minutes * 60
        self.timeline = Timeline(self.starts_at)
        rules = pool_rules(scenario.pool, list(scenario.campaign.values()))
        self.floor = open_floor(POOL, "sim", rules, self.starts_at, saved)
        self.watch = Watch(self.starts_at, warm_at, self.ends_at)
        self.impossible: Counter[str] = Counter()
        self.observer = _Refusals()
        self.events = 0
        self.on_progress: Callable[[float], None] = lambda share: None
        self._log = floor_log or NoLog()
        self._inbox: deque[ev.Event] = deque()
        self._plans = [_plan(name, it) for name, it in scenario.campaign.items()]
        self._open_store()
        self._open_world()
        self._open_engine()

    # --- putting it together ----------------------------------------------------------------------

    def _open_store(self) -> None:
        scenario, zone = self.scenario, self.scenario.scenario.timezone
        self.store = SimStore()
        self._store = cast(Store, self.store)
        for number, name in enumerate(scenario.campaign):
            settings = scenario.callees_of(name)
            chance = _chance("leads", name, self.seed)
            make = lead_maker(name, number, settings, zone, chance)
            self.store.leads.lists[name] = SimList(name, settings.leads, make)

    def _open_world(self) -> None:
        scenario, zone = self.scenario, self.scenario.scenario.timezone
        callees = {
            name: Callees(scenario.callees_of(name), zone, _chance("callees", name, self.seed))
            for name in scenario.campaign
        }
        chance = _chance("reps", self.seed)
        self.desk = Desk(
            scenario,
            floor=self.floor,
            schedule=self.timeline,
            callees=callees,
            chance=chance,
            post=self.post,
        )
        self.switch = VirtualSwitch(self.timeline, self.desk, keep_ledger=False)
        self.desk.lose_phone = self.switch.lose_phone

    def _open_engine(self) -> None:
        plans = {plan.name: plan for plan in self._plans}
        ids = {name: name for name in plans}
        calling, recycle = _rules(self.scenario)
        gate = ComplianceGate(self._store, calling.__getitem__)
        leads = Hopper(self._store, gate, recycle.__getitem__, claim_id="sim")
        trunks = [TrunkPlan(t.name, t.max_lines, t.calls_per_second) for t in self.scenario.trunk]
        self.trunks = TrunkBook(trunks or [TrunkPlan("line")])
        self._trunk_names = list(dict.fromkeys(t for p in self._plans for t in p.trunks))
        hopper = InstantHopper(leads, ids, self.timeline, self.observer)
        hopper.schedule = self.timeline
        records = InstantRecords(self._store, self.observer)
        tallies = Tallies()
        placer = InstantPlacer(
            switch=self.switch,
            attempts=cast(Any, self.store.attempts),
            gate=gate,
            hopper=hopper,
            trunks=self.trunks,
            recorder=_Recorder(),
            directory=_Directory(plans),
            clock=self.timeline,
            observer=self.observer,
            node=NODE,
        )
        placer.schedule = self.timeline
        self._ids = ids
        self.outlet = Outlet(
            switch=self.switch,
            store=self._store,
            leads=leads,
            hopper=hopper,
            placer=placer,
            records=records,
            recorder=_Recorder(),
            trunks=self.trunks,
            directory=_Directory(plans),
            tallies=lambda pool: tallies,
            endpoint=lambda agent: agent,
            clock=self.timeline,
            observer=self.observer,
            node=NODE,
        )

    # --- running ----------------------------------------------------------------------------------

    def run(self) -> ShiftFigures:
        """From the first login until the last call is over."""
        began = time.perf_counter()
        self._begin()
        timeline, deadline = self.timeline, self.ends_at + GRACE_S
        while True:
            planned, wake = timeline.next_at(), self._wake_at()
            at = min(planned, wake)
            if at > deadline or (at > self.ends_at and not self._is_busy()):
                break
            if wake < planned:
                timeline.jump(wake)
                self._inbox.append(ev.Ticked())
            else:
                timeline.run_next()
            self._turn()
        self.watch.close(timeline.now())
        return self._figures(time.perf_counter() - began)

    def _begin(self) -> None:
        for plan in self._plans:
            self.post(ev.CampaignSet(plan.name, plan.rules))
        at_once(self.switch.start(self))
        self.desk.plan()
        self._housekeep()
        self._turn()

    def _is_busy(self) -> bool:
        return bool(self.floor.attempts or self._inbox)

    def _wake_at(self) -> float:
        """As FloorRunner does, but skipping looks at the pacing that cannot change anything."""
        floor = self.floor
        if floor.ask_soon:
            return floor.next_deadline()
        least = floor.last_ask + floor.rules.ask_every
        ask = max(least, min(floor.pacer.ask_again_at(), floor.last_ask + LOOK_AT_LEAST_S))
        return min(ask, floor.timers[0][0]) if floor.timers else ask

    def post(self, event: ev.Event) -> None:
        self._inbox.append(event)

    def _turn(self) -> None:
        inbox, now = self._inbox, self.timeline.now()
        while inbox:
            commands: list[Command] = []
            while inbox:
                commands += self._step(inbox.popleft(), now)
            if commands:
                self._look(commands, now)
                self.outlet.dispatch(cast(FloorRunner, self), commands)

    def _step(self, event: ev.Event, now: float) -> Sequence[Command]:
        self.events += 1
        try:
            commands = step(self.floor, event, now)
        except ImpossibleEvent as error:
            self.impossible[f"{type(event).__name__} while {error.state}"] += 1
            return ()
        self._log.append(now, event, commands)
        return commands

    def _look(self, commands: Sequence[Command], now: float) -> None:
        for command in commands:
            if isinstance(command, AgentMoved):
                self.watch.moved(command, now)
                self.desk.moved(command)
            elif isinstance(command, CloseAttempt):
                self.watch.closed(command, self.desk.forget(command.attempt))
                self._note_list(command.campaign, now)

    def _note_list(self, campaign: str, now: float) -> None:
        of, figures = self.store.leads.lists[campaign], self.watch.campaigns.get(campaign)
        if figures is not None and figures.through_s is None and of.made == of.count:
            figures.through_s = now - self.starts_at

    # --- as the engine looks after its floors -----------------------------------------------------

    def _housekeep(self) -> None:
        now, timeline = self.timeline.now(), self.timeline
        lines = self.trunks.lines(self._trunk_names, len(self.floor.attempts))
        rate = self.trunks.calls_per_second(self._trunk_names)
        self.post(ev.LimitsChanged(lines, rate))
        attempts = cast(Any, self.store.attempts)
        self.post(ev.WindowsChanged(at_once(day_windows(attempts, self._plans, self._ids, now))))
        self.on_progress((now - self.starts_at) / (self.ends_at - self.starts_at))
        if now < self.ends_at:
            timeline.at(now + HOUSEKEEP_EVERY_S, self._housekeep)

    # --- SwitchListener ---------------------------------------------------------------------------

    def switch_event(self, event: ev.Event) -> None:
        self._inbox.append(event)

    async def switch_up(self) -> None:
        self._inbox.append(ev.SwitchFound())

    def switch_down(self) -> None:
        self._inbox.append(ev.SwitchLost())

    # --- what came of it --------------------------------------------------------------------------

    def _figures(self, took_s: float) -> ShiftFigures:
        figures = self.watch.figures(self.seed, self.scenario.reps_in_all)
        for name, of in self.store.leads.lists.items():
            campaign = figures.campaigns.get(name)
            if campaign is not None and of.count is not None:
                campaign.untouched, campaign.left = of.count - of.made, of.left
        figures.impossible, figures.refused = dict(self.impossible), dict(self.observer.rules)
        figures.events, figures.took_s = self.events, took_s
        return figures


def _chance(*parts: object) -> Random:
    """A source of its own for each part of the world: what one draws does not move the others."""
    return Random("/".join(map(str, parts)))  # noqa: S311  (a simulation keeps no secrets)


class _Directory:
    def __init__(self, plans: dict[str, CampaignPlan]) -> None:
        self._plans = plans

    def plan(self, campaign: str) -> CampaignPlan | None:
        return self._plans.get(campaign)

    def campaign_id(self, campaign: str) -> str:
        return campaign


def _plan(name: str, settings: CampaignSettings) -> CampaignPlan:
    return CampaignPlan(
        name=name,
        pool=POOL,
        rules=campaign_rules(settings, running=True),
        trunks=settings.trunks,
        record=False,
        detect_machines=settings.amd,
    )


def _rules(scenario: Scenario) -> tuple[dict[str, CallingRules], dict[str, RecycleRules]]:
    stored = {name: stored_settings(it) for name, it in scenario.campaign.items()}
    calling = {name: calling_rules(settings) for name, settings in stored.items()}
    recycle = {name: recycle_rules(settings) for name, settings in stored.items()}
    return calling, recycle


def run_shift(scenario: Scenario, seed: int, saved: bytes | None = None) -> ShiftFigures:
    """One shift, from its figures alone."""
    return Shift(scenario, seed, saved=saved).run()


__all__ = ["Shift", "ShiftFigures", "run_shift"]
