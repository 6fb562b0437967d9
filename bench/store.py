"""What does an attempt cost in the database? `python -m bench.store [--url URL]`.

Claim, gate, open and close as the engine does them, in batches of ten and singly, over a list of
`--leads` leads. CPU is that of the whole process, so the thread that writes is in it. Each way of
opening and closing is measured with the journal and without, in turns.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from bench.tables import Report
from dialer.compliance import CallingRules, ComplianceGate
from dialer.ids import new_id
from dialer.ports.gate import Callee
from dialer.ports.store import ClosedAttempt, Lead, LeadNext, LeadNumber, NewAttempt, NewLead
from dialer.store import SqlStore, open_store
from dialer.store import attempts as attempts_module
from dialer.words import LeadState

NOW = 1_800_000_000.0


class Clock:
    """Wall and CPU milliseconds per item over many rounds."""

    def __init__(self) -> None:
        self.figures: dict[str, dict[str, float]] = {}

    async def measure(
        self, name: str, items: int, rounds: int, act: Callable[[int], Awaitable[object]]
    ) -> None:
        wall, cpu, longest = 0.0, 0.0, 0.0
        for turn in range(rounds):
            started, cpu_started = time.perf_counter(), time.process_time()
            await act(turn)
            took = time.perf_counter() - started
            wall, longest = wall + took, max(longest, took)
            cpu += time.process_time() - cpu_started
        count = items * rounds
        self.figures[name] = {
            "cpu_ms_per_item": round(cpu / count * 1000, 4),
            "wall_ms_per_item": round(wall / count * 1000, 4),
            "longest_call_ms": round(longest * 1000, 2),
        }


async def fill(store: SqlStore, campaign_id: str, count: int) -> None:
    for start in range(0, count, 5000):
        leads = [
            NewLead(numbers=[LeadNumber(f"+86138{i:08}", "mobile")], name="Li")
            for i in range(start, min(count, start + 5000))
        ]
        await store.leads.add(campaign_id, leads, now=NOW)


def attempt(lead: Lead) -> NewAttempt:
    return NewAttempt(
        attempt_id=new_id(),
        campaign_id=lead.campaign_id,
        lead_id=lead.id,
        number=lead.numbers[0].number,
        caller_id="+12025550100",
        trunk="main",
        node="one",
        placed_at=NOW,
    )


def closed(attempt_id: str) -> ClosedAttempt:
    return ClosedAttempt(
        attempt_id=attempt_id,
        ended_at=NOW + 20,
        outcome="no_answer",
        lead=LeadNext(LeadState.RETRY, NOW + 3600),
        ringing_at=NOW + 1,
        hangup_cause=19,
        hangup_by="dialer",
    )


async def bench(url: str, leads: int, rounds: int) -> dict[str, dict[str, float]]:
    store = await open_store(url)
    name = f"bench-{time.time_ns()}"
    campaign = await store.campaigns.create(name, pool="p", settings={}, now=NOW, who="bench")
    await fill(store, campaign.id, leads)
    clock = Clock()
    await one_size(store, campaign.id, clock, 10, rounds)
    await one_size(store, campaign.id, clock, 1, rounds)
    await consume(store, clock)
    await clock.measure("claim 50", 50, 20, lambda _: claim(store, campaign.id, 50))
    await clock.measure("count leads", 1, 5, lambda _: store.leads.counts(campaign.id))
    await store.close()
    return clock.figures


async def claim(store: SqlStore, campaign_id: str, count: int) -> list[Lead]:
    return await store.leads.claim(campaign_id, count, now=NOW, claim_id="bench")


async def one_size(store: SqlStore, campaign_id: str, clock: Clock, size: int, rounds: int) -> None:
    gate = ComplianceGate(store, lambda _campaign: CallingRules(start="00:00", end="23:59"))
    batches = [await claim(store, campaign_id, size) for _ in range(rounds)]
    asked = [
        [
            Callee(campaign_id=campaign_id, lead_id=lead.id, number=lead.numbers[0].number)
            for lead in batch
        ]
        for batch in batches
    ]
    opened = [[attempt(lead) for lead in batch] for batch in batches]
    ended = [[closed(one.attempt_id) for one in batch] for batch in opened]
    await clock.measure(f"gate {size}", size, rounds, lambda i: gate.check_many(asked[i], NOW))
    half = rounds // 2
    bare = f"{size} without journal"
    with without_journal():
        await clock.measure(f"open {bare}", size, half, lambda i: store.attempts.open(opened[i]))
        await clock.measure(f"close {bare}", size, half, lambda i: store.attempts.close(ended[i]))
    rest, over = opened[half:], ended[half:]
    await clock.measure(f"open {size}", size, half, lambda i: store.attempts.open(rest[i]))
    await clock.measure(f"close {size}", size, half, lambda i: store.attempts.close(over[i]))


@contextmanager
def without_journal() -> Iterator[None]:
    """As the store was before there was one."""
    kept = attempts_module.append
    attempts_module.append = lambda _conn, _happened: None
    try:
        yield
    finally:
        attempts_module.append = kept


async def consume(store: SqlStore, clock: Clock) -> None:
    """A consumer that does nothing but pass: what each record costs it."""
    await store.journal.join("bench", "beginning")
    kinds = {"call.opened", "call.closed"}
    await clock.measure(
        "consume 100",
        100,
        10,
        lambda _: store.journal.consume("bench", kinds, lambda _work, _found: None, limit=100),
    )


def measure(report: Report, leads: int, rounds: int, url: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{folder}/bench.db"
        figures = asyncio.run(bench(url, leads, rounds))
    title = f"an attempt in the database ({url.split(':', 1)[0]}, {leads:,} leads)"
    for name, row in figures.items():
        report.row(title, {"what": name, **row})


def run(report: Report, quick: bool = False) -> None:
    measure(report, 20_000 if quick else 100_000, 50 if quick else 200)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a database; default: a new SQLite file")
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=200)
    given = parser.parse_args()
    report = Report("store" if given.url is None else f"store-{given.url.split(':', 1)[0]}")
    measure(report, given.leads, given.rounds, given.url)
    report.show(Console())
    report.keep()


if __name__ == "__main__":
    main()
