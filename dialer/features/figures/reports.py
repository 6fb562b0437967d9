"""The service's side of the process that answers: started when asked, again when it has ended."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Mapping

import structlog
from msgspec.structs import replace

from dialer.features.figures.keeping import FactsError
from dialer.features.figures.messages import (
    Answered,
    Ask,
    Build,
    Built,
    Drill,
    Drilled,
    Failed,
    Forget,
    Job,
    Order,
    Reply,
    framed,
    read_reply,
)
from dialer.features.figures.process import next_message
from dialer.settings import Settings
from figures.answer import Answer
from figures.behind import Behind, Rows
from figures.catalogue import TERMS
from figures.facts import milliseconds
from figures.of_calls import EFFECTIVE_MS
from figures.question import Question

log = structlog.get_logger(__name__)

#: In the state folder.
FACTS_DIR = "facts"
#: Files that are written in one go.
AT_ONCE = 5
#: So long an answer may take, building what it needs included.
PATIENCE_S = 300.0
_START = "from dialer.features.figures.process import main; main()"


def reports_over(settings: Callable[[], Settings], now: Callable[[], float]) -> Reports:
    """What answers over the store of these settings, with its files in the state folder. `now`:
    unix seconds.
    """
    first = settings()
    folder = str(first.state_dir / FACTS_DIR)
    job = Job(first.store_url, folder, first.figures.memory_mb, threads=2)
    return Reports(job, lambda: int(now() // 86_400), lambda: terms_of(settings()))


def terms_of(settings: Settings) -> Mapping[str, int]:
    """What the site has set of what figures go by."""
    return {EFFECTIVE_MS: milliseconds(settings.figures.effective_call_s)}


class Reports:
    """One order after the other. `today`: the day in UTC, counted from 1970. `terms`: what the site
    has set of `figures.catalogue.TERMS`, now.
    """

    def __init__(
        self,
        job: Job,
        today: Callable[[], int],
        terms: Callable[[], Mapping[str, int]] = lambda: TERMS,
    ) -> None:
        self._job, self._today = job, today
        self.terms = terms
        self._process: asyncio.subprocess.Process | None = None
        self._one = asyncio.Lock()

    async def ask(self, question: Question) -> Answer:
        """By the site's own terms. Raises FactsError, also for a question without an answer."""
        reply = await self._do(Ask(replace(question, terms=self.terms()), self._today()))
        assert isinstance(reply, Answered)
        return reply.answer

    async def behind(self, asked: Behind) -> Rows:
        """The rows behind a number, by the site's own terms. Raises FactsError."""
        question = replace(asked.question, terms=self.terms())
        reply = await self._do(Drill(replace(asked, question=question), self._today()))
        assert isinstance(reply, Drilled)
        return reply.rows

    async def build(self) -> Built:
        """Write the files of closed days that have none that holds. Raises FactsError.

        A few at a time: whoever asks meanwhile does not wait for a past of years.
        """
        whole = Built(0, 0)
        while True:
            reply = await self._do(Build(self._today(), AT_ONCE))
            assert isinstance(reply, Built)
            whole = Built(whole.written + reply.written, whole.removed + reply.removed)
            if reply.written < AT_ONCE:
                return whole

    async def rebuild(self) -> Built:
        """Forget all files and write them anew. Raises FactsError."""
        await self._do(Forget())
        return await self.build()

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _do(self, order: Order) -> Reply:
        async with self._one:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    reply = await self._tell(order)
            except (TimeoutError, OSError, asyncio.CancelledError) as error:
                # Half an answer may be on its way: this process is of no use any more.
                await self.close()
                if isinstance(error, asyncio.CancelledError):
                    raise
                message = f"no answer within {PATIENCE_S:.0f} s" if not str(error) else str(error)
                raise FactsError("figures-away", message) from error
        if isinstance(reply, Failed):
            raise FactsError(reply.slug, reply.message)
        return reply

    async def _tell(self, order: Order) -> Reply:
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(framed(order))
        await process.stdin.drain()
        data = await next_message(process.stdout)
        if data is None:
            raise OSError(f"the process that answers has ended ({await process.wait()})")
        return read_reply(data)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _START),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=1 << 22,
            )
            assert self._process.stdin is not None
            self._process.stdin.write(framed(self._job))
        return self._process
