"""What features do by themselves: when, how often, and what a failure ends."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

from dialer.features.every import FEATURES
from dialer.kit.context import ApiContext
from dialer.kit.jobs import AGAIN_S, Job, jobs_of, keep_doing
from dialer.sim.virtual_time import virtual_time
from dialer.tasks import spawn, stop

NOBODY = cast(ApiContext, None)


async def passes(job: Job, at: list[float], seconds: float) -> list[float]:
    """When, counted from the start, within so many seconds."""
    began = asyncio.get_running_loop().time()
    task = spawn(keep_doing(job, NOBODY), name="job")
    await asyncio.sleep(seconds)
    await stop(task)
    return [round(it - began, 3) for it in at]


def noting(at: list[float], fails: bool = False) -> Any:
    async def once(_context: ApiContext) -> None:
        at.append(asyncio.get_running_loop().time())
        if fails:
            raise RuntimeError("the store is away")

    return once


@virtual_time
async def test_a_job_has_its_first_pass_and_then_one_after_each_pause() -> None:
    at: list[float] = []
    job = Job("tidy", noting(at), every_s=600.0, first_s=120.0)

    assert await passes(job, at, 1500.0) == [120.0, 720.0, 1320.0]


@virtual_time
async def test_a_pass_that_fails_is_tried_again_soon() -> None:
    at: list[float] = []

    assert await passes(Job("tidy", noting(at, fails=True), every_s=3600.0), at, 130.0) == [
        0.0, AGAIN_S, 2 * AGAIN_S,
    ]  # fmt: skip


def test_every_job_that_a_feature_names_is_one_and_has_a_name_of_its_own() -> None:
    names = [job.name for job in jobs_of(FEATURES)]

    assert len(set(names)) == len(names) > 0


def test_no_module_of_jobs_is_forgotten() -> None:
    """A job that its feature does not name would never run."""
    written = {path.parent.name for path in Path("dialer/features").glob("*/jobs.py")}
    named = {job.once.__module__.split(".")[2] for job in jobs_of(FEATURES)}

    assert written == named
