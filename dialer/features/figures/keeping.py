"""Files of closed days, kept up with the store, and answers over them.

A day that has no file when somebody asks is written first: that takes a third of a second for a day
of 35,000 calls, and memory for one day only. Where it cannot be written (a full disk), its rows go
to the answer as they are. So a builder that is slow or dead makes answers slower, never wrong.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import duckdb
import structlog

from dialer.ids import new_id
from dialer.store.facts import Current, SqlFacts
from figures.answer import Answer
from figures.base import DamagedFilesError, FigureBase, Source
from figures.behind import Behind, Rows
from figures.calendar import starts_ms
from figures.facts import DAY_MS, FACTS, Fact
from figures.figure import facts_of
from figures.question import Question
from figures.rows import columns

_T = TypeVar("_T")
log = structlog.get_logger(__name__)

#: Days whose rows are handed over without a file, at most: a disk that is full for longer stops
#: reports of such periods, and nothing else.
MOST_WITHOUT_FILES = 62
_TRIES = 4
#: A report that runs may still read a file that has been replaced.
_KEPT_S = 3600.0


class FactsError(Exception):
    """No answer can be given: `slug` says why, the message what to do."""

    def __init__(self, slug: str, message: str) -> None:
        super().__init__(message)
        self.slug = slug


class FactKeeper:
    """One order at a time. `today`: the day in UTC, counted from 1970; it is never filed."""

    def __init__(self, facts: SqlFacts, base: FigureBase, folder: Path) -> None:
        self._facts, self._base, self._folder = facts, base, folder

    async def answer(self, question: Question, today: int) -> Answer:
        """Raises FactsError; QuestionError for a question without an answer."""
        needed = list(facts_of(question.checked().wanted()).values())
        return await self._over(
            question, needed, today, lambda sources: self._base.ask(question, sources)
        )

    async def behind(self, asked: Behind, today: int) -> Rows:
        """The rows behind a number. Raises as `answer` does."""
        asked = asked.checked()
        fact = asked.measure.fact
        return await self._over(
            asked.question,
            [fact],
            today,
            lambda sources: self._base.behind(asked, sources[fact.name]),
        )

    async def _over(
        self,
        question: Question,
        needed: Sequence[Fact],
        today: int,
        ask: Callable[[Mapping[str, Source]], _T],
    ) -> _T:
        """What is asked of all rows that the question may need, as of one moment."""
        first, end = days_of(question)
        for fact in needed:
            await self._file_all(fact, first, min(end, today))
        for _ in range(_TRIES):
            found = await self._facts.current(needed, first, min(end, today + 2))
            try:
                return await asyncio.to_thread(_asked, needed, found, ask)
            except DamagedFilesError as error:
                await self._replace(error)
        raise FactsError("figures-damaged", "files of facts are damaged again: see the log")

    async def _replace(self, error: DamagedFilesError) -> None:
        names = [file.name for file in error.files]
        log.error("files of facts are damaged and written anew", files=names)
        await self._facts.doubt(error.files)
        for file in error.files:
            await self.file(FACTS[file.fact], file.day)

    async def build(self, today: int, most: int) -> int:
        """File so many of the closed days that have no file that holds; how many were written."""
        written = 0
        for fact in FACTS.values():
            for day in (await self._facts.due(fact, 0, today))[: most - written]:
                if not await self.file(fact, day):
                    return written
                written += 1
        return written

    async def _file_all(self, fact: Fact, first: int, end: int) -> int:
        written = 0
        left = list(await self._facts.due(fact, first, end))
        for at, day in enumerate(left):
            if not await self.file(fact, day):
                if len(left) - at > MOST_WITHOUT_FILES:
                    raise FactsError(
                        "figures-no-files",
                        f"files of facts cannot be written to {self._folder}: see the log",
                    )
                break
            written += 1
        return written

    async def file(self, fact: Fact, day: int) -> bool:
        """Write a day's file. False: it cannot be written; the log says why."""
        read = await self._facts.read_day(fact, day)
        name = f"{fact.name}-{date(1970, 1, 1) + timedelta(days=day)}-{new_id()}.parquet"
        rows = await asyncio.to_thread(columns, fact, read.rows)
        try:
            file = await asyncio.to_thread(self._base.write, fact, day, rows, name)
        except (duckdb.Error, OSError) as error:
            log.error("a file of facts cannot be written", file=name, error=str(error))
            return False
        if not await self._facts.keep(file, read):
            (self._folder / name).unlink(missing_ok=True)
        return True

    async def forget(self) -> None:
        """As if no file had been written: the next answers write them anew."""
        await self._facts.forget()

    async def tidy(self) -> int:
        """Remove files that nobody reads any more; how many."""
        noted = {file.name for file in await self._facts.files()}
        return await asyncio.to_thread(self._remove_all_but, noted)

    def _remove_all_but(self, noted: set[str]) -> int:
        removed = 0
        for path in self._folder.glob("*.*"):
            with suppress(OSError):
                if path.name not in noted and path.stat().st_mtime < time.time() - _KEPT_S:
                    path.unlink()
                    removed += 1
        return removed


def _asked(
    needed: Sequence[Fact],
    found: Mapping[str, Current],
    ask: Callable[[Mapping[str, Source]], _T],
) -> _T:
    sources = {
        fact.name: Source(found[fact.name].files, columns(fact, found[fact.name].rows))
        for fact in needed
    }
    try:
        return ask(sources)
    except duckdb.OutOfMemoryException as error:
        raise FactsError(
            "figures-memory",
            "this needs more memory than reports may take: ask for a shorter period, or fewer "
            "groups, or raise figures.memory_mb",
        ) from error


def days_of(question: Question) -> tuple[int, int]:
    """The days in UTC, from the first to before the last, in which the period has a part."""
    zone = question.place()
    begin, end = starts_ms(question.begin, zone), starts_ms(question.end, zone)
    return begin // DAY_MS, -(-end // DAY_MS)
