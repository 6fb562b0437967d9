"""The engine: every floor of this process, the switch they share, and what connects them to the
store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from msgspec.structs import replace

from dialer.engine.callbacks import Clerk
from dialer.engine.desk import DeskBook
from dialer.engine.floorlog import FloorLog, NoLog, start_of
from dialer.engine.in_use import NumbersInUse
from dialer.engine.knowledge import Knowledge
from dialer.engine.moves import Moves
from dialer.engine.offers import Offers
from dialer.engine.outlet import Outlet
from dialer.engine.pacing_news import PacingNews
from dialer.engine.placer import Placer
from dialer.engine.plans import CampaignPlan, EnginePlan, PoolPlan
from dialer.engine.reconciler import Reconciler
from dialer.engine.records import RecordWriter
from dialer.engine.restore import agent_restored, as_offered, attempt_restored
from dialer.engine.runner import FloorRunner
from dialer.engine.tallies import Tallies, tallies_of
from dialer.engine.timekeeper import Timekeeper
from dialer.engine.trunks import TrunkBook
from dialer.engine.windows import WindowBook, day_of
from dialer.floor import AgentState, open_floor
from dialer.floor import events as ev
from dialer.floor.agent_moves import agent_of_leg
from dialer.floor.machine import make_pacer
from dialer.ports.clock import FloorClock
from dialer.ports.control import Scheduled
from dialer.ports.gate import Gate
from dialer.ports.leads import Leads
from dialer.ports.observer import NoObserver, Observer, Observers
from dialer.ports.outlook import Outlooks
from dialer.ports.recorder import Recorder
from dialer.ports.scope import everything
from dialer.ports.store import Agent, Campaign, OpenAttempt, Store
from dialer.ports.switch import Switch
from dialer.state_folder import FLOORS
from dialer.tasks import spawn, stop
from dialer.words import CampaignState

log = structlog.get_logger(__name__)

#: Belief is compared with the switch this often even when nothing seems wrong.
RECONCILE_EVERY_S = 15.0
#: What trunks allow changes with every call of another pool.
LIMITS_EVERY_S = 1.0
WINDOWS_EVERY_S = 5.0
#: A rep's own time is kept to the second; the look reads one short index.
CALLBACKS_EVERY_S = 1.0
#: Screens count from midnight on.
DAY_EVERY_S = 1.0
#: A crash costs at most this much of what pacing learned.
KEEP_KNOWLEDGE_EVERY_S = 30.0


class Engine:
    """Runs the floors of `plan`. `state_dir` None: no floor logs and no memory of pacing.

    `in_use` is what its gate looks into.
    """

    def __init__(
        self,
        *,
        plan: EnginePlan,
        switch: Switch,
        store: Store,
        leads: Leads,
        gate: Gate,
        recorder: Recorder,
        clock: FloorClock,
        observer: Observer | None = None,
        state_dir: Path | None = None,
        node: str = "local",
        in_use: NumbersInUse | None = None,
    ) -> None:
        self.plans = plan
        self.runners: dict[str, FloorRunner] = {}
        self.tallies: dict[str, Tallies] = {}
        self.agents: dict[str, Agent] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.clock, self.store, self.switch, self.gate = clock, store, switch, gate
        self.moves = Moves(self)
        #: What campaigns do next by their schedules; whoever looks after those puts it here.
        self.scheduled: Mapping[str, Scheduled] = {}
        #: Whom campaigns can call now and next, as last looked; put here by whoever looks.
        self.outlooks: Outlooks = {}
        self._observer = Observers(observer or NoObserver(), self.moves)
        self._state_dir, self._node = state_dir, node
        self._knowledge = Knowledge(None if state_dir is None else state_dir / "pacing")
        self._ids: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.trunks = TrunkBook(plan.trunks, on_change=self._trunk_changed)
        self.in_use = NumbersInUse() if in_use is None else in_use
        self.windows = WindowBook()
        self.news = PacingNews(lambda: self.plans, self.runners, self.trunks, self.windows, clock)
        self.reconciler = Reconciler(switch, clock, self.runners, self._leg_gone)
        self.timekeeper = Timekeeper(clock, switch, self.runners, self._clock_jumped)
        self.offers = Offers(leads, self._ids, clock, self._observer)
        self.records = RecordWriter(store, self._observer)
        self.desk = DeskBook(
            store=store,
            leads=leads,
            offers=self.offers,
            plan_of=self.plan,
            later=self.records.later,
            work_time=self.records.work_time,
            observer=self._observer,
            offset=clock.offset,
        )
        self.clerk = Clerk(
            store=store,
            leads=leads,
            offers=self.offers,
            clock=clock,
            observer=self._observer,
            runners=self.runners,
            campaigns=self.campaigns,
            plan_of=self.plan,
        )
        self.placer = Placer(
            switch=switch,
            attempts=store.attempts,
            gate=gate,
            offers=self.offers,
            trunks=self.trunks,
            in_use=self.in_use,
            recorder=recorder,
            directory=self,
            clock=clock,
            observer=self._observer,
            node=node,
            on_full=self.news.tell_limits,
        )
        self.outlet = Outlet(
            switch=switch,
            store=store,
            leads=leads,
            offers=self.offers,
            placer=self.placer,
            records=self.records,
            recorder=recorder,
            trunks=self.trunks,
            in_use=self.in_use,
            directory=self,
            tallies=self.tallies.__getitem__,
            windows=self.windows,
            on_doubt=self.reconciler.soon,
            endpoint=lambda agent: self.agents[agent].endpoint,
            clock=clock,
            observer=self._observer,
            node=node,
            desk=self.desk,
        )

    def watch(self, observer: Observer) -> None:
        """One more who is told what happens, from now on."""
        self._observer.add(observer)

    # --- Directory --------------------------------------------------------------------------------

    def plan(self, campaign: str) -> CampaignPlan | None:
        return self.plans.campaign(campaign)

    def campaign_id(self, campaign: str) -> str:
        return self._ids[campaign]

    # --- life -------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring back what the store remembers, then listen to the switch."""
        self._know(await self._campaigns_of(self.plans))
        for campaign in self.campaigns.values():
            await self.store.leads.release_claims(campaign_id=campaign.id)
        for pool in self.plans.pools:
            self._open(pool)
        for plan in self.plans.campaigns:
            self.tell_campaign(plan)
        await self._restore()
        await self._count_day()
        await self.news.read_windows(self.store.attempts, self.plans, self._ids)
        for runner in self.runners.values():
            runner.start()
        self.records.start()
        self.placer.start()
        self.news.tell_windows()
        self.news.tell_limits()
        self._tasks = [
            spawn(self._every(RECONCILE_EVERY_S, self.reconciler.look), name="reconcile"),
            spawn(self._every(LIMITS_EVERY_S, self.news.tell_limits), name="tell limits"),
            spawn(self._every(WINDOWS_EVERY_S, self.news.tell_windows), name="tell windows"),
            spawn(self._every(KEEP_KNOWLEDGE_EVERY_S, self._keep_knowledge), name="keep knowledge"),
            spawn(self._every(DAY_EVERY_S, self._turn_day), name="turn the day"),
            spawn(self._every(CALLBACKS_EVERY_S, self.clerk.look), name="callbacks"),
        ]
        await self.switch.start(self)

    async def close(self) -> None:
        """Stop dialing and write everything down. Calls that are up go on by themselves."""
        await stop(*self._tasks)
        await self.reconciler.close()
        await self.placer.close()
        await self.switch.close()
        for runner in self.runners.values():
            runner.drain()
        self._keep_knowledge()
        await self.offers.close(self.placer.committed)
        for runner in self.runners.values():
            runner.stop()
        self.desk.close(self.clock.steady())
        await self.records.close()

    async def apply(self, plan: EnginePlan) -> None:
        """Work by `plan` from now on. Pools cannot come or go while the engine runs.

        Raises ValueError (rules no pacer takes) or the store's error before anything is changed.
        """
        for pool in plan.pools:
            make_pacer(pool.rules, None)
        campaigns = await self._campaigns_of(plan)
        ids = {campaign.name: campaign.id for campaign in campaigns}
        await self.news.read_windows(self.store.attempts, plan, ids)
        self.plans = plan
        self._know(campaigns)
        self.trunks.replace(plan.trunks)
        for pool in plan.pools:
            if pool.name in self.runners:
                self.runners[pool.name].post(ev.PoolSet(pool.rules))
        for name, runner in self.runners.items():
            here = {campaign.name for campaign in plan.campaigns if campaign.pool == name}
            for gone in set(runner.floor.campaigns) - here:
                runner.post(ev.CampaignRemoved(gone))
        for campaign in plan.campaigns:
            self.tell_campaign(campaign)
        self.news.tell_limits()
        self.news.tell_windows()

    async def _campaigns_of(self, plan: EnginePlan) -> list[Campaign]:
        return [await self._campaign_of(campaign) for campaign in plan.campaigns]

    async def _campaign_of(self, plan: CampaignPlan) -> Campaign:
        known = await self.store.campaigns.by_name(plan.name)
        return known or await self.store.campaigns.create(
            plan.name, pool=plan.pool, settings={}, now=self.clock.now(), who="config"
        )

    def _know(self, campaigns: list[Campaign]) -> None:
        for campaign in campaigns:
            self.campaigns[campaign.name] = campaign
            self._ids[campaign.name] = campaign.id

    def _open(self, pool: PoolPlan) -> None:
        now = self.clock.steady()
        number = int(self.clock.now() * 1000)
        while (path := self._log_path(pool.name, number)) is not None and path.exists():
            number += 1
        saved, run = self._knowledge.read(pool.name), _base36(number)
        try:
            floor = open_floor(pool.name, run, pool.rules, now, saved)
        except ValueError as error:
            self._knowledge.set_aside(pool.name, str(error))
            saved, floor = None, open_floor(pool.name, run, pool.rules, now)
        start = start_of(pool.name, run, now, pool.rules, saved)
        self.tallies[pool.name] = Tallies()
        self.runners[pool.name] = FloorRunner(
            floor,
            clock=self.clock,
            outlet=self.outlet,
            observer=self._observer,
            floor_log=NoLog() if path is None else FloorLog(path, start),
            on_overflow=self.reconciler.soon,
            on_impossible=self._answer_anyway,
        )

    def _log_path(self, pool: str, number: int) -> Path | None:
        if self._state_dir is None:
            return None
        return self._state_dir / FLOORS / pool / f"{_base36(number)}.jsonl"

    def tell_campaign(self, plan: CampaignPlan) -> None:
        """Give a campaign's floor its rules and whether it runs."""
        runner = self.runners.get(plan.pool)
        campaign = self.campaigns.get(plan.name)
        if runner is not None and campaign is not None:
            running = campaign.state is CampaignState.RUNNING
            rules = replace(plan.rules, running=running, record=plan.record)
            runner.post(ev.CampaignSet(plan.name, rules))

    # --- after a restart --------------------------------------------------------------------------

    async def _restore(self) -> None:
        await self.moves.load()
        last_times = await self.store.desk.last_times()
        campaigns = {
            campaign.id: campaign
            for campaign in await self.store.campaigns.list(everything("it dials all"))
        }
        for attempt in await self.store.attempts.still_open():
            await self._restore_attempt(attempt, campaigns.get(attempt.campaign_id))
        taken_up = set()
        for session in await self.store.agents.sessions():
            agent = await self.store.agents.get(session.agent_id)
            runner = self.runners.get(session.pool)
            if agent is not None and runner is not None:
                self.desk.gap(session, last_times.get(agent.id, 0.0), self.clock.now())
                self.agents[agent.id] = self.moves.resume(session, agent)
                self.outlet.restored(session)
                left = await self.outlet.wrapups.left_by(session)
                taken_up.add(left.attempt if left is not None else "")
                campaigns_of = self.moves.campaigns_of(agent.id)
                offset = self.clock.offset()
                runner.post(agent_restored(session, agent, campaigns_of, left, offset))
        await self.outlet.wrapups.close_left(self._ids, taken_up, self.clock.now())

    async def _restore_attempt(self, attempt: OpenAttempt, campaign: Campaign | None) -> None:
        plan = self.plan(campaign.name) if campaign is not None else None
        pool = plan.pool if plan is not None else campaign.pool if campaign is not None else ""
        runner = self.runners.get(pool) or self._runner_of_left(attempt)
        if campaign is None or runner is None:
            log.warning("an open attempt of a pool that is not here", attempt=attempt.attempt_id)
            return
        lead = await self.store.leads.get(attempt.lead_id)
        if lead is not None:
            to_dial = as_offered(lead, attempt)
            self.offers.keep(attempt.attempt_id, to_dial)
            self.in_use.hold(attempt.attempt_id, to_dial.numbers)
        self.placer.committed.add(attempt.attempt_id)
        self.trunks.hold(attempt.attempt_id, attempt.trunk)
        restored = attempt_restored(attempt, campaign.name)
        placed_at = min(restored.placed_at - self.clock.offset(), self.clock.steady())
        runner.post(replace(restored, placed_at=placed_at))

    def _runner_of_left(self, attempt: OpenAttempt) -> FloorRunner | None:
        """Its pool was taken out of the settings: any floor sees it to its end, or nobody could
        ever call that number again.
        """
        return next(iter(self.runners.values()), None) if attempt.node == self._node else None

    # --- what the switch tells --------------------------------------------------------------------

    def switch_event(self, event: ev.Event) -> None:
        if isinstance(event, ev.PhoneRegistered):
            self._phone_back(event.endpoint)
            return
        if isinstance(event, ev.TrunkSeen):
            self.trunks.told(event.trunk, event.is_up, self.clock.steady())
            return
        if isinstance(event, ev.LegGone):
            self._leg_gone(event.leg)
        runner = self._runner_of(event)
        if runner is not None:
            runner.post_news(event)
        elif not isinstance(event, ev.LegGone | ev.LegOnHold | ev.LegOffHold):
            # A leg that nobody has any more may end once again: by its answer and by its hang-up.
            self._observer.impossible("", "unknown", type(event).__name__)
            self._answer_anyway(event)

    def _leg_gone(self, leg: str) -> None:
        """Somebody outside was called by a line and at a number; any other leg holds none."""
        self.trunks.give_back(leg)
        self.in_use.release(leg)

    async def switch_up(self) -> None:
        self.trunks.switch_is_back(self.clock.steady())
        # Its clock is known by now: nothing is dialed before it is compared.
        self.timekeeper.compare()
        await self.reconciler.connected()

    def _clock_jumped(self) -> None:
        self.reconciler.soon()
        self.news.tell_windows()

    def switch_down(self) -> None:
        self.reconciler.lost()

    def _runner_of(self, event: ev.Event) -> FloorRunner | None:
        runners = self.runners.values()
        if isinstance(event, ev.AttemptEvent):
            return next((r for r in runners if event.attempt in r.floor.attempts), None)
        if isinstance(event, ev.LegEvent):
            known = next((r for r in runners if event.leg in r.floor.legs), None)
            if known is None:
                known = next((r for r in runners if event.leg in r.floor.outside), None)
            return known or self._runner_of_stray(event)
        return None

    def _phone_back(self, endpoint: str) -> None:
        """A phone that registers while its owner is out is nothing to anybody."""
        for agent in self.agents.values():
            runner = self.runners.get(agent.pool)
            if agent.endpoint == endpoint and runner is not None:
                here = runner.floor.agents.get(agent.id)
                if here is not None and here.state is not AgentState.OUT:
                    runner.post_news(ev.PhoneBack(agent.id))

    def _runner_of_stray(self, event: ev.LegEvent) -> FloorRunner | None:
        """A parked phone nobody knows must be ended by somebody: its rep's floor, or any."""
        if not isinstance(event, ev.LegParked):
            return None
        agent = self.agents.get(agent_of_leg(event.leg))
        pool = agent.pool if agent is not None else ""
        return self.runners.get(pool) or next(iter(self.runners.values()), None)

    def _answer_anyway(self, event: ev.Event) -> None:
        """A callee whose request fits nothing we know gets the message, not silence."""
        if isinstance(event, ev.RouteAsked | ev.RouteAskedAgain):
            self.switch.route(event.attempt, "message")

    def _trunk_changed(self, trunk: str, before: str, state: str) -> None:
        """Pacers hear at once that there are fewer lines, or more."""
        what = {"trunk": trunk} if trunk else {"node": self._node}
        if before in {"well", "untried"} and state == "out":
            log.warning("no calls are taken: only probes go out", **what)
        elif before in {"out", "probing"} and state == "well":
            log.info("calls are taken again", **what)
        self.news.tell_limits()

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

    async def _count_day(self) -> None:
        """Screens go on counting where the last engine stopped."""
        pools = {
            pool: {it.name: self._ids[it.name] for it in self.plans.campaigns if it.pool == pool}
            for pool in self.runners
        }
        self.tallies.update(await tallies_of(self.store, pools, day_of(self.clock.now())[0]))

    def _turn_day(self) -> None:
        since = day_of(self.clock.now())[0]
        for pool, tallies in self.tallies.items():
            if since > tallies.since:
                self.tallies[pool] = tallies.next_day(since)

    def _keep_knowledge(self) -> None:
        if not self._knowledge.is_kept:
            return
        for pool, runner in self.runners.items():
            self._knowledge.keep(pool, runner.floor.pacer.save())

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
