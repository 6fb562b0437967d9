"""Answered calls on the real Asterisk: how long until both are in the bridge, and what it costs.

Callees answer at once and stay; each conversation is ended after a second. The engine runs in this
process, both Asterisks in theirs, all on this machine: CPU is each process's own.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from bench.tables import Report, quantile
from dialer.asterisk.install import install_asterisk
from dialer.asterisk.node_settings import AsteriskSettings
from dialer.engine.plans import TrunkPlan
from dialer.floor import CampaignRules, PoolRules
from dialer.floor.events import HangupAsked
from dialer.ports.store import Cdr
from dialer.realtime import go_first, spare_what_is_loaded
from tests.kit.asterisk import asterisk_pair
from tests.kit.rig import Rig, RigOptions, engine_rig

TALK_S = 1.0


@dataclass(frozen=True)
class Load:
    """`rate` calls a second for `seconds`; enough reps that one is always free."""

    rate: float
    seconds: float
    recorded: bool = True
    #: As `service.realtime`: the engine and its Asterisk go before the public network, which is
    #: part of this benchmark's load and not of the product's.
    first: bool = True

    @property
    def reps(self) -> int:
        return max(8, int(self.rate * (TALK_S + 0.4) * 1.3))

    @property
    def calls(self) -> int:
        return int(self.rate * self.seconds)


def run(report: Report, quick: bool = False) -> None:
    seconds = 5.0 if quick else 20.0
    # Those that share their time come first: a process that goes before others stays there.
    loads = [Load(rate, seconds, first=False) for rate in (20.0, 50.0)]
    loads += [Load(rate, seconds) for rate in (5.0, 20.0, 50.0)]
    loads.append(Load(50.0, seconds, recorded=False))
    for load in loads:
        report.row("answered calls on the real Asterisk", asyncio.run(_measure(load)))


async def _measure(load: Load) -> dict[str, object]:
    install = install_asterisk()
    went_first = load.first and go_first()
    spare_what_is_loaded()

    def change(node: AsteriskSettings) -> AsteriskSettings:
        return replace(node, realtime=load.first)

    with asterisk_pair(install, reps=load.reps, ports_each=1000, change_node=change) as pair:
        pool = PoolRules(method="ratio", ratio=3.0)
        trunk = TrunkPlan("carrier", calls_per_second=load.rate, caller_ids=("+12125550199",))
        rules = CampaignRules(wrapup_limit=0.0)
        options = RigOptions(
            pool=pool, campaign=rules, trunk=trunk, record=load.recorded, replayed=False
        )
        async with engine_rig(pair, options) as rig:
            figures = await _drive(rig, load, pair.node.pid() or 0)
    return {**figures, "goes first": went_first}


async def _drive(rig: Rig, load: Load, asterisk: int) -> dict[str, object]:
    await rig.add_leads(_numbers(load.calls))
    await rig.log_in(load.reps)
    ours, theirs, began = time.process_time(), _cpu_s(asterisk), time.monotonic()
    await rig.dial()
    tally = rig.engine.tallies["main"].campaign("demo")
    deadline = began + load.seconds * 3 + 20
    while tally.ended < load.calls and time.monotonic() < deadline:
        _end_talks(rig)
        await asyncio.sleep(0.02)
    took = time.monotonic() - began
    ours, theirs = time.process_time() - ours, _cpu_s(asterisk) - theirs
    return _figures(load, await rig.cdrs(), took, ours, theirs)


def _end_talks(rig: Rig) -> None:
    floor = rig.engine.runners["main"].floor
    for attempt in list(floor.attempts.values()):
        talked = attempt.bridged_at is not None and floor.now - attempt.bridged_at > TALK_S
        if talked and attempt.ending_by is None and attempt.agent:
            rig.engine.runners["main"].post(HangupAsked(attempt.agent))


def _figures(
    load: Load, cdrs: list[Cdr], took: float, ours: float, theirs: float
) -> dict[str, object]:
    waits = sorted(c.wait_seconds for c in cdrs if c.wait_seconds is not None)
    ended = max(1, len(cdrs))
    return {
        "calls/s asked": load.rate,
        "calls/s done": round(ended / took, 1),
        "calls": ended,
        "connected": sum(c.outcome == "connected" for c in cdrs),
        "recorded": load.recorded,
        "p50 ms": round(quantile(waits, 0.50) * 1000, 1),
        "p95 ms": round(quantile(waits, 0.95) * 1000, 1),
        "p99 ms": round(quantile(waits, 0.99) * 1000, 1),
        "engine CPU ms/call": round(ours / ended * 1000, 2),
        "Asterisk CPU ms/call": round(theirs / ended * 1000, 2),
        "engine / Asterisk": round(ours / max(theirs, 1e-9), 2),
    }


def _numbers(count: int) -> list[str]:
    """Numbers that answer at once and stay (they end in 92): more than the fictional ranges
    hold.
    """
    return [f"+1212{number:05d}92" for number in range(count)]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
