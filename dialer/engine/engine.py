"""The engine: every floor of this process, the switch they share, and what connects them to the
store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from msgspec.structs import replace

from dialer.engine.floorlog import FloorLog, NoLog, start_of
from dialer.engine.hopper import Hopper
from dialer.engine.outlet import Outlet
from dialer.engine.placer import Placer
from dialer.engine.plans import CampaignPlan, EnginePlan, PoolPlan
from dialer.engine.reconcile import gone, missed_events
from dialer.engine.records import RecordWriter
from dialer.engine.runner import FloorRunner
from dialer.engine.tallies import Tallies
from dialer.engine.tasks import spawn, stop
from dialer.engine.trunks import TrunkBook
from dialer.engine.windows import day_windows
from dialer.floor import events as ev
from dialer.floor import open_floor
from dialer.ports.clock import Clock
from dialer.ports.gate import Gate
from dialer.ports.leads import Leads
from dialer.ports.observer import NoObserver, Observer
from dialer.ports.recorder import Recorder
from dialer.ports.store import Agent, Campaign, CampaignState, Store
from dialer.ports.switch import LiveChannel, Switch, SwitchDownError

log = structlog.get_logger(__name__)

#: Belief is compared with the switch this often even when nothing seems wrong.
RECONCILE_EVERY_S = 15.0
#: Windows and limits are looked at, and what pacing learned is kept, this often.
HOUSEKEEP_EVERY_S = 5.0


class Engine:
    """Runs the floors of `plan`. `state_dir` None: no floor logs and no memory of pacing."""

    def __init__(
        self,
        *,
        plan: EnginePlan,
        switch: Switch,
        store: Store,
        leads: Leads,
        gate: Gate,
        recorder: Recorder,
        clock: Clock,
        observer: Observer | None = None,
        state_dir: Path | None = None,
        node: str = "local",
    ) -> None:
        self.plans = plan
        self.runners: dict[str, FloorRunner] = {}
        self.tallies: dict[str, Tallies] = {}
        self.agents: dict[str, Agent] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.clock, self.store, self.switch = clock, store, switch
        self._observer = observer or NoObserver()
        self._state_dir = state_dir
        self._ids: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.trunks = TrunkBook(plan.trunks)
        self.hopper = Hopper(leads, self._ids, clock, self._observer)
        self.records = RecordWriter(store, self._observer)
        self.placer = Placer(
            switch=switch,
            attempts=store.attempts,
            gate=gate,
            hopper=self.hopper,
            trunks=self.trunks,
            recorder=recorder,
            directory=self,
            clock=clock,
            observer=self._observer,
            node=node,
        )
        self.outlet = Outlet(
            switch=switch,
            store=store,
            leads=leads,
            hopper=self.hopper,
            placer=self.placer,
            records=self.records,
            recorder=recorder,
            trunks=self.trunks,
            directory=self,
            tallies=self.tallies.__getitem__,
            endpoint=lambda agent: self.agents[agent].endpoint,
            clock=clock,
            observer=self._observer,
            node=node,
        )

    # --- Directory --------------------------------------------------------------------------------

    def plan(self, campaign: str) -> CampaignPlan | None:
        return self.plans.campaign(campaign)

    def campaign_id(self, campaign: str) -> str:
        return self._ids[campaign]

    # --- life -------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring back what the store remembers, then listen to the switch."""
        await self._load_campaigns()
        await self.store.leads.release_claims()
        for pool in self.plans.pools:
            self._open(pool)
        for plan in self.plans.campaigns:
            self.tell_campaign(plan)
        await self._restore()
        for runner in self.runners.values():
            runner.start()
        self.records.start()
        self.placer.start()
        await self._tell_windows()
        self._tell_limits()
        self._tasks = [
            spawn(self._every(RECONCILE_EVERY_S, self._reconcile_all), name="reconcile"),
            spawn(self._every(HOUSEKEEP_EVERY_S, self._housekeep), name="keep house"),
        ]
        await self.switch.start(self)

    async def close(self) -> None:
        """Stop dialing and write everything down. Calls that are up go on by themselves."""
        await stop(*self._tasks)
        await self.placer.close()
        await self.switch.close()
        for runner in self.runners.values():
            self._keep_knowledge(runner)
            runner.stop()
        await self.records.close()

    async def apply(self, plan: EnginePlan) -> None:
        """Work by `plan` from now on. Pools cannot come or go while the engine runs."""
        self.plans = plan
        self.trunks.replace(plan.trunks)
        await self._load_campaigns()
        for pool in plan.pools:
            if pool.name in self.runners:
                self.runners[pool.name].post(ev.PoolSet(pool.rules))
        for campaign in plan.campaigns:
            self.tell_campaign(campaign)
        known = {campaign.name for campaign in plan.campaigns}
        for runner in self.runners.values():
            for name in runner.floor.campaigns:
                if name not in known:
                    runner.post(ev.CampaignRemoved(name))
        self._tell_limits()

    async def _load_campaigns(self) -> None:
        for plan in self.plans.campaigns:
            campaign = await self.store.campaigns.by_name(plan.name)
            if campaign is None:
                campaign = await self.store.campaigns.create(
                    plan.name, pool=plan.pool, settings={}, now=self.clock.now(), who="config"
                )
            self.campaigns[plan.name] = campaign
            self._ids[plan.name] = campaign.id

    def _open(self, pool: PoolPlan) -> None:
        now = self.clock.now()
        run = _base36(int(now * 1000))
        saved = self._knowledge(pool.name)
        try:
            floor = open_floor(pool.name, run, pool.rules, now, saved)
        except ValueError as error:
            log.error("what pacing had learned cannot be read; it learns anew", why=str(error))
            saved = None
            floor = open_floor(pool.name, run, pool.rules, now)
        self.tallies[pool.name] = Tallies()
        self.runners[pool.name] = FloorRunner(
            floor,
            clock=self.clock,
            outlet=self.outlet,
            observer=self._observer,
            floor_log=self._log(pool, run, now, saved),
            on_overflow=self._overflowed,
            on_impossible=self._answer_anyway,
        )

    def _log(self, pool: PoolPlan, run: str, now: float, saved: bytes | None) -> FloorLog | NoLog:
        if self._state_dir is None:
            return NoLog()
        path = self._state_dir / "floors" / pool.name / f"{run}.jsonl"
        return FloorLog(path, start_of(pool.name, run, now, pool.rules, saved))

    def tell_campaign(self, plan: CampaignPlan) -> None:
        """Give a campaign's floor its rules and whether it runs."""
        runner = self.runners.get(plan.pool)
        campaign = self.campaigns.get(plan.name)
        if runner is not None and campaign is not None:
            running = campaign.state is CampaignState.RUNNING
            runner.post(ev.CampaignSet(plan.name, replace(plan.rules, running=running)))

    async def _restore(self) -> None:
        names = {campaign.id: name for name, campaign in self.campaigns.items()}
        for open_ in await self.store.attempts.still_open():
            name = names.get(open_.campaign_id)
            plan = self.plan(name) if name else None
            if name is None or plan is None or plan.pool not in self.runners:
                log.warning("an open attempt of an unknown campaign", attempt=open_.attempt_id)
                continue
            self.placer.committed.add(open_.attempt_id)
            self.trunks.hold(open_.attempt_id, open_.trunk)
            self.runners[plan.pool].post(
                ev.AttemptRestored(
                    attempt=open_.attempt_id,
                    campaign=name,
                    lead=open_.lead_id,
                    group=name,
                    placed_at=open_.placed_at,
                    trunk=open_.trunk,
                    node=open_.node,
                )
            )
        for session in await self.store.agents.sessions():
            agent = await self.store.agents.get(session.agent_id)
            runner = self.runners.get(session.pool)
            if agent is None or runner is None:
                continue
            self.agents[agent.id] = agent
            runner.post(
                ev.AgentRestored(
                    agent=agent.id,
                    state=session.state,
                    leg=session.leg or None,
                    reason=session.reason,
                    skills=dict(agent.skills),
                )
            )

    # --- what the switch tells --------------------------------------------------------------------

    def switch_event(self, event: ev.Event) -> None:
        runner = self._runner_of(event)
        if runner is not None:
            runner.post(event)
        else:
            self._observer.impossible("", "unknown", type(event).__name__)
            self._answer_anyway(event)

    async def switch_up(self) -> None:
        await self._reconcile_all(connecting=True)

    def switch_down(self) -> None:
        for runner in self.runners.values():
            runner.post(ev.SwitchLost())

    def _runner_of(self, event: ev.Event) -> FloorRunner | None:
        attempt = getattr(event, "attempt", None)
        leg = getattr(event, "leg", None) if attempt is None else None
        for runner in self.runners.values():
            floor = runner.floor
            if attempt in floor.attempts or leg in floor.legs:
                return runner
        # A parked phone nobody knows must be ended by somebody.
        unknown_phone = isinstance(event, ev.LegParked)
        return next(iter(self.runners.values()), None) if unknown_phone else None

    def _answer_anyway(self, event: ev.Event) -> None:
        """A callee whose request fits nothing we know gets the message, not silence."""
        if isinstance(event, ev.RouteAsked | ev.RouteAskedAgain):
            self.switch.route(event.attempt, "message")

    def _overflowed(self) -> None:
        log.error("a floor's inbox overflowed; the switch will be asked what is up")
        spawn(self._reconcile_all(), name="reconcile after an overflow")

    # --- looking after ----------------------------------------------------------------------------

    async def _every(self, seconds: float, do: Callable[[], object]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                result = do()
                if asyncio.iscoroutine(result):
                    await result
            except Exception as error:
                log.error("a regular job failed", job=str(do), error=str(error))

    async def _reconcile_all(self, *, connecting: bool = False) -> None:
        """Compare every floor with the switch; a floor that could be compared may dial."""
        if not (self.switch.is_up or connecting):
            return
        unknown = {
            attempt.attempt
            for runner in self.runners.values()
            for attempt in runner.floor.attempts.values()
            if attempt.answered_at is None or attempt.connected_at is None
        }
        try:
            channels = await self.switch.live_channels(unknown)
            for runner in self.runners.values():
                await self._reconcile(runner, channels)
        except SwitchDownError as error:
            log.warning("the switch could not be asked what is up", error=str(error))

    async def _reconcile(self, runner: FloorRunner, channels: list[LiveChannel]) -> None:
        now = self.clock.now()
        missing = gone(runner.floor, channels)
        since = min((runner.floor.attempts[a].placed_at for a in missing), default=now)
        rows = await self.switch.ledger(missing, since) if missing else {}
        for event in missed_events(runner.floor, channels, rows, now, self.switch.booted_at):
            log.info("reconciled", missed=type(event).__name__)
            runner.post(event)
        if not runner.floor.switch_up:
            runner.post(ev.SwitchFound())

    async def _housekeep(self) -> None:
        self._tell_limits()
        await self._tell_windows()
        for runner in self.runners.values():
            self._keep_knowledge(runner)

    def _tell_limits(self) -> None:
        for pool, runner in self.runners.items():
            names = [t for c in self.plans.campaigns if c.pool == pool for t in c.trunks]
            names = list(dict.fromkeys(names))
            lines = self.trunks.lines(names, len(runner.floor.attempts))
            runner.post(ev.LimitsChanged(lines, self.trunks.calls_per_second(names)))

    async def _tell_windows(self) -> None:
        now = self.clock.now()
        for pool, runner in self.runners.items():
            plans = [p for p in self.plans.campaigns if p.pool == pool and p.name in self._ids]
            windows = await day_windows(self.store.attempts, plans, self._ids, now)
            runner.post(ev.WindowsChanged(windows))

    # --- what pacing learned ----------------------------------------------------------------------

    def _knowledge(self, pool: str) -> bytes | None:
        path = self._knowledge_path(pool)
        return path.read_bytes() if path is not None and path.exists() else None

    def _keep_knowledge(self, runner: FloorRunner) -> None:
        path = self._knowledge_path(runner.floor.pool)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_suffix(".new")
            new.write_bytes(runner.floor.pacer.save())
            new.replace(path)

    def _knowledge_path(self, pool: str) -> Path | None:
        return None if self._state_dir is None else self._state_dir / "pacing" / f"{pool}.json"

    # --- for control ------------------------------------------------------------------------------

    @property
    def campaign_states(self) -> Mapping[str, str]:
        return {name: campaign.state.value for name, campaign in self.campaigns.items()}


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = digits[digit] + text
    return text or "0"
