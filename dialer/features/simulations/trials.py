"""Simulated effects of changes: one at a time, in processes of their own, ended in time."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace

from dialer.ids import new_id
from dialer.ports.clock import Clock
from dialer.ports.control import Refusal
from dialer.sim.effect import Interval, Note, compared
from dialer.sim.effect_worker import Job, Pair, Trouble
from dialer.tasks import spawn, stop
from dialer.words import TrialState

log = structlog.get_logger(__name__)

BUDGET_S = 10.0
#: To start up and to finish the last pair: after this a worker is ended.
GRACE_S = 25.0
#: The machine has calls to serve.
MOST_WORKERS = 2
KEPT = 20


class Effect(Struct, frozen=True, kw_only=True):
    """A simulation, running or over. `progress` 0 to 1."""

    id: str
    pool: str
    who: str
    started_at: float
    minutes: float
    reps: int
    changes: dict[str, Any]
    state: TrialState = "running"
    progress: float = 0.0
    seeds: int = 0
    notes: list[Note] = []
    now: dict[str, Interval] = {}
    then: dict[str, Interval] = {}
    difference: dict[str, Interval] = {}
    error: str = ""


class Simulations:
    """`on_change` hears of every step, for live push."""

    def __init__(
        self,
        clock: Clock,
        *,
        budget_s: float = BUDGET_S,
        on_change: Callable[[Effect], None] = lambda effect: None,
    ) -> None:
        self._clock, self._budget_s, self._on_change = clock, budget_s, on_change
        self._kept: dict[str, Effect] = {}
        self._task: asyncio.Task[None] | None = None
        self._running = ""

    def get(self, effect_id: str) -> Effect | None:
        return self._kept.get(effect_id)

    def start(self, effect: Effect, job: Job) -> Effect | Refusal:
        """Begin; `effect` needs no id."""
        if self._task is not None and not self._task.done():
            return Refusal("busy", "a simulation runs already: wait some seconds, or cancel it")
        begun = replace(effect, id=new_id(), started_at=self._clock.now())
        self._keep(begun)
        self._running = begun.id
        self._task = spawn(self._run(begun.id, job), name="simulate a change")
        return begun

    async def cancel(self, effect_id: str) -> bool:
        """False when it is not running."""
        if self._task is None or self._task.done() or self._running != effect_id:
            return False
        await stop(self._task)
        self._change(effect_id, state="cancelled")
        return True

    async def close(self) -> None:
        if self._running:
            await self.cancel(self._running)

    def _keep(self, effect: Effect) -> None:
        self._kept[effect.id] = effect
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        self._on_change(effect)

    def _change(self, effect_id: str, **fields: Any) -> None:
        if (effect := self._kept.get(effect_id)) is not None:
            self._keep(replace(effect, **fields))

    async def _run(self, effect_id: str, job: Job) -> None:
        pairs: dict[int, Pair] = {}
        began = time.monotonic()
        trouble = ""
        count = max(1, min(MOST_WORKERS, (os.cpu_count() or 2) - 1))
        jobs = [_part(job, at, count, self._budget_s) for at in range(count)]
        try:
            async with (
                asyncio.timeout(self._budget_s + GRACE_S),
                contextlib.aclosing(_told_by(jobs)) as news,
            ):
                async for told in news:
                    if isinstance(told, Trouble):
                        trouble = told.error
                        break
                    pairs[told.seed] = told
                    done = min(0.99, (time.monotonic() - began) / self._budget_s)
                    self._change(effect_id, progress=done, **_figures(list(pairs.values())))
        except TimeoutError:
            log.warning("a simulation took too long", pairs=len(pairs))
        except OSError as error:
            trouble = f"the simulation could not be started: {error.strerror}"
        if trouble or not pairs:
            self._change(effect_id, state="failed", error=trouble or "no run came to its end")
        else:
            self._change(effect_id, state="done", progress=1.0)


def _part(job: Job, at: int, of: int, budget_s: float) -> Job:
    return Job(
        now=job.now, then=job.then, saved=job.saved, ledger=job.ledger,
        first=at, step=of, pairs=job.pairs, budget_s=budget_s,
    )  # fmt: skip


def job_of(now: Any, then: Any, saved: bytes, ledger: dict[str, tuple[int, int]]) -> Job:
    return Job(now=now, then=then, saved=base64.b64encode(saved).decode(), ledger=ledger)


def _figures(pairs: Sequence[Pair]) -> dict[str, Any]:
    found = compared([pair.now for pair in pairs], [pair.then for pair in pairs])
    return {"seeds": len(pairs), **found}


async def _told_by(jobs: Sequence[Job]) -> AsyncGenerator[Pair | Trouble, None]:
    """What the workers say, as it comes; they are ended with this."""
    lines: asyncio.Queue[bytes | None] = asyncio.Queue()
    workers = [await _worker(job) for job in jobs]
    readers = [spawn(_read(worker, lines), name="read a worker") for worker in workers]
    try:
        left = len(workers)
        while left:
            line = await lines.get()
            if line is None:
                left -= 1
            elif b'"seed"' in line:
                yield msgspec.json.decode(line, type=Pair)
            else:
                yield msgspec.json.decode(line, type=Trouble)
    finally:
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
        await stop(*readers)
        for worker in workers:
            await worker.wait()


async def _worker(job: Job) -> asyncio.subprocess.Process:
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dialer.sim.effect_worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert worker.stdin is not None
    worker.stdin.write(msgspec.json.encode(job))
    with contextlib.suppress(ConnectionError):
        await worker.stdin.drain()
    worker.stdin.close()
    return worker


async def _read(worker: asyncio.subprocess.Process, lines: asyncio.Queue[bytes | None]) -> None:
    assert worker.stdout is not None
    assert worker.stderr is not None
    told = False
    try:
        while line := await worker.stdout.readline():
            told = True
            lines.put_nowait(line)
        why = (await worker.stderr.read()).decode(errors="replace").strip()
        if why and not told:
            log.error("a simulation's worker failed", why=why[-2000:])
            last = why.splitlines()[-1][:300]
            lines.put_nowait(msgspec.json.encode(Trouble(f"the simulation failed: {last}")))
    finally:
        lines.put_nowait(None)
