"""What a feature does by itself while the service runs: one pass now and again, for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import structlog

from dialer.kit.context import ApiContext
from dialer.kit.feature import Feature

log = structlog.get_logger(__name__)

#: A pass that failed is tried again after this, or sooner where its next one is due sooner.
AGAIN_S = 60.0


@dataclass(frozen=True)
class Job:
    """`once` is one pass. The first comes `first_s` after the start, each other `every_s` after the
    one before has ended.
    """

    name: str
    once: Callable[[ApiContext], Awaitable[None]]
    every_s: float
    first_s: float = 0.0


def jobs_of(features: Iterable[Feature]) -> list[Job]:
    """What these features do by themselves."""
    return [feature.load(where, Job) for feature in features for where in feature.jobs]


async def keep_doing(job: Job, context: ApiContext) -> None:
    """Until cancelled. A pass that fails says so in the log and ends nothing."""
    await asyncio.sleep(job.first_s)
    while True:
        pause_s = job.every_s
        try:
            await job.once(context)
        except Exception as error:
            log.error("a job failed", job=job.name, error=repr(error))
            pause_s = min(job.every_s, AGAIN_S)
        await asyncio.sleep(pause_s)
