"""A thread that does what coroutines give it, one after the other.

The executors of the standard library cost the event loop two and a half times as much for each job;
with five jobs a call that was a fifth of all it did.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

from dialer.realtime import follow_main_thread

T = TypeVar("T")
Job = tuple[asyncio.AbstractEventLoop, "asyncio.Future[Any]", Callable[[], Any]]


class Worker:
    """What was given is finished even if the caller is cancelled, or the process ends meanwhile."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, done in the thread; raises what it raises."""
        if self._thread is None:
            self._start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put((loop, future, work))
        return await future

    def end(self) -> None:
        """Return when everything given until now is done. The next job begins a new thread."""
        thread, self._thread = self._thread, None
        if thread is not None:
            atexit.unregister(self.end)
            self._jobs.put(None)
            thread.join()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()
        atexit.register(self.end)

    def _work(self) -> None:
        follow_main_thread()
        while (job := self._jobs.get()) is not None:
            loop, future, work = job
            result = error = None
            try:
                result = work()
            except BaseException as raised:
                error = raised
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_deliver, future, result, error)
            # Results and tracebacks are not kept until the next job.
            del job, loop, future, work, result, error


def _deliver(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():  # the caller was cancelled
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
