"""How much one engine carries: a fake Asterisk in its own process, everything else real.

The reps talk for a few seconds and need no wrap-up, so that a thousand of them take 300 calls a
second. The engine's CPU is this process's own; one core is the target.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench.tables import Report, quantile
from dialer.asterisk.node_settings import Trunk
from dialer.engine.plans import TrunkPlan
from dialer.floor import CampaignRules, PoolRules
from tests.kit.rig import NodeAddress, Rig, RigOptions, engine_rig

LAW = "answer=0.5,busy=0.1,ring_s=3,talk_s=5"
SECRET = "secret-of-the-bench"


@dataclass(frozen=True)
class Load:
    reps: int
    rate: float
    seconds: float
    method: str = "ratio"


def run(report: Report, quick: bool = False) -> None:
    seconds = 10.0 if quick else 30.0
    loads = [Load(100, 50.0, seconds), Load(1000, 150.0, seconds), Load(1000, 300.0, seconds)]
    loads.append(Load(1000, 300.0, seconds, "predictive"))
    for load in loads:
        report.row("one engine against a fake Asterisk", uvloop.run(measure(load)))


async def measure(load: Load) -> dict[str, object]:
    folder = Path(tempfile.mkdtemp(prefix="dialer-bench-"))
    with fake_asterisk(folder) as port:
        trunk = TrunkPlan("carrier", calls_per_second=load.rate, caller_ids=("+12125550199",))
        node = NodeAddress(port, SECRET, (Trunk("carrier", "127.0.0.1"),), folder)
        options = RigOptions(
            pool=PoolRules(method=load.method, ratio=20.0),  # type: ignore[arg-type]
            campaign=CampaignRules(wrapup_limit=0.0, ring_timeout=10.0),
            trunk=trunk,
            record=False,
            replayed=False,
        )
        async with engine_rig(node, options) as rig:
            return await _drive(rig, load)


async def _drive(rig: Rig, load: Load) -> dict[str, object]:
    for start in range(0, int(load.rate * load.seconds * 1.5), 5000):
        await rig.add_leads([f"+1212{n:07d}" for n in range(start, start + 5000)])
    await rig.log_in(load.reps)
    await rig.dial()
    tally = rig.engine.tallies["main"].campaign("demo")
    await asyncio.sleep(8)  # until calls come in and end at the same rate
    cpu, began, ended, placed = time.process_time(), time.monotonic(), tally.ended, tally.placed
    events = rig.switch.ami.counters.events
    lags = await _lags(load.seconds)
    cpu, took = time.process_time() - cpu, time.monotonic() - began
    ended, placed = tally.ended - ended, tally.placed - placed
    events = rig.switch.ami.counters.events - events
    cdrs = await rig.cdrs()
    waits = sorted(c.wait_seconds for c in cdrs if c.wait_seconds is not None)
    return {
        "reps": load.reps,
        "pacing": load.method,
        "calls/s asked": load.rate,
        "calls/s placed": round(placed / took, 1),
        "calls/s ended": round(ended / took, 1),
        "AMI events/s": round(events / took),
        "engine CPU % of a core": round(100 * cpu / took, 1),
        "CPU ms/call": round(1000 * cpu / max(ended, 1), 2),
        "loop lag p99 ms": round(1000 * quantile(lags, 0.99), 1),
        "answer to bridge p99 ms": round(1000 * quantile(waits, 0.99), 1),
        "memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "surprises": _surprises(rig),
    }


def _surprises(rig: Rig) -> str:
    """Events that were impossible where they came, by state and kind: how many of which."""
    found = sorted(rig.observer.surprises.items(), key=lambda item: -item[1])
    return ", ".join(f"{count} {event} while {state}" for (state, event), count in found) or "0"


async def _lags(seconds: float) -> list[float]:
    """How late a timer of 50 ms fires: what a callee might wait for the loop."""
    loop, lags = asyncio.get_running_loop(), []
    end = loop.time() + seconds
    while loop.time() < end:
        due = loop.time() + 0.05
        await asyncio.sleep(0.05)
        lags.append(max(0.0, loop.time() - due))
    return sorted(lags)


@contextmanager
def fake_asterisk(folder: Path, law: str = LAW) -> Iterator[int]:
    """Its AMI port; it ends with the block."""
    program = [sys.executable, "-m", "tests.kit.fake_asterisk", "--secret", SECRET]
    process = subprocess.Popen(
        [*program, "--rate-law", law, "--ledger", str(folder / "ledger.csv")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield int(json.loads(process.stdout.readline())["ami_port"])
    finally:
        process.terminate()
        process.wait()
