"""What is written after the fact: call records, wrap-ups, reps' sessions. In order, in batches,
until it holds.

Nothing here is on a call's path, and nothing is given up while the store is away or full. A record
that a store which answers refuses again and again is set aside, so that the others are written; its
attempt stays open, and the next start writes it from the switch's own ledger, as after a crash.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from dialer.ports.desk import WorkTime
from dialer.ports.observer import Observer
from dialer.ports.store import AgentSession, ClosedAttempt, Store, StoreFullError
from dialer.tasks import spawn, stop

log = structlog.get_logger(__name__)

BATCH = 100
#: Waiting this long lets records gather: at 20 calls a second four go in one commit. A login is
#: written at once.
GATHER_S = 0.2
RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)
#: So many refusals by a store that answers are no accident.
TRIES = 5

Write = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class WrapupTime:
    attempt: str
    seconds: float


Item = ClosedAttempt | WrapupTime | WorkTime | Write


class RecordWriter:
    def __init__(self, store: Store, observer: Observer) -> None:
        self._store, self._observer = store, observer
        self._items: list[Item] = []
        self._sessions: dict[str, AgentSession | None] = {}
        self._wake = asyncio.Event()
        # A rep whose login is not written would be unknown after a crash, with a callee to talk to.
        self._login = asyncio.Event()
        self._logged_in: set[str] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None
        #: Why what waits cannot be written now; "" while it can.
        self.fault = ""

    @property
    def depth(self) -> int:
        return len(self._items) + len(self._sessions)

    def start(self) -> None:
        self._task = spawn(self._run(), name="write records")

    def close_attempt(self, record: ClosedAttempt) -> None:
        self._items.append(record)
        self._notify()

    def wrapup(self, attempt: str, seconds: float) -> None:
        """How long the paperwork of an attempt took whose record was asked for before."""
        self._items.append(WrapupTime(attempt, seconds))
        self._notify()

    def work_time(self, time: WorkTime) -> None:
        """A stretch of a rep's day that is over."""
        self._items.append(time)
        self._notify()

    def later(self, write: Write) -> None:
        """Do this write after everything asked for before."""
        self._items.append(write)
        self._notify()

    def session(self, agent: str, session: AgentSession | None) -> None:
        """Note where a rep stands; only the last word of a batch is written. None: logged out."""
        self._sessions[agent] = session
        if session is None:
            self._logged_in.discard(agent)
        elif agent not in self._logged_in:
            self._logged_in.add(agent)
            self._login.set()
        self._notify()

    async def drained(self) -> None:
        """Everything asked for until now is on disk."""
        while self.depth or not self._idle.is_set():
            await self._idle.wait()
            await asyncio.sleep(0)

    async def close(self, within_s: float = 10.0) -> None:
        try:
            await asyncio.wait_for(self.drained(), within_s)
        except TimeoutError:
            log.error("records were not all written; the next start recovers them", left=self.depth)
        await stop(self._task)

    def _notify(self) -> None:
        self._idle.clear()
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(GATHER_S):
                    await self._login.wait()
            self._wake.clear()
            self._login.clear()
            await self._write_all()
            if not self.depth:
                self._idle.set()

    async def _write_all(self) -> None:
        while self._items:
            batch = self._items[:BATCH]
            await self._write_batch(batch)
            del self._items[: len(batch)]
        sessions, self._sessions = self._sessions, {}
        for agent, session in sessions.items():
            await self._insist(partial(self._save, agent, session), "session")

    async def _close_all(self, batch: list[ClosedAttempt]) -> None:
        """In one transaction; if something in it cannot be written, each by itself."""
        if await self._insist(partial(self._store.attempts.close, batch), "close"):
            return
        for record in batch if len(batch) > 1 else ():
            await self._insist(partial(self._store.attempts.close, [record]), "close")

    async def _write_batch(self, batch: list[Item]) -> None:
        """Records, then what follows them: nothing is written before the record it is about."""
        closes = [item for item in batch if isinstance(item, ClosedAttempt)]
        if closes:
            await self._close_all(closes)
        took = {item.attempt: item.seconds for item in batch if isinstance(item, WrapupTime)}
        if took:
            await self._insist(partial(self._store.attempts.wrapup_seconds, took), "wrapup")
        times = [item for item in batch if isinstance(item, WorkTime)]
        if times:
            await self._insist(partial(self._store.desk.add_times, times), "times")
        for item in batch:
            if not isinstance(item, ClosedAttempt | WrapupTime | WorkTime):
                await self._insist(item, "write")

    async def _save(self, agent: str, session: AgentSession | None) -> None:
        if session is None:
            await self._store.agents.end_session(agent)
        else:
            await self._store.agents.save_session(session)

    async def _insist(self, write: Write, what: str) -> bool:
        """Whether it was written. A store that is away, or has no room, is waited for, however long
        it takes.
        """
        tries = refusals = 0
        while refusals < TRIES:
            began = time.perf_counter()
            try:
                await write()
                self._observer.store_took(what, time.perf_counter() - began)
                self.fault = ""
                return True
            except Exception as error:
                self._observer.store_failed(what)
                self.fault = str(error)
                log.error("a record could not be written", what=what, error=self.fault)
                is_full = isinstance(error, StoreFullError)
            refusals = 0 if is_full or not await self._answers() else refusals + 1
            await asyncio.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
            tries += 1
        self.fault = ""
        log.error("a record is set aside; the others go on", what=what)
        return False

    async def _answers(self) -> bool:
        try:
            await self._store.ping()
        except Exception:
            return False
        return True
