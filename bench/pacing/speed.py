"""How long a decision takes: a full floor, reports between the questions.

`python -m bench.pacing.speed`
"""

from __future__ import annotations

import random
import time

from rich.console import Console

from bench.tables import Report, quantile
from pacing import Pacer, PacingSettings, open_pacer


def full_floor(reps: int, calls: int, groups: int, rng: random.Random) -> tuple[Pacer, float]:
    """A pacer that has learned, all reps talking, the calls ringing; and the time."""
    pacer = open_pacer(PacingSettings())
    at = 0.0
    for i in range(reps):
        pacer.agent(at, f"r{i}", "ready")
    for i in range(3000):
        pacer.placed(at, f"t{i}", f"g{i % groups}")
    for i in range(3000):
        at += 0.01
        if rng.random() >= 0.3:
            pacer.ended(at, f"t{i}", "no_answer")
            continue
        pacer.answered(at, f"t{i}", "human")
        pacer.connected(at, f"t{i}", f"r{i % reps}")
    for i in range(reps):
        pacer.agent(at, f"r{i}", "talking" if rng.random() < 0.9 else "wrapup")
    for i in range(calls):
        at += 20.0 / calls
        pacer.placed(at, f"c{i}", f"g{i % groups}")
    return pacer, at


def measure(reps: int, calls: int, groups: int, questions: int) -> dict[str, object]:
    rng = random.Random(1)
    pacer, at = full_floor(reps, calls, groups, rng)
    asked, reported, again = [], [], []
    for i in range(questions):
        at += 0.003
        start = time.perf_counter()
        pacer.ended(at, f"c{i}", "no_answer")
        pacer.placed(at, f"c{calls + i}", f"g{i % groups}")
        pacer.agent(at, f"r{rng.randrange(reps)}", "wrapup" if i % 2 else "talking")
        middle = time.perf_counter()
        pacer.calls_to_place(at)
        end = time.perf_counter()
        pacer.calls_to_place(at)
        again.append(time.perf_counter() - end)
        asked.append(end - middle)
        reported.append((middle - start) / 3.0)

    def us(values: list[float], share: float) -> str:
        return f"{1e6 * quantile(sorted(values), share):.0f}"

    return {
        "reps": reps,
        "calls in progress": calls,
        "groups": groups,
        "decision µs": us(asked, 0.5),
        "p99 µs": us(asked, 0.99),
        "worst µs": us(asked, 1.0),
        "asked again µs": f"{1e6 * quantile(sorted(again), 0.5):.1f}",
        "report µs": us(reported, 0.5),
    }


def add_to(report: Report, questions: int) -> None:
    for reps, calls, groups in ((500, 3000, 1), (500, 3000, 20), (1000, 2000, 1), (10, 30, 1)):
        report.row("Speed of a decision", measure(reps, calls, groups, questions))


if __name__ == "__main__":
    mine = Report("pacing-speed")
    add_to(mine, 3000)
    mine.show(Console())
    mine.keep()
