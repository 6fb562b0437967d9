"""Runs of a simulated effect in a process of its own: a job on standard input, a line for each
pair of runs on standard output.

`python -m dialer.sim.effect_worker`; the service starts and ends it.
"""

from __future__ import annotations

import base64
import os
import sys
import time

import msgspec
from msgspec import Struct

from dialer.sim.effect import Data, figures_of
from dialer.sim.read import checked
from dialer.sim.scenario import Scenario
from dialer.sim.shift import Shift

#: Behind everything that serves callers.
NICENESS = 10


class Job(Struct):
    """`first` and `step` say which seeds are this worker's; it ends when the budget is used up,
    but not before its first pair. `ledger` as in FloorNow.
    """

    now: Data
    then: Data
    saved: str = ""  # what the pacer knows, base64
    ledger: dict[str, tuple[int, int]] = {}
    first: int = 0
    step: int = 1
    pairs: int = 20
    budget_s: float = 10.0


class Pair(Struct):
    seed: int
    now: dict[str, float | None]
    then: dict[str, float | None]


class Trouble(Struct):
    """Why nothing can be run."""

    error: str


def scenario(data: Data) -> Scenario | Trouble:
    found = checked(data)
    return found if isinstance(found, Scenario) else Trouble(str(found.all[0]))


def main() -> None:
    """Run until the budget is used up."""
    os.nice(NICENESS)
    began = time.monotonic()
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    sides = [scenario(job.now), scenario(job.then)]
    for side in sides:
        if isinstance(side, Trouble):
            _say(side)
            return
    saved = base64.b64decode(job.saved) or None
    for at in range(job.pairs):
        took = (time.monotonic() - began) / max(1, at)
        if at and time.monotonic() - began + 0.5 * took > job.budget_s:
            return
        seed = job.first + at * job.step
        now, then = (_run(side, seed, saved, job) for side in sides)
        _say(Pair(seed, now, then))


def _run(
    side: Scenario | Trouble, seed: int, saved: bytes | None, job: Job
) -> dict[str, float | None]:
    assert isinstance(side, Scenario)
    shift = Shift(side, seed, saved=saved)
    shift.store.attempts.before = {
        name: (shift.starts_at - 1.0, answered, abandoned)
        for name, (abandoned, answered) in job.ledger.items()
    }
    return figures_of(shift.run())


def _say(told: Pair | Trouble) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
