"""What the service looks after while it runs: settings files, figures, the loop itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from dialer.engine.engine import Engine
from dialer.features.settings.reloading import Reloader
from dialer.metrics import Metrics
from dialer.ports.control import Refusal
from dialer.ports.store import Store, StoreError
from dialer.settings.changes import Reloaded
from dialer.settings.watch import Watch

log = structlog.get_logger(__name__)

#: A timer this often shows how late the loop is.
LAG_EVERY_S = 0.5
FIGURES_EVERY_S = 10.0


async def watch_files(reloader: Reloader, every_s: float) -> None:
    """Reload whenever the files changed and have settled."""
    watch = Watch(reloader.settings)
    while True:
        await asyncio.sleep(every_s)
        if await asyncio.to_thread(watch.changed, reloader.settings):
            outcome: Reloaded | Refusal = await reloader.reload()
            del outcome  # logged where it is made


async def take_what_is_owed(reloader: Reloader, every_s: float = 1.0) -> None:
    """Settings that were saved while the store was away, as soon as it is back."""
    while True:
        await asyncio.sleep(every_s)
        if reloader.is_owed:
            await reloader.reload()


async def measure_lag(metrics: Metrics) -> None:
    """How late the event loop wakes a timer: what everything else waits for, too."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(LAG_EVERY_S)
        metrics.loop_lag.observe(max(0.0, time.perf_counter() - began - LAG_EVERY_S))


async def keep_figures(engine: Engine, store: Store, metrics: Metrics) -> None:
    """The abandon windows, how fast the store answers, and how far consumers of its journal are."""
    while True:
        metrics.windows = abandon_windows(engine)
        metrics.limits = abandon_limits(engine)
        began = time.perf_counter()
        try:
            await store.ping()
            metrics.store_seconds.labels("ping").observe(time.perf_counter() - began)
            metrics.behind = await store.journal.cursors()
        except StoreError as error:
            log.warning("the store does not answer", error=str(error))
        await asyncio.sleep(FIGURES_EVERY_S)


def abandon_windows(engine: Engine) -> dict[tuple[str, str], tuple[int, int]]:
    """By campaign and legal window: abandoned people, and people who answered."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    now = engine.clock.now()
    for plan in engine.plans.campaigns:
        if (runner := engine.runners.get(plan.pool)) is not None:
            states = engine.windows.states([plan], runner.floor, now)
            for kind, state in zip(plan.abandon_windows, states, strict=True):
                found[plan.name, kind] = (state.abandoned, state.answered)
    return found


def abandon_limits(engine: Engine) -> dict[str, float]:
    """By campaign that has a legal window: which share of people it may abandon."""
    plans = [plan for plan in engine.plans.campaigns if plan.abandon_windows]
    return {plan.name: plan.rules.max_abandon_rate for plan in plans}


async def forever(job: Callable[[], Awaitable[None]], pause_s: float = 5.0) -> None:
    """Run a job that should never end; should it fail, say so and begin again."""
    while True:
        try:
            await job()
        except Exception as error:
            log.error("upkeep failed", job=getattr(job, "__name__", str(job)), error=repr(error))
        await asyncio.sleep(pause_s)
