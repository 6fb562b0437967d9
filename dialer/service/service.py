"""The service: started in order, steered, drained, stopped in the opposite order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import structlog
from msgspec.structs import replace

from dialer.api.app import create_app
from dialer.api.campaigns.service import ensure_campaign
from dialer.api.context import ApiContext, Reloaded
from dialer.api.live.push import LivePush
from dialer.api.phones.desk import PhoneDesk
from dialer.api.server import ApiServer
from dialer.asterisk.operate import node_status
from dialer.asterisk.phone_keys import AstdbPhoneKeys
from dialer.cli.client import SERVICE_FILE, TOKEN
from dialer.clocks.jumps import Jump
from dialer.engine.call_control import EngineCallControl
from dialer.engine.control import EngineControl
from dialer.engine.engine import Engine
from dialer.engine.plans import EnginePlan
from dialer.engine.runner import FloorRunner
from dialer.engine.sight import EngineSight
from dialer.engine.tasks import spawn, stop
from dialer.floor import Phase
from dialer.floor import events as ev
from dialer.log import Outlet
from dialer.metrics import Metrics
from dialer.ports.bus import Bus
from dialer.ports.clock import SystemClock
from dialer.ports.control import FloorView, Refusal
from dialer.ports.store import Store, StoreError
from dialer.service.assembly import (
    Machinery,
    link_figures,
    machinery,
    opened_bus,
    opened_store,
    recording_key,
)
from dialer.service.errors import StartError
from dialer.service.first_start import make_first_admin
from dialer.service.holding import Hold, asterisk_hold, claim_asterisk, myself
from dialer.service.node import ManagedNode, described_node
from dialer.service.ops import Ops
from dialer.service.reloading import Reloader, prepared
from dialer.service.rulebook import Rules
from dialer.service.steering import Parts, Steering
from dialer.service.trunk_figures import TrunkFigures
from dialer.service.upkeep import (
    abandon_windows,
    delete_old_floor_logs,
    delete_old_recordings,
    delete_old_rejected_rows,
    forever,
    forget_dnc_changes,
    keep_figures,
    measure_lag,
    take_what_is_owed,
    watch_files,
)
from dialer.settings import Settings, clock_notes
from dialer.settings.campaigns import stored_settings
from dialer.settings.secrets import SecretsError, SecretsFile, replace_file
from recordings.library import Library

log = structlog.get_logger(__name__)

#: A part that does not answer within this is not ready.
READY_WITHIN_S = 2.0
DRAIN_LOOK_S = 0.1
#: Asterisk ends a ringing call within milliseconds; a switch that is away is not waited for.
GIVE_UP_S = 2.0


class Service:
    """One engine with its store, switch and API. `start`, then `stop`; `reload` in between."""

    def __init__(self, settings: Settings, outlet: Outlet | None = None) -> None:
        self._first = settings
        self._outlet = outlet
        self.clock = SystemClock()
        self.metrics = Metrics(self.clock.steady)
        self.live = LivePush(self.clock)
        self.reloader = Reloader(settings, self._apply)
        self._ends: list[tuple[str, Callable[[], Awaitable[object]]]] = []
        self._machinery: Machinery | None = None
        self._node: ManagedNode | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._me = myself(settings.state_dir)
        #: Another engine has taken over: nothing here is ours any more.
        self.over = asyncio.Event()
        self.url = ""

    @property
    def settings(self) -> Settings:
        """Those in force."""
        return self.reloader.settings

    # --- life ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Everything, in order. What was started is ended again when a part fails: StartError."""
        try:
            await self._start()
        except BaseException:
            await self._end_all()
            raise

    async def _start(self) -> None:
        settings = self._first
        self._store = await opened_store(settings)
        self._ending("store", self._store.close)
        await self._hold_database()
        await make_first_admin(self._store, self.clock)
        self._bus = await opened_bus(settings)
        self._ending("bus", self._bus.close)
        await self._start_node()
        await self._start_engine()
        await self._start_steering()
        await self._start_api()
        self._start_upkeep()

    async def _hold_database(self) -> None:
        """Before anything is read: another engine's calls are not lost, they are its own."""
        self._hold = Hold("this database", self._store.holders, self._me, self.over)
        try:
            await self._hold.claim()
        except StoreError as error:
            raise StartError(str(error)) from None
        self._holding(self._hold)

    def _holding(self, hold: Hold) -> None:
        self._ending("hold", hold.give_up)
        keeping = spawn(hold.keep(), name="hold")
        self._ending("keeping the hold", lambda: stop(keeping))

    async def _start_node(self) -> None:
        if self._first.asterisk.run == "managed":
            self._node = ManagedNode(self._first, self._store)
            self._described = await self._node.start()
            self._ending("asterisk", self._end_node)
            keeping = spawn(forever(self._node.keep_up), name="keep Asterisk up")
            self._ending("keeping Asterisk up", lambda: stop(keeping))
        else:
            self._described = await described_node(self._first, self._store)

    async def _start_engine(self) -> None:
        settings = self._first
        try:
            plan, rules = await asyncio.to_thread(prepared, settings)
            machine = machinery(
                settings,
                plan=plan,
                store=self._store,
                trunks=self._described.trunks,
                metrics=self.metrics,
                live=self.live.observer,
                clock=self.clock,
            )
        except (ValueError, SecretsError) as error:
            raise StartError(str(error)) from None
        self._machinery = machine
        machine.engine.timekeeper.doubt.limit_s = settings.asterisk.clock_within_s
        machine.engine.timekeeper.one_machine = node_status(self._described).pid is not None
        machine.engine.timekeeper.note = self._note_jump
        await claim_asterisk(settings, self._me, self.over)
        held = asterisk_hold(machine.switch.ami, self._me, self.over)
        machine.switch.guard = held.claim
        ids = await self._make_campaigns(settings)
        machine.rulebook.replace(rules, ids)
        await self._keep_settings(settings, ids)
        open_attempts = await self._store.attempts.still_open()
        await machine.recorder.start([attempt.attempt_id for attempt in open_attempts])
        self._ending("recorder", machine.recorder.close)
        self._phones = PhoneDesk(
            AstdbPhoneKeys(machine.switch.ami, self._described), self._store, self.clock
        )
        self.control = ServiceControl(machine.engine, self.reloader)
        self._listening = self.control.listening = machine.listening
        machine.listening.on_change = self.live.agent_changed
        self.metrics.views = self._views
        self.metrics.links = lambda: (link_figures(machine.switch),)
        self.metrics.inboxes = lambda: {
            pool: runner.depth for pool, runner in machine.engine.runners.items()
        }
        self._ending("engine", machine.engine.close)
        self._ending("listening in", machine.listening.close)
        try:
            await machine.engine.start()
        except OSError as error:
            asterisk = settings.asterisk
            where = f"{asterisk.agi_bind}:{asterisk.agi_port}"
            raise StartError(f"AGI cannot listen on {where}: {error.strerror}") from None
        except (ValueError, StoreError) as error:
            raise StartError(str(error)) from None
        self._holding(held)

    async def _start_steering(self) -> None:
        assert self._machinery is not None
        engine = self._machinery.engine
        trunks = TrunkFigures(
            self.metrics.registry, self.clock.steady, engine.trunks, self.settings.asterisk.node
        )
        engine.watch(trunks)
        self.steering = Steering(
            Parts(
                store=self._store,
                reloader=self.reloader,
                engine=engine,
                control=self.control,
                clock=self.clock,
                windows=lambda: self.metrics.windows,
                failures=self._recordings_lost,
                live=self.live,
                trunks=trunks,
            )
        )
        self._ending("steering", self.steering.stop)
        await self.steering.start()

        self._ops = Ops(
            settings=lambda: self.settings,
            engine=engine,
            switch=self._machinery.switch,
            outlet=self._outlet,
            clock=self.clock,
            trunks=trunks,
        )

    def _note_jump(self, jump: Jump, at: float) -> None:
        assert self._machinery is not None
        for agent in self._machinery.engine.agents:
            self.live.agent_changed(agent)  # since when, by the wall as it stands now
        with contextlib.suppress(OSError):  # the log and an alert say it as well
            clock_notes.note(self._first.state_dir, jump, at)

    def _recordings_lost(self) -> float:
        (counter,) = self.metrics.recording_failures.collect()
        return float(counter.samples[0].value)

    async def _start_api(self) -> None:
        service = self._first.service
        try:
            token = SecretsFile(self._first.state_dir).get_or_make(TOKEN)
        except SecretsError as error:
            raise StartError(str(error)) from None
        self._start_live()
        app = create_app(self._context(token))
        server = ApiServer(app, service.host, service.port, max_connections=service.max_connections)
        try:
            await server.start()
        except OSError as error:
            raise StartError(error.strerror or str(error)) from None
        self._ending("api", server.stop)
        self.url = server.url
        path = self._first.state_dir / SERVICE_FILE
        replace_file(path, json.dumps({"url": self.url, "pid": os.getpid()}) + "\n", mode=0o600)
        self._ending("service file", partial(asyncio.to_thread, path.unlink, missing_ok=True))

    def _start_live(self) -> None:
        assert self._machinery is not None
        engine = self._machinery.engine
        sight = EngineSight(engine, self.control, lambda: self.metrics.windows)
        self.live.start(sight, self._refresh)
        self._ending("live push", self.live.stop)

    def _start_upkeep(self) -> None:
        assert self._machinery is not None
        engine, store = self._machinery.engine, self._store
        library = Library(self._first.recording_dir, key=recording_key(self._first))
        jobs: dict[str, Callable[[], Awaitable[None]]] = {
            "clocks": engine.timekeeper.run,
            "loop lag": lambda: measure_lag(self.metrics),
            "figures": lambda: keep_figures(engine, store, self.metrics),
            "settings that are owed": lambda: take_what_is_owed(self.reloader),
            "phones' passwords": self._phones.run,
            "listening in": self._machinery.listening.look,
            "old floor logs": lambda: delete_old_floor_logs(lambda: self.settings),
            "old reports": lambda: delete_old_rejected_rows(lambda: self.settings, self.clock),
            "old do-not-call changes": lambda: forget_dnc_changes(
                lambda: self.settings, store, self.clock
            ),
            "old recordings": lambda: delete_old_recordings(lambda: self.settings, library, store),
        }
        if self._first.service.watch_s > 0:
            jobs["settings files"] = lambda: watch_files(self.reloader, self._first.service.watch_s)
        self._tasks = [spawn(forever(job), name=name) for name, job in jobs.items()]
        self._ending("upkeep", lambda: stop(*self._tasks))

    async def drain(self, seconds: float) -> int:
        """Place no new call, and wait until those that are up have ended; how many are left."""
        assert self._machinery is not None
        engine = self._machinery.engine
        for plan in engine.plans.campaigns:
            if (runner := engine.runners.get(plan.pool)) is not None:
                runner.post(ev.CampaignSet(plan.name, replace(plan.rules, running=False)))
        deadline = self.clock.steady() + seconds
        while (left := self.calls_up()) and self.clock.steady() < deadline:  # noqa: ASYNC110 (a count)
            await asyncio.sleep(DRAIN_LOOK_S)
        if left:
            await self._give_up_ringing(engine)
        return self.calls_up()

    async def _give_up_ringing(self, engine: Engine) -> None:
        for runner in engine.runners.values():
            runner.post(ev.DialingEnded())
        deadline = self.clock.steady() + GIVE_UP_S
        while any(_rings(runner) for runner in engine.runners.values()):
            if self.clock.steady() > deadline:
                return
            await asyncio.sleep(DRAIN_LOOK_S)

    def calls_up(self) -> int:
        """Attempts that are not over."""
        if self._machinery is None:
            return 0
        runners = self._machinery.engine.runners.values()
        return sum(len(runner.floor.attempts) for runner in runners)

    async def stop(self) -> None:
        """End everything in order. Calls that are up go on in Asterisk."""
        await self._end_all()

    def _ending(self, what: str, end: Callable[[], Awaitable[object]]) -> None:
        self._ends.append((what, end))

    async def _end_all(self) -> None:
        while self._ends:
            what, end = self._ends.pop()
            try:
                await end()
            except Exception as error:  # the parts below it must be ended all the same
                log.error("could not be ended in order", part=what, error=repr(error))

    async def _end_node(self) -> None:
        assert self._node is not None
        if self._node.is_ours and not self.calls_up():
            await self._node.stop()

    # --- settings --------------------------------------------------------------------------------

    async def reload(self) -> Reloaded | Refusal:
        """As `Reloader.reload`."""
        return await self.reloader.reload()

    async def _apply(
        self, settings: Settings, plan: EnginePlan, rules: Mapping[str, Rules]
    ) -> None:
        """Raises ValueError or StoreError before anything has changed."""
        assert self._machinery is not None
        ids = await self._make_campaigns(settings)
        with self._machinery.rulebook.trying(rules, ids):
            await self._machinery.engine.apply(plan)
        try:
            await self._keep_settings(settings, ids)
        except StoreError as error:
            # In force already: to say that nothing was taken would be untrue. Kept with the next.
            log.error("settings in force could not be kept", error=str(error))
        if self._outlet is not None:
            self._outlet.set_levels(settings.log.level, settings.log.levels)

    async def _make_campaigns(self, settings: Settings) -> dict[str, str]:
        """Campaigns of the settings in the store; their ids by name."""
        now = self.clock.now()
        return {
            name: (await ensure_campaign(self._store, settings, name, now=now, who="settings")).id
            for name in settings.campaign
        }

    async def _keep_settings(self, settings: Settings, ids: Mapping[str, str]) -> None:
        """What is in force, as a new version of each campaign that changed."""
        for name, campaign in settings.campaign.items():
            await self._store.campaigns.set_settings(
                ids[name], stored_settings(campaign), now=self.clock.now(), who="settings"
            )

    # --- what the API works with -----------------------------------------------------------------

    def _context(self, token: str) -> ApiContext:
        assert self._machinery is not None
        return ApiContext(
            control=self.control,
            store=self._store,
            metrics=self.metrics,
            clock=self.clock,
            settings=lambda: self.settings,
            token=token,
            reload=self.reload,
            readiness=self.readiness,
            phones_changed=self._phones_changed,
            refresh=self._refresh,
            live=self.live,
            calls=EngineCallControl(self._machinery.engine),
            phones=self._phones,
            listening=self._listening,
            change_settings=self.reloader.change,
            simulate=self.steering.simulate,
            simulations=self.steering.simulations,
            announce=self.steering.announce,
            alerting=self.steering.alerting,
            ops=self._ops,
            library=Library(self._first.recording_dir, key=recording_key(self._first)),
        )

    def _views(self) -> list[FloorView]:
        floors = (self.control.floor(pool) for pool in self.control.floors())
        return [floor for floor in floors if floor is not None]

    async def _refresh(self) -> None:
        assert self._machinery is not None
        self.metrics.windows = abandon_windows(self._machinery.engine)
        with contextlib.suppress(StoreError):
            await self.control.count_leads()

    async def readiness(self) -> dict[str, str | None]:
        """By part: None when it is well, else why not."""
        assert self._machinery is not None
        is_up = self._machinery.switch.is_up
        return {
            "database": self._machinery.engine.records.fault or await _fault_of(self._store),
            "bus": None if await _answers(self._bus) else "the live bus does not answer",
            "asterisk": None if is_up else "no Asterisk can be reached",
        }

    async def _phones_changed(self) -> str | None:
        if self._node is None:
            return "give your Asterisk the phone: dialer asterisk render"
        assert self._machinery is not None
        ami = self._machinery.switch.ami
        return await self._node.phones_changed(lambda module: ami.action("Reload", Module=module))


class ServiceControl(EngineControl):
    """The engine's control, with the service's own way to reload."""

    def __init__(self, engine: object, reloader: Reloader) -> None:
        super().__init__(engine)  # type: ignore[arg-type]
        self._reloader = reloader

    async def reload(self) -> Refusal | None:
        outcome = await self._reloader.reload()
        return outcome if isinstance(outcome, Refusal) else None


async def _fault_of(store: Store) -> str | None:
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            await store.ping()
    except StoreError as error:
        return str(error)
    except TimeoutError:
        return f"no answer within {READY_WITHIN_S:g} s"
    return None


async def _answers(bus: Bus) -> bool:
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            return await bus.ping()
    except TimeoutError:
        return False


def _rings(runner: FloorRunner) -> bool:
    unanswered = {Phase.DIALING, Phase.RINGING}
    return any(attempt.phase in unanswered for attempt in runner.floor.attempts.values())
