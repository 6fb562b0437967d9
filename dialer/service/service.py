"""The service: started in order, steered, drained, stopped in the opposite order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import structlog

from dialer.api.app import create_app
from dialer.api.server import ApiServer
from dialer.asterisk.operate import node_status
from dialer.asterisk.phone_keys import AstdbPhoneKeys
from dialer.clocks.jumps import Jump
from dialer.engine.call_control import EngineCallControl
from dialer.engine.control import EngineControl
from dialer.engine.plans import EnginePlan
from dialer.engine.sight import EngineSight
from dialer.features.accounts.first_start import make_first_admin
from dialer.features.agents.parts import PHONES_CHANGED
from dialer.features.alerts.parts import ALERTING
from dialer.features.calls.parts import CALLS
from dialer.features.every import FEATURES
from dialer.features.figures.parts import REPORTS
from dialer.features.figures.reports import reports_over
from dialer.features.live.parts import LIVE
from dialer.features.live.push import LivePush
from dialer.features.operations.link_figures import link_figures
from dialer.features.operations.ops import Ops
from dialer.features.operations.parts import OPS
from dialer.features.operations.trunk_figures import TrunkFigures
from dialer.features.phones.desk import PhoneDesk
from dialer.features.phones.parts import PHONES
from dialer.features.reconcile.nightly import Nightly
from dialer.features.reconcile.parts import RECONCILER
from dialer.features.recordings.keys import recording_key
from dialer.features.recordings.parts import LIBRARY
from dialer.features.settings.ledger import Author, SettingsLedger
from dialer.features.settings.parts import CHANGE_SETTINGS
from dialer.features.settings.reloading import Reloader, prepared
from dialer.features.settings.rulebook import Rules
from dialer.features.simulations.parts import SIMULATE, SIMULATIONS
from dialer.features.supervision.parts import LISTENING
from dialer.features.system.parts import READINESS, REFRESH, RELOAD
from dialer.features.webhooks.book import KEY as WEBHOOKS_KEY
from dialer.features.webhooks.parts import BOOK, SENDER
from dialer.kit.context import ApiContext
from dialer.kit.export import EXPORTS, FOLDER, Exports
from dialer.kit.jobs import jobs_of, keep_doing
from dialer.kit.parts import parts
from dialer.kit.start_errors import StartError
from dialer.log import LogOutlet
from dialer.metrics import Metrics
from dialer.ports.clock import SystemClock
from dialer.ports.control import FloorView, Refusal
from dialer.ports.store import StoreError
from dialer.service.assembly import (
    Machinery,
    machinery,
    opened_bus,
    opened_store,
)
from dialer.service.draining import calls_up, drain
from dialer.service.endings import Endings
from dialer.service.holding import Hold, asterisk_hold, claim_asterisk, myself
from dialer.service.in_force import InForce
from dialer.service.node import ManagedNode, described_node
from dialer.service.readiness import answers, fault_of
from dialer.service.steering import Parts, Steering
from dialer.service.upkeep import (
    abandon_windows,
    forever,
    keep_figures,
    measure_lag,
    take_what_is_owed,
    watch_files,
)
from dialer.settings import Settings, clock_notes
from dialer.settings.changes import Reloaded
from dialer.settings.secrets import SecretsError, SecretsFile, replace_file
from dialer.state_folder import SERVICE_FILE, TOKEN
from dialer.tasks import spawn, stop
from recordings.library import Library

log = structlog.get_logger(__name__)


class Service:
    """One engine with its store, switch and API. `start`, then `stop`; `reload` in between."""

    def __init__(self, settings: Settings, outlet: LogOutlet | None = None) -> None:
        self._first = settings
        self._outlet = outlet
        self.clock = SystemClock()
        self.metrics = Metrics(self.clock.steady)
        self.live = LivePush(self.clock)
        self._endings = Endings()
        self._machinery: Machinery | None = None
        self._node: ManagedNode | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._me = myself(settings.state_dir)
        self._exports = Exports(settings.state_dir / FOLDER, self.clock)
        #: Another engine has taken over: nothing here is ours any more.
        self.over = asyncio.Event()
        self.url = ""

    @property
    def settings(self) -> Settings:
        """Those in force, once it has started."""
        return self.reloader.settings

    # --- life ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Everything, in order. What was started is ended again when a part fails: StartError."""
        try:
            await self._start()
        except BaseException:
            await self._endings.all()
            raise

    async def _start(self) -> None:
        settings = self._first
        self._store = await opened_store(settings)
        self._endings.add("store", self._store.close)
        self.ledger = SettingsLedger(self._store, self.clock)
        self.reloader = Reloader(
            settings, self._apply, keep=self.ledger.note, version_of=self.ledger.version_of
        )
        self._in_force = InForce(self._store, self.clock, lambda: self.reloader.by)
        self._reports = reports_over(lambda: self.settings, self.clock.now)
        show = self.metrics.show_differences
        self._nightly = Nightly(self._store, lambda: self.settings, self.clock, show)
        self._endings.add("reconciling", self._nightly.close)
        await self._hold_database()
        await make_first_admin(self._store, self.clock)
        self._bus = await opened_bus(settings)
        self._endings.add("bus", self._bus.close)
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
        self._endings.add("hold", hold.give_up)
        keeping = spawn(hold.keep(), name="hold")
        self._endings.add("keeping the hold", lambda: stop(keeping))

    async def _start_node(self) -> None:
        if self._first.asterisk.run == "managed":
            self._node = ManagedNode(self._first, self._store)
            self._described = await self._node.start()
            self._endings.add("asterisk", self._end_node)
            keeping = spawn(forever(self._node.keep_up), name="keep Asterisk up")
            self._endings.add("keeping Asterisk up", lambda: stop(keeping))
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
                live=self.live,
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
        await self._in_force.begin(settings, machine.rulebook, rules)
        open_attempts = await self._store.attempts.still_open()
        await machine.recorder.start([attempt.attempt_id for attempt in open_attempts])
        self._endings.add("recorder", machine.recorder.close)
        self._phones = PhoneDesk(
            AstdbPhoneKeys(machine.switch.ami, self._described), self._store, self.clock
        )
        self.control = EngineControl(machine.engine, machine.listening)
        self.metrics.views = self._views
        self.metrics.links = lambda: (link_figures(machine.switch),)
        self.metrics.inboxes = lambda: {
            pool: runner.depth for pool, runner in machine.engine.runners.items()
        }
        self._endings.add("engine", machine.engine.close)
        self._endings.add("listening in", machine.listening.close)
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
                ledger=self.ledger,
                engine=engine,
                control=self.control,
                clock=self.clock,
                windows=lambda: self.metrics.windows,
                failures=self._recordings_lost,
                live=self.live,
                trunks=trunks,
                foresight=self._machinery.foresight,
                webhooks_key=self._secret(WEBHOOKS_KEY).encode(),
                differences=lambda: self._nightly.open,
            )
        )
        self._endings.add("steering", self.steering.stop)
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
        self._start_live()
        self._api = self._context(self._secret(TOKEN))
        app = create_app(self._api)
        server = ApiServer(app, service.host, service.port, max_connections=service.max_connections)
        try:
            await server.start()
        except OSError as error:
            raise StartError(error.strerror or str(error)) from None
        self._endings.add("api", server.stop)
        self.url = server.url
        path = self._first.state_dir / SERVICE_FILE
        replace_file(path, json.dumps({"url": self.url, "pid": os.getpid()}) + "\n", mode=0o600)
        self._endings.add("service file", partial(asyncio.to_thread, path.unlink, missing_ok=True))

    def _secret(self, name: str) -> str:
        """Of this installation, made at the first start. Raises StartError."""
        try:
            return SecretsFile(self._first.state_dir).get_or_make(name)
        except SecretsError as error:
            raise StartError(str(error)) from None

    def _start_live(self) -> None:
        assert self._machinery is not None
        engine = self._machinery.engine
        sight = EngineSight(engine, self.control, lambda: self.metrics.windows)
        self.live.start(sight, self._refresh)
        self._endings.add("live push", self.live.stop)

    def _start_upkeep(self) -> None:
        assert self._machinery is not None
        engine = self._machinery.engine
        upkeep: dict[str, Callable[[], Awaitable[None]]] = {
            "clocks": engine.timekeeper.run,
            "loop lag": lambda: measure_lag(self.metrics),
            "figures": lambda: keep_figures(engine, self._store, self.metrics),
            "settings that are owed": lambda: take_what_is_owed(self.reloader),
            "listening in": self._machinery.listening.look,
        }
        if self._first.service.watch_s > 0:
            watch_s = self._first.service.watch_s
            upkeep["settings files"] = lambda: watch_files(self.reloader, watch_s)
        self._endings.add("reports", self._reports.close)
        self._endings.add("exports", self._exports.close)
        self._tasks = [spawn(forever(job), name=name) for name, job in upkeep.items()]
        self._tasks += [spawn(keep_doing(it, self._api), name=it.name) for it in jobs_of(FEATURES)]
        self._endings.add("upkeep", lambda: stop(*self._tasks))

    async def drain(self, seconds: float) -> int:
        """Place no new call, and wait until those that are up have ended; how many are left."""
        assert self._machinery is not None
        return await drain(self._machinery.engine, self.clock, seconds)

    def calls_up(self) -> int:
        """Attempts that are not over."""
        return 0 if self._machinery is None else calls_up(self._machinery.engine)

    async def stop(self) -> None:
        """End everything in order. Calls that are up go on in Asterisk."""
        await self._endings.all()

    async def _end_node(self) -> None:
        assert self._node is not None
        if self._node.is_ours and not self.calls_up():
            await self._node.stop()

    # --- settings --------------------------------------------------------------------------------

    async def reload(self, by: str = "settings") -> Reloaded | Refusal:
        """As `Reloader.reload`."""
        return await self.reloader.reload(Author(who=by))

    async def _apply(
        self, settings: Settings, plan: EnginePlan, rules: Mapping[str, Rules]
    ) -> None:
        """Raises ValueError or StoreError before anything has changed."""
        assert self._machinery is not None
        engine, rulebook = self._machinery.engine, self._machinery.rulebook
        await self._in_force.change(settings, plan, rules, engine=engine, rulebook=rulebook)
        if self._outlet is not None:
            self._outlet.set_levels(settings.log.level, settings.log.levels)

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
            parts=parts(
                RELOAD.bind(self.reload),
                READINESS.bind(self.readiness),
                PHONES_CHANGED.bind(self._phones_changed),
                REFRESH.bind(self._refresh),
                LIVE.bind(self.live),
                CALLS.bind(EngineCallControl(self._machinery.engine)),
                PHONES.bind(self._phones),
                LISTENING.bind(self._machinery.listening),
                CHANGE_SETTINGS.bind(self.reloader.change),
                SIMULATE.bind(self.steering.simulate),
                SIMULATIONS.bind(self.steering.simulations),
                ALERTING.bind(self.steering.alerting),
                OPS.bind(self._ops),
                RECONCILER.bind(self._nightly),
                BOOK.bind(self.steering.book),
                SENDER.bind(self.steering.webhooks),
                EXPORTS.bind(self._exports),
                REPORTS.bind(self._reports),
                LIBRARY.bind(Library(self._first.recording_dir, key=recording_key(self._first))),
            ),
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
            "database": self._machinery.engine.records.fault or await fault_of(self._store),
            "bus": None if await answers(self._bus) else "the live bus does not answer",
            "asterisk": None if is_up else "no Asterisk can be reached",
        }

    async def _phones_changed(self) -> str | None:
        if self._node is None:
            return "give your Asterisk the phone: dialer asterisk render"
        assert self._machinery is not None
        ami = self._machinery.switch.ami
        return await self._node.phones_changed(lambda module: ami.action("Reload", Module=module))
