"""Many runs side by side, in processes of their own, with a progress bar on stderr."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from dialer.sim.figures import ShiftFigures
from dialer.sim.scenario import Scenario
from dialer.sim.shift import Shift

#: How often the bar moves.
LOOK_S = 0.2


class Job:
    """One run to make: a scenario, a seed, and what its pacer knows at the start."""

    def __init__(self, scenario: Scenario, seed: int, saved: bytes | None = None) -> None:
        self.scenario, self.seed, self.saved = scenario, seed, saved


Progress = Callable[[float], None]

_done: Any = None  # in a worker: how far each job is, 0..1, shared with the parent


def _share_progress(done: Any) -> None:
    global _done  # noqa: PLW0603  (set once, when the worker starts)
    _done = done


def _run(number: int, job: Job) -> ShiftFigures:
    shift = Shift(job.scenario, job.seed, saved=job.saved)
    if _done is not None:
        shift.on_progress = lambda share: _done.__setitem__(number, share)
    figures = shift.run()
    if _done is not None:
        _done[number] = 1.0
    return figures


def workers_for(jobs: int, workers: int | None = None) -> int:
    """Never more than one less than there are cores: others want to work, too."""
    spare = max(1, (os.cpu_count() or 2) - 1)
    return max(1, min(jobs, spare if workers is None else workers))


def run_all(
    jobs: Sequence[Job], *, title: str = "", shown: bool = True, workers: int | None = None
) -> list[ShiftFigures]:
    """Every job's figures, in the jobs' order."""
    count = workers_for(len(jobs), workers)
    with _bar(title, shown=shown) as progress:
        if count == 1:
            return [_run_here(job, at, len(jobs), progress) for at, job in enumerate(jobs)]
        return _run_apart(jobs, count, progress)


def _run_here(job: Job, at: int, of: int, progress: Progress) -> ShiftFigures:
    shift = Shift(job.scenario, job.seed, saved=job.saved)
    shift.on_progress = lambda share: progress((at + share) / of)
    return shift.run()


def _run_apart(jobs: Sequence[Job], count: int, progress: Progress) -> list[ShiftFigures]:
    # Spawned, not forked: a fork of a program that has threads (the bar has one) may hang.
    context = multiprocessing.get_context("spawn")
    done = context.Array("d", len(jobs), lock=False)
    pool = ProcessPoolExecutor(count, context, _share_progress, (done,))
    try:
        futures = [pool.submit(_run, number, job) for number, job in enumerate(jobs)]
        waiting: set[Future[ShiftFigures]] = set(futures)
        while waiting:
            finished, waiting = wait(waiting, LOOK_S, FIRST_COMPLETED)
            progress(sum(done[at] for at in range(len(jobs))) / len(jobs))
            for future in finished:
                future.result()  # an error ends the whole at once
        return [future.result() for future in futures]
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _bar(title: str, *, shown: bool) -> Iterator[Progress]:
    if not shown or not sys.stderr.isatty():
        yield lambda share: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda share: bar.update(task, completed=share)
