"""What the service looks after while it runs: settings files, figures, old recordings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from dialer.api.context import Reloaded
from dialer.engine.engine import Engine
from dialer.engine.windows import day_of
from dialer.metrics import Metrics
from dialer.ports.control import Refusal
from dialer.ports.store import Store, StoreError
from dialer.service.reloading import Reloader
from dialer.settings import Settings
from dialer.settings.watch import Watch
from recordings.library import Library

log = structlog.get_logger(__name__)

#: A timer this often shows how late the loop is.
LAG_EVERY_S = 0.5
FIGURES_EVERY_S = 10.0
KEEP_EVERY_S = 3600.0


async def watch_files(reloader: Reloader, every_s: float) -> None:
    """Reload whenever the files changed and have settled."""
    watch = Watch(reloader.settings)
    while True:
        await asyncio.sleep(every_s)
        if await asyncio.to_thread(watch.changed, reloader.settings):
            outcome: Reloaded | Refusal = await reloader.reload()
            del outcome  # logged where it is made


async def measure_lag(metrics: Metrics) -> None:
    """How late the event loop wakes a timer: what everything else waits for, too."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(LAG_EVERY_S)
        metrics.loop_lag.observe(max(0.0, time.perf_counter() - began - LAG_EVERY_S))


async def keep_figures(engine: Engine, store: Store, metrics: Metrics) -> None:
    """The abandon windows as the records have them, and how fast the store answers."""
    while True:
        try:
            await refresh_windows(engine, store, metrics)
        except StoreError as error:
            log.warning("figures could not be refreshed", error=str(error))
        await asyncio.sleep(FIGURES_EVERY_S)


async def refresh_windows(engine: Engine, store: Store, metrics: Metrics) -> None:
    """Raises StoreError."""
    began = time.perf_counter()
    await store.ping()
    metrics.store_seconds.labels("ping").observe(time.perf_counter() - began)
    now = engine.clock.now()
    opened, _ = day_of(now)
    windows = {}
    for name, campaign in engine.campaigns.items():
        began = time.perf_counter()
        tally = await store.attempts.tally(campaign.id, since=opened, until=now)
        metrics.store_seconds.labels("tally").observe(time.perf_counter() - began)
        windows[name, "day"] = (tally.by_outcome.get("abandoned", 0), tally.answered_human)
    metrics.windows = windows


async def delete_old_recordings(
    settings: Callable[[], Settings], library: Library, store: Store
) -> None:
    """What is older than recording.keep_days goes, once an hour."""
    while True:
        keep_days = settings().recording.keep_days
        if keep_days is not None:
            today = datetime.now(UTC).date()
            old = await asyncio.to_thread(library.expired, today, keep_days)
            count = await library.delete(old, store.recordings)
            if count:
                log.info("old recordings deleted", count=count, keep_days=keep_days)
        await asyncio.sleep(KEEP_EVERY_S)


async def forever(job: Callable[[], Awaitable[None]], pause_s: float = 5.0) -> None:
    """Run a job that should never end; should it fail, say so and begin again."""
    while True:
        try:
            await job()
        except Exception as error:
            log.error("upkeep failed", job=getattr(job, "__name__", str(job)), error=repr(error))
        await asyncio.sleep(pause_s)
