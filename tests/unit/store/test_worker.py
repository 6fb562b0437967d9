from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from dialer.store.worker import Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker("test")
    yield made
    made.end()


async def test_jobs_are_done_in_one_thread_in_their_order(worker: Worker) -> None:
    done: list[int] = []

    def job(number: int) -> tuple[int, str]:
        done.append(number)
        return number, threading.current_thread().name

    results = await asyncio.gather(*[worker.run(lambda n=n: job(n)) for n in range(20)])
    assert results == [(n, "test") for n in range(20)]
    assert done == list(range(20))


async def test_what_a_job_raises_reaches_its_caller_and_nobody_else(worker: Worker) -> None:
    def fail() -> None:
        raise ValueError("this one")

    failed, good = await asyncio.gather(
        worker.run(fail), worker.run(lambda: "good"), return_exceptions=True
    )
    assert isinstance(failed, ValueError)
    assert good == "good"


async def test_a_job_whose_caller_was_cancelled_is_finished(worker: Worker) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        assert go_on.wait(10)
        done.set()

    waiting = asyncio.ensure_future(worker.run(job))
    assert await asyncio.to_thread(begun.wait, 10)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()
    assert await worker.run(done.is_set)


async def test_after_its_end_a_worker_takes_jobs_again(worker: Worker) -> None:
    assert await worker.run(lambda: 1) == 1
    worker.end()
    assert await worker.run(lambda: 2) == 2


UNFINISHED = """
import asyncio, sys, time
from dialer.store.worker import Worker
def job():
    time.sleep(0.2)
    print("finished", flush=True)
async def main():
    asyncio.ensure_future(Worker("test").run(job))
    await asyncio.sleep(0)
asyncio.run(main())
"""


def test_a_job_is_finished_before_the_process_ends() -> None:
    command = [sys.executable, "-c", UNFINISHED]
    assert (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout == "finished\n"
    )
