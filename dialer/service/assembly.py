"""All parts of the service, made in the order in which they need each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from dialer.asterisk.node_settings import Trunk
from dialer.asterisk.switch import AsteriskSwitch
from dialer.bus import open_bus
from dialer.compliance.earliest import ComplianceForesight
from dialer.compliance.gate import ComplianceGate
from dialer.engine.engine import Engine
from dialer.engine.in_use import NumbersInUse
from dialer.engine.listening import Listening
from dialer.engine.listening_floors import EngineFloors, ListeningObserver
from dialer.engine.plans import EnginePlan
from dialer.features.live.push import LivePush
from dialer.features.recordings.keys import recording_key
from dialer.features.settings.rulebook import Rulebook
from dialer.kit.start_errors import StartError
from dialer.leads.hopper import Hopper
from dialer.metrics import Metrics
from dialer.ports.bus import Bus, BusError
from dialer.ports.clock import FloorClock
from dialer.ports.observer import Observers
from dialer.ports.store import Store, StoreError
from dialer.settings import Settings
from dialer.settings.kinds import said
from dialer.settings.node import ami_secret, readable_ledger
from dialer.settings.secrets import PEOPLE, SecretsError, SecretsFile
from dialer.store import open_store
from recordings.absent import no_recording
from recordings.recorder import FileRecorder


async def opened_store(settings: Settings) -> Store:
    """The database, migrated to this version. Raises StartError."""
    try:
        key = SecretsFile(settings.state_dir).get_or_make(PEOPLE)
        store = await open_store(settings.store_url, people_key=key.encode())
        if await store.people.is_foreign():
            await store.close()
            raise StartError(
                f"people were erased from this database under another {PEOPLE}, and would be called"
                f" again: copy the line {PEOPLE} of the other secrets.toml into this one"
            )
    except (StoreError, SecretsError) as error:
        raise StartError(str(error)) from None
    return store


async def opened_bus(settings: Settings) -> Bus:
    """The live bus. Raises StartError."""
    try:
        bus = open_bus(said(settings.bus.url), client=settings.bus.client)
        await bus.start()
    except BusError as error:
        raise StartError(str(error)) from None
    return bus


@dataclass
class Machinery:
    """What dials: the engine and what it works with."""

    engine: Engine
    listening: Listening
    switch: AsteriskSwitch
    recorder: FileRecorder
    rulebook: Rulebook
    foresight: ComplianceForesight


def machinery(
    settings: Settings,
    *,
    plan: EnginePlan,
    store: Store,
    trunks: tuple[Trunk, ...],
    metrics: Metrics,
    live: LivePush,
    clock: FloorClock,
) -> Machinery:
    """Engine, switch and recorder, not started. Raises SecretsError, StartError."""
    rulebook = Rulebook()
    in_use = NumbersInUse()
    gate = ComplianceGate(store, rulebook.calling, in_use)
    switch = opened_switch(settings, trunks, clock)
    recorder = FileRecorder(
        settings.recording_dir,
        store.recordings,
        codec=settings.recording.codec,
        key=recording_key(settings),
        on_none=partial(no_recording, store.attempts),
        on_failure=lambda _reason: metrics.recording_failures.inc(),
        shared=settings.asterisk.run == "external",
    )
    turns = ListeningObserver()
    engine = Engine(
        plan=plan,
        switch=switch,
        store=store,
        leads=Hopper(store, gate, rulebook.recycle),
        gate=gate,
        recorder=recorder,
        clock=clock,
        observer=Observers(metrics, live.observer, turns),
        state_dir=settings.state_dir,
        node=settings.asterisk.node,
        in_use=in_use,
    )
    floors = EngineFloors(engine)
    listening = Listening(switch.spying, floors, store.audit, clock, live.agent_changed)
    turns.listening = listening
    foresight = ComplianceForesight(gate)
    return Machinery(engine, listening, switch, recorder, rulebook, foresight)


def opened_switch(
    settings: Settings, trunks: tuple[Trunk, ...], clock: FloorClock
) -> AsteriskSwitch:
    """The link to the configured Asterisk, not started. Raises SecretsError."""
    asterisk = settings.asterisk
    return AsteriskSwitch(
        host=asterisk.ami_host,
        port=asterisk.ami_port,
        username=asterisk.ami_user,
        secret=ami_secret(settings),
        trunks=trunks,
        clock=clock,
        ledger=readable_ledger(settings),
        agi_host=asterisk.agi_bind,
        agi_port=asterisk.agi_port,
        agi_advertise=asterisk.agi_advertise,
        agi_second=asterisk.agi_second,
        margin_s=asterisk.margin_s,
        max_call_s=asterisk.max_call_s,
        node=asterisk.node,
    )
