"""The whole engine in this process over a real Asterisk pair: what acceptance tests and benches
drive.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from dialer.asterisk.node_settings import Trunk
from dialer.asterisk.switch import AsteriskSwitch
from dialer.compliance.gate import ComplianceGate
from dialer.compliance.rules import CallingRules
from dialer.engine.control import EngineControl
from dialer.engine.engine import Engine
from dialer.engine.plans import CampaignPlan, EnginePlan, PoolPlan, TrunkPlan
from dialer.floor import CampaignRules, PoolRules
from dialer.leads.hopper import Hopper
from dialer.leads.recycle import RecycleRules
from dialer.ports.clock import SystemClock
from dialer.ports.observer import NoObserver
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import Agent, Cdr, LeadNumber, NewLead, Store
from dialer.ports.switch import SwitchDownError
from dialer.sim.floor_replay import replay
from dialer.store.sql_store import open_store
from dialer.words import Codec
from recordings.absent import no_recording
from recordings.recorder import FileRecorder
from tests.kit.asterisk import AsteriskPair

PROGRESSIVE = PoolRules(method="progressive")
NO_WRAPUP = CampaignRules(wrapup_limit=0.0)
FIELD_RECYCLING = RecycleRules()
CARRIER = TrunkPlan("carrier", caller_ids=("+12125550199",))
ALWAYS = CallingRules(start="00:00", end="24:00", max_per_24h=99, max_per_day=99, pause_minutes=0.0)


class CountingObserver(NoObserver):
    """Counts what tests ask about."""

    def __init__(self) -> None:
        self.blocks: Counter[str] = Counter()
        self.surprises: Counter[tuple[str, str]] = Counter()

    def blocked(self, campaign: str, rule: str) -> None:
        self.blocks[rule] += 1

    def impossible(self, pool: str, state: str, event: str) -> None:
        self.surprises[state, event] += 1


@dataclass(frozen=True, slots=True)
class RigOptions:
    """What differs from one test to the next."""

    pool: PoolRules = PROGRESSIVE
    campaign: CampaignRules = NO_WRAPUP
    calling: CallingRules = ALWAYS
    recycle: RecycleRules = FIELD_RECYCLING
    trunk: TrunkPlan = CARRIER
    #: In the order of their worth, in place of `trunk`.
    trunks: tuple[TrunkPlan, ...] = ()
    detect_machines: bool = False
    record: bool = True
    codec: Codec = "wav"
    store_url: str = ""
    #: At the end the floor's log is run again and must give the same orders.
    replayed: bool = True
    ami_port: int | None = None
    max_call_s: float | None = None
    language: str = "en"
    message: str = ""


@dataclass
class Rig:
    engine: Engine
    control: EngineControl
    store: Store
    switch: AsteriskSwitch
    recorder: FileRecorder
    observer: CountingObserver
    campaign_id: str
    state_dir: Path
    agents: list[str] = field(default_factory=list)

    async def add_leads(self, numbers: Sequence[str], names: Sequence[str] = ()) -> list[str]:
        """Leads of one number each, dialed in this order; their ids."""
        leads = [
            NewLead(numbers=[LeadNumber(number)], name=names[i] if i < len(names) else f"Lead {i}")
            for i, number in enumerate(numbers)
        ]
        added = await self.store.leads.add(self.campaign_id, leads, now=self.engine.clock.now())
        return list(added.lead_ids)

    async def log_in(self, count: int, *, ready: bool = True) -> None:
        """Reps rep01 to rep<count>, their phones parked."""
        for number in range(len(self.agents) + 1, count + 1):
            name = f"rep{number:02}"
            if await self.store.agents.by_name(name) is None:
                await self.store.agents.add(Agent(id=name, name=name, endpoint=name, pool="main"))
            self.agents.append(name)
            assert await self.control.agent_login(name) is None
        await self.until(lambda: self.parked() >= count, 15, "every phone is parked")
        if ready:
            for name in self.agents:
                assert await self.control.agent_ready(name) is None

    async def dial(self) -> None:
        assert await self.control.campaign_start("demo") is None

    def parked(self) -> int:
        floor = self.engine.runners["main"].floor
        return sum(agent.phone.value in {"parked", "bridged"} for agent in floor.agents.values())

    def phases(self) -> Counter[str]:
        """How many calls are in each phase now."""
        floor = self.engine.runners["main"].floor
        return Counter(attempt.phase.value for attempt in floor.attempts.values())

    def states(self) -> dict[str, str]:
        floor = self.engine.runners["main"].floor
        return {agent.agent: agent.state.public for agent in floor.agents.values()}

    async def until(
        self, condition: Callable[[], object], within_s: float = 10.0, what: str = ""
    ) -> None:
        """Return when `condition()` holds. Raises TimeoutError that says what was waited for."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        while not condition():
            if loop.time() > deadline:
                state = f"calls {dict(self.phases())}, reps {self.states()}"
                raise TimeoutError(f"not within {within_s:g} s: {what or condition}; {state}")
            await asyncio.sleep(0.01)

    async def cdrs(self) -> list[Cdr]:
        """Every record, once everything asked for until now is written."""
        await self.engine.records.drained()
        return [cdr async for cdr in self.store.attempts.export(EVERYTHING)]

    async def until_ended(self, count: int, within_s: float = 30.0) -> list[Cdr]:
        """The records of `count` attempts, all ended."""
        tally = self.engine.tallies["main"].campaign("demo")
        await self.until(lambda: tally.ended >= count, within_s, f"{count} attempts ended")
        return await self.cdrs()


