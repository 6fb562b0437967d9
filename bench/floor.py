"""What a floor costs: 1,000 reps, 2,000 calls in progress, 300 calls a second, pacing excluded.

Twice: `step` alone, and the whole turn of the engine around it (log, orders, records on their way)
without what waits for the world: store, switch, network.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.tables import Report
from dialer.engine.runner import FloorRunner
from dialer.floor import CampaignRules, Floor, PoolRules, open_floor, step
from dialer.floor import commands as cmd
from dialer.floor import events as ev
from dialer.ports.leads import ToDial
from dialer.ports.store import Campaign, Lead, LeadNumber
from dialer.words import CampaignState, LeadState
from tests.kit.pacer import ScriptedPacer
from tests.kit.small_engine import SmallEngine

REPS, CALLS_PER_S, ANSWERED = 1000, 300.0, 0.3
#: Ring 6.7 s on average and talk 2.2 s each second make some 2,000 calls in progress.
RING_S, TALK_S, WRAPUP_S = (2.0, 11.0), (5.0, 15.0), 1.0
RULES = CampaignRules(running=True, wrapup_limit=WRAPUP_S, routing="longest_idle")


class FreePacer(ScriptedPacer):
    """Costs next to nothing and wishes as many calls as the benchmark says."""

    def __init__(self) -> None:
        super().__init__()
        self.due = 0

    def calls_to_place(self, now: float) -> int:
        due, self.due = self.due, 0
        return due

    def _nothing(self, *told: object) -> None: ...

    agent = placed = ringing = ended = answered = connected = abandoned = _nothing  # type: ignore[assignment]
    leaving = finishing = _nothing  # type: ignore[assignment]


@dataclass
class World:
    """What callees do, as a calendar of events."""

    tell: Callable[[ev.Event, float], None]
    pacer: FreePacer
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    calendar: list[tuple[float, int, ev.Event]] = field(default_factory=list)
    order: Any = field(default_factory=count)
    now: float = 1000.0
    events: int = 0
    calls: int = 0
    offers: int = 0
    most: int = 0

    def at(self, when: float, event: ev.Event) -> None:
        heapq.heappush(self.calendar, (when, next(self.order), event))

    def obey(self, commands: Sequence[cmd.Command]) -> None:
        for command in commands:
            if isinstance(command, cmd.Place):
                self.dial(command.attempt)
            elif isinstance(command, cmd.Connect):
                self.talk(command.attempt, command.leg)
            elif isinstance(command, cmd.PlayMessage):
                self.at(self.now + 5.0, ev.HungUp(command.attempt, self.now + 5.0, 16))

    def dial(self, attempt: str) -> None:
        self.calls += 1
        t, rings = self.now, self.rng.uniform(*RING_S)
        self.at(t + 0.01, ev.Dispatched(attempt, t + 0.01, "carrier", "local"))
        self.at(t + 1.0, ev.Rang(attempt, t + 1.0))
        end = t + 1.0 + rings
        if self.rng.random() < ANSWERED:
            self.at(end, ev.PickedUp(attempt, end))
            self.at(end + 0.002, ev.RouteAsked(attempt, end))
        else:
            self.at(end, ev.OriginateFailed(attempt, 3))
            self.at(end + 0.001, ev.HungUp(attempt, end, 19))

    def talk(self, attempt: str, leg: str) -> None:
        t = self.now + 0.002
        end = t + self.rng.uniform(*TALK_S)
        self.at(t, ev.Bridged(attempt, leg, t))
        self.at(end, ev.Unbridged(attempt, leg, end))
        self.at(end, ev.LegParked(leg, end))
        self.at(end, ev.HungUp(attempt, end, 16, "callee"))

    def offer(self, keep: Callable[[str], None], campaign: str = "gold") -> ev.LeadsOffered:
        offers = []
        for _ in range(200):
            self.offers += 1
            offers.append(ev.Offer(f"attempt{self.offers}", f"lead{self.offers}"))
            keep(offers[-1].attempt)
        return ev.LeadsOffered(campaign, offers)

    def run(self, seconds: float, floor: Floor, keep: Callable[[str], None]) -> None:
        end, tick = self.now + seconds, self.now
        while tick < end:
            tick += 0.02
            while self.calendar and self.calendar[0][0] <= tick:
                self.now, _, event = heapq.heappop(self.calendar)
                self.events += 1
                self.tell(event, self.now)
            self.now = tick
            self.pacer.due = round(CALLS_PER_S * 0.02)
            if len(floor.campaigns["gold"].hopper) < 100:
                self.tell(self.offer(keep), tick)
            self.tell(ev.Ticked(), tick)
            self.most = max(self.most, len(floor.attempts))


def log_in(world: World) -> None:
    world.tell(ev.CampaignSet("gold", RULES), world.now)
    world.tell(ev.SwitchFound(), world.now)
    for i in range(REPS):
        agent = f"rep{i:04}"
        world.tell(ev.LoggedIn(agent), world.now)
        world.tell(ev.LegParked(f"leg-run-{i + 1}-{agent}", world.now), world.now)
        world.tell(ev.ReadyAsked(agent), world.now)


def step_alone(seconds: float) -> dict[str, object]:
    floor = open_floor("main", "run", PoolRules(), 1000.0)
    pacer = floor.pacer = FreePacer()
    spent = 0.0

    def tell(event: ev.Event, now: float) -> None:
        nonlocal spent
        began = time.process_time()
        commands = step(floor, event, now)
        spent += time.process_time() - began
        world.obey(commands)

    world = World(tell, pacer)
    log_in(world)
    world.run(20.0, floor, lambda attempt: None)
    return measured("step alone", world, lambda: spent, floor, seconds, lambda attempt: None)


async def whole_turn(seconds: float, folder: Path) -> dict[str, object]:
    small = SmallEngine(state_dir=folder)
    engine, spent = small.engine, 0.0
    engine._open(engine.plans.pools[0])
    campaign = Campaign(
        id="gold", name="gold", pool="main", state=CampaignState.RUNNING, settings={},
        settings_version=1, created_at=0.0,
    )  # fmt: skip
    engine._know([campaign])
    runner = engine.runners["main"]
    pacer = runner.floor.pacer = FreePacer()
    runner.floor.run = "run"
    for i in range(REPS):
        engine.agents[f"rep{i:04}"] = _Endpoint()  # type: ignore[assignment]

    def tell(event: ev.Event, now: float) -> None:
        nonlocal spent
        began = time.process_time()
        runner.post(event)
        runner.drain()
        spent += time.process_time() - began

    world = World(tell, pacer)
    small.clock.now = lambda: world.now  # type: ignore[method-assign]
    _listen(runner, world)
    small.switch.answer_phones = False
    small.switch.route = lambda attempt, to: True  # type: ignore[method-assign]
    runner.floor.now = runner.floor.last_ask = world.now
    runner.start()
    log_in(world)

    def keep(attempt: str) -> None:
        engine.offers.keep(attempt, ToDial(_lead(attempt), "+12125550100"))
        engine.placer._orders.clear()
        engine.records._items.clear()

    world.run(20.0, runner.floor, keep)
    found = measured("whole turn", world, lambda: spent, runner.floor, seconds, keep)
    runner.stop()
    return found


class _Endpoint:
    endpoint = "sip"


def _lead(attempt: str) -> Lead:
    return Lead(
        id=f"lead-{attempt}", campaign_id="gold", list_name="", state=LeadState.QUEUED,
        priority=50, name="", timezone=None, language=None, owner=None, custom={},
        next_call_at=0.0, attempts=0, last_call_at=None, numbers=(LeadNumber("+12125550100"),),
    )  # fmt: skip


def _listen(runner: FloorRunner, world: World) -> None:
    dispatch = runner._outlet.dispatch

    def both(floor: FloorRunner, commands: Sequence[cmd.Command]) -> None:
        dispatch(floor, commands)
        world.obey(commands)

    runner._outlet.dispatch = both  # type: ignore[method-assign]


def measured(
    what: str,
    world: World,
    spent: Callable[[], float],
    floor: Floor,
    seconds: float,
    keep: Callable[[str], None],
) -> dict[str, object]:
    cpu, events, calls = spent(), world.events, world.calls
    world.run(seconds, floor, keep)
    cpu, events, calls = spent() - cpu, world.events - events, world.calls - calls
    return {
        "what": what,
        "reps": REPS,
        "calls in progress": world.most,
        "calls/s": round(calls / seconds),
        "events/s on one core": round(events / cpu),
        "µs per event": round(1e6 * cpu / events, 1),
        "ms per call": round(1e3 * cpu / calls, 3),
        "share of a core": f"{cpu / seconds:.0%}",
    }


async def one_rep(reps: int, rounds: int = 2000) -> dict[str, object]:
    """What the answer to a rep's press of a button costs to put together, beside a whole floor."""
    async with SmallEngine(reps=reps) as small:
        for rep in small.reps:
            await small.control.agent_login(rep)
        control = small.control
        one = _each(lambda: control.agent(small.reps[-1]), rounds)
        whole = _each(lambda: control.floor("main"), max(1, rounds // 200))
    return {"reps": reps, "ms for one rep": round(one, 4), "ms for the floor": round(whole, 2)}


def _each(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds of the processor for one of `rounds`."""
    assert work() is not None
    start = time.process_time()
    for _ in range(rounds):
        work()
    return 1e3 * (time.process_time() - start) / rounds


def run(report: Report, quick: bool = False) -> None:
    seconds, title = 5.0 if quick else 30.0, "A floor, pacing excluded"
    for reps in (50, 500):
        report.row("What a rep's own screen is told", asyncio.run(one_rep(reps)))
    report.row(title, step_alone(seconds))
    with tempfile.TemporaryDirectory() as folder:
        report.row(title, asyncio.run(whole_turn(seconds, Path(folder))))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.floor", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    report = Report("floor")
    run(report, parser.parse_args(arguments).quick)
    report.show(Console())
    report.keep()


if __name__ == "__main__":
    main()
