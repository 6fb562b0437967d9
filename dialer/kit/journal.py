"""Whoever listens to the journal, and what lets them go on: after each commit, else each second.

A consumer's effect and the move of its cursor are one transaction: whatever dies, each record has
its effect once in the database. Nothing that writes records waits for a consumer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

import structlog

from dialer.ports.clock import Clock
from dialer.ports.journal import Entry, Journal, Start
from dialer.ports.journal_work import Work
from dialer.ports.store import StoreError

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0
#: Between two rounds: many commits are one round, and one commit of ours.
GATHER_S = 0.2
#: Records of one transaction: on SQLite a call's commit waits for it, a few milliseconds.
BATCH = 25
TRIM_EVERY_S, TRIM_PIECE = 60.0, 200
#: After a consumer failed.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0


class Consumer(Protocol):
    """`take` runs in the store's thread, in the transaction in which the cursor moves: it must not
    await and be done in milliseconds. `taken` is called in the loop when that is committed.
    """

    name: str
    start: Start

    def kinds(self) -> Collection[str]:
        """What it wants now; others are passed."""

    def take(self, work: Work, entries: Sequence[Entry]) -> None: ...
    def taken(self) -> None: ...


def pause_s(failures: int) -> float:
    """How long a consumer is left alone that has failed so often in a row."""
    return float(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(20, failures - 1)))


class JournalRunner:
    """`keep_s`: for how long records are kept that everybody has passed."""

    def __init__(
        self,
        journal: Journal,
        consumers: Sequence[Consumer],
        clock: Clock,
        keep_s: Callable[[], float],
    ) -> None:
        self._journal, self._consumers = journal, consumers
        self._clock, self._keep_s = clock, keep_s
        self._news = asyncio.Event()
        self._failures: dict[str, int] = {}
        self._waiting: dict[str, asyncio.Event] = {}

    async def join(self) -> None:
        """Cursors for those who have none: before anything that they want to hear of happens."""
        for it in self._consumers:
            await self._journal.join(it.name, it.start)
        self._journal.on_append(self._news.set)

    async def run(self) -> None:
        """One task for each, so that one that fails or is slow holds up no other."""
        async with asyncio.TaskGroup() as tasks:
            for it in self._consumers:
                tasks.create_task(self._serve(it), name=f"journal: {it.name}")
            tasks.create_task(self._trim_all(), name="journal: trim")
            tasks.create_task(self._tell(), name="journal: news")

    async def _tell(self) -> None:
        """Wake all consumers once for many commits."""
        while True:
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            for waiting in self._waiting.values():
                waiting.set()
            await asyncio.sleep(GATHER_S)

    async def _serve(self, consumer: Consumer) -> None:
        news = self._waiting[consumer.name] = asyncio.Event()
        while True:
            await self.catch_up(consumer)
            if failures := self._failures.get(consumer.name, 0):
                await asyncio.sleep(pause_s(failures))
            else:
                await news.wait()
                news.clear()

    async def catch_up(self, consumer: Consumer) -> None:
        """Hand over all that is there. What goes wrong is logged and tried again later."""
        try:
            while await self._journal.has_more(consumer.name, consumer.kinds()):
                count = await self._journal.consume(
                    consumer.name, consumer.kinds(), consumer.take, limit=BATCH
                )
                if count:
                    consumer.taken()
        except Exception as error:
            # Whatever a consumer does wrong: the others and the calls go on, and nothing is lost.
            failures = self._failures[consumer.name] = self._failures.get(consumer.name, 0) + 1
            log.error("a consumer of the journal failed and is tried again",
                      consumer=consumer.name, failures=failures, error=repr(error))  # fmt: skip
        else:
            self._failures.pop(consumer.name, None)

    async def _trim_all(self) -> None:
        while True:
            try:
                await self.trim()
            except StoreError as error:
                log.error("old records of the journal could not be removed", error=str(error))
            await asyncio.sleep(TRIM_EVERY_S)

    async def trim(self) -> int:
        """Remove what is old and passed by all, piece by piece; how many."""
        before, count = self._clock.now() - self._keep_s(), 0
        while some := await self._journal.trim(before=before, limit=TRIM_PIECE):
            count += some
        return count