async def _hang_up_all(rig: Rig) -> None:
    """Phones and calls outlive an engine; the next test must not find them."""
    for name in rig.agents:
        await rig.control.agent_logout(name)
    while channels := await rig.switch.live_channels():
        for channel in channels:
            rig.switch.hang_up(channel.channel)
        await asyncio.sleep(0.02)


def _plan(options: RigOptions) -> EnginePlan:
    trunks = options.trunks or (options.trunk,)
    campaign = CampaignPlan(
        name="demo",
        pool="main",
        rules=options.campaign,
        trunks=tuple(trunk.name for trunk in trunks),
        language=options.language,
        message=options.message,
        record=options.record,
        detect_machines=options.detect_machines,
    )
    return EnginePlan(pools=(PoolPlan("main", options.pool),), campaigns=(campaign,), trunks=trunks)


@dataclass(frozen=True, slots=True)
class NodeAddress:
    """Where an Asterisk, real or not, is to be found, and where files go."""

    ami_port: int
    secret: str
    trunks: tuple[Trunk, ...]
    folder: Path
    ledger: Path | None = None

    @classmethod
    def of(cls, pair: AsteriskPair, options: RigOptions) -> NodeAddress:
        node = pair.node.settings
        port = options.ami_port or node.ports.ami
        secret = node.secrets.ami_dialer
        return cls(port, secret, node.trunks, pair.folder, node.ledger)


@asynccontextmanager
async def engine_rig(
    where: AsteriskPair | NodeAddress, options: RigOptions | None = None
) -> AsyncIterator[Rig]:
    """An engine on `pair`, its link up; closed with what it started, whatever happens in
    between.
    """
    options = options or RigOptions()
    node = where if isinstance(where, NodeAddress) else NodeAddress.of(where, options)
    rig = await _build(node, options)
    went_well = False
    try:
        await rig.recorder.start()
        await rig.engine.start()
        await rig.until(lambda: rig.switch.is_up, 10, "the AMI link is up")
        yield rig
        went_well = True
    finally:
        with suppress(SwitchDownError, TimeoutError):
            await asyncio.wait_for(_hang_up_all(rig), 5)
        await rig.engine.close()
        await rig.recorder.close()
        await rig.store.close()
    if went_well and options.replayed:
        check_replay(rig.state_dir)


def check_replay(state_dir: Path) -> None:
    """What the floor ordered, it orders again from its log, bit for bit."""
    for path in state_dir.glob("floors/*/*.jsonl"):
        replayed = replay(path)
        assert replayed.is_identical, f"{path}: {replayed.divergence}"


async def _build(node: NodeAddress, options: RigOptions) -> Rig:
    clock, observer = SystemClock(), CountingObserver()
    url = options.store_url or f"sqlite:///{node.folder}/dialer-{clock.now():.6f}.db"
    store = await open_store(url)
    gate = ComplianceGate(store, lambda campaign: options.calling)
    switch = AsteriskSwitch(
        host="127.0.0.1",
        port=node.ami_port,
        username="dialer",
        secret=node.secret,
        trunks=node.trunks,
        clock=clock,
        ledger=node.ledger,
        max_call_s=options.max_call_s,
    )
    recordings = node.folder / "recordings"
    state_dir = node.folder / f"state-{clock.now():.6f}"
    recorder = FileRecorder(
        recordings,
        store.recordings,
        codec=options.codec,
        on_none=partial(no_recording, store.attempts),
    )
    engine = Engine(
        plan=_plan(options),
        switch=switch,
        store=store,
        leads=Hopper(store, gate, lambda campaign: options.recycle),
        gate=gate,
        recorder=recorder,
        clock=clock,
        observer=observer,
        state_dir=state_dir,
    )
    campaign = await store.campaigns.create(
        "demo", pool="main", settings={}, now=clock.now(), who="test"
    )
    return Rig(
        engine=engine,
        control=EngineControl(engine),
        store=store,
        switch=switch,
        recorder=recorder,
        observer=observer,
        campaign_id=campaign.id,
        state_dir=state_dir,
    )
