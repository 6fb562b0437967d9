"""What the service looks after while it runs: settings files, figures, old recordings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog

from dialer.api.context import Reloaded
from dialer.engine.engine import Engine
from dialer.leads.rejected import SUFFIX as REPORTS
from dialer.metrics import Metrics
from dialer.ports.clock import Clock
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
    """The abandon windows, and how fast the store answers."""
    while True:
        metrics.windows = abandon_windows(engine)
        began = time.perf_counter()
        try:
            await store.ping()
        except StoreError as error:
            log.warning("the store does not answer", error=str(error))
        metrics.store_seconds.labels("ping").observe(time.perf_counter() - began)
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


async def delete_old_floor_logs(settings: Callable[[], Settings]) -> None:
    """What is older than service.keep_floor_logs_days goes, once an hour."""
    while True:
        keep_days = settings().service.keep_floor_logs_days
        if keep_days is not None:
            folder = settings().state_dir / "floors"
            before = datetime.now(UTC).timestamp() - keep_days * 86_400
            count = await asyncio.to_thread(_delete_older, folder, "*/*.jsonl", before)
            if count:
                log.info("old floor logs deleted", count=count, keep_days=keep_days)
        await asyncio.sleep(KEEP_EVERY_S)


async def delete_old_rejected_rows(settings: Callable[[], Settings], clock: Clock) -> None:
    """Reports of imports older than service.keep_rejected_days go, once an hour."""
    while True:
        keep_days = settings().service.keep_rejected_days
        if keep_days is not None:
            before = clock.now() - keep_days * 86_400
            folder = settings().state_dir / "imports"
            count = await asyncio.to_thread(_delete_older, folder, f"*{REPORTS}", before)
            if count:
                log.info("old reports of imports deleted", count=count, keep_days=keep_days)
        await asyncio.sleep(KEEP_EVERY_S)


async def forget_dnc_changes(settings: Callable[[], Settings], store: Store, clock: Clock) -> None:
    """Changes of the do-not-call list can be undone for service.undo_dnc_days."""
    while True:
        before = clock.now() - settings().service.undo_dnc_days * 86_400
        await store.dnc.forget_changes(before=before)
        await asyncio.sleep(KEEP_EVERY_S)


def _delete_older(folder: Path, pattern: str, before: float) -> int:
    """Files last written before that time; how many there were."""
    old = [path for path in folder.glob(pattern) if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


async def forever(job: Callable[[], Awaitable[None]], pause_s: float = 5.0) -> None:
    """Run a job that should never end; should it fail, say so and begin again."""
    while True:
        try:
            await job()
        except Exception as error:
            log.error("upkeep failed", job=getattr(job, "__name__", str(job)), error=repr(error))
        await asyncio.sleep(pause_s)
