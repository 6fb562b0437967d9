"""Whatever meets on PostgreSQL and on SQLite: every record has its effect once, in order per call.

Real databases and real transactions that overlap: writers hold theirs open, take locks on calls
that others wait for, commit or roll back in any order, while consumers read, fail and go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from sqlalchemy import Connection, text
from sqlalchemy.util import await_only

from dialer.ports.journal import KINDS, CallWrapped, Entry, Happened
from dialer.ports.journal_work import Work
from dialer.ports.steering import Delivery
from dialer.store.database import Database, open_database
from dialer.store.journal import SqlJournal, adopt, append
from dialer.tasks import spawn
from tests.kit.eventually import eventually

ALL = frozenset(KINDS)
CALLS = ("A", "B", "C")


class Writer(Struct):
    """A transaction that locks calls one after the other and tells of each; then it ends."""

    calls: Sequence[str]
    commits: bool


class Step(Struct):
    """One writer's next move, or a consumer's."""

    who: int
    fails: bool = False
    limit: int = 2


ORDER = st.lists(st.sampled_from(CALLS), min_size=1, max_size=3, unique=True).map(sorted)
WRITERS = st.lists(st.builds(Writer, ORDER, st.booleans()), min_size=2, max_size=4)
STEPS = st.lists(st.builds(Step, st.integers(0, 5), st.booleans(), st.integers(1, 3)), max_size=30)


class RefusedError(Exception):
    """A consumer or a writer that changes its mind."""


class Room:
    """Writers whose moves are told from outside, and one consumer."""

    def __init__(self, database: Database, run: str) -> None:
        self.database, self.run = database, run
        self.journal = SqlJournal(database)
        self.committed: list[str] = []
        self.gates: dict[int, asyncio.Semaphore] = {}

    async def write(self, number: int, writer: Writer) -> None:
        """On PostgreSQL each move waits for its turn while the transaction stays open."""
        gate = self.gates[number] = asyncio.Semaphore(0)
        words = [f"{self.run}-{number}-{place}" for place in range(len(writer.calls))]

        def work(conn: Connection) -> None:
            for call, word in zip(writer.calls, words, strict=True):
                if conn.dialect.name == "postgresql":
                    await_only(gate.acquire())
                    lock = "SELECT pg_advisory_xact_lock(hashtext(:key))"
                    conn.execute(text(lock), {"key": self.run + call})
                append(conn, [Happened(1.0, f"{call}/{word}", CallWrapped())])
            if conn.dialect.name == "postgresql":
                await_only(gate.acquire())
            if not writer.commits:
                raise RefusedError

        try:
            await self.database.write(work)
        except RefusedError:
            return
        self.committed += [f"{c}/{w}" for c, w in zip(writer.calls, words, strict=True)]

    async def consume(self, step: Step) -> None:
        def take(work: Work, found: Sequence[Entry]) -> None:
            work.deliver([_copy(it) for it in found])
            if step.fails:
                raise RefusedError

        try:
            await self.journal.consume(self.run, ALL, take, limit=step.limit)
        except RefusedError:
            return

    async def effects(self) -> list[tuple[int, str]]:
        """What the consumer wrote, by the order in which it did."""
        rows: Any = await self.database.read(
            lambda conn: conn.execute(
                text("SELECT body, lane FROM deliveries WHERE hook = :run ORDER BY id"),
                {"run": self.run},
            ).all()
        )
        return [(int(body), lane) for body, lane in rows]


_TURN = iter(range(10**9))


def _copy(entry: Entry) -> Delivery:
    """A plain insert of a new key would hide a repetition: the key is the turn."""
    turn = next(_TURN)
    run = entry.subject.split("/")[1].split("-")[0]
    return Delivery(
        id=f"{turn:012}", hook=run, event="e", body=str(turn), created_at=1.0, state="done",
        lane=entry.subject, seq=entry.seq,
    )  # fmt: skip


@asynccontextmanager
async def room(url: str) -> AsyncIterator[Room]:
    database = open_database(url)
    try:
        found = Room(database, f"r{next(_TURN)}")
        await found.journal.join(found.run, "now")
        yield found
    finally:
        await database.close()


async def play(url: str, writers: Sequence[Writer], steps: Sequence[Step]) -> None:
    async with room(url) as found:
        tasks = [spawn(found.write(n, it), name=f"writer {n}") for n, it in enumerate(writers)]
        await asyncio.sleep(0)
        for step in steps:
            if step.who < len(writers):
                found.gates[step.who].release()
                # As far as it comes: it may wait for a lock that another holds.
                await found.database.read(lambda conn: conn.execute(text("SELECT 1")).all())
            else:
                await found.consume(step)
        for gate in found.gates.values():
            for _ in range(5):
                gate.release()
        async with asyncio.timeout(30):
            await asyncio.gather(*tasks)
            while await found.journal.has_more(found.run, ALL):
                await found.consume(Step(0, limit=2))
        await _check(found)


async def _check(found: Room) -> None:
    effects = await found.effects()
    assert sorted(lane for _, lane in effects) == sorted(found.committed)
    rows = {it.subject: it.seq for it in await found.journal.entries(limit=100_000)}
    for call in CALLS:
        told = [rows[lane] for _, lane in sorted(effects) if lane.startswith(f"{call}/")]
        assert told == sorted(told)


@pytest.mark.parametrize("store_url", ["sqlite", "postgres"], indirect=True)
@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(writers=WRITERS, steps=STEPS)
def test_every_record_has_its_effect_once_and_in_order_per_call(
    store_url: str, writers: list[Writer], steps: list[Step]
) -> None:
    asyncio.run(play(store_url, writers, steps))


@pytest.mark.parametrize("store_url", ["postgres"], indirect=True)
async def test_a_number_that_is_taken_first_and_committed_last_is_not_passed(
    store_url: str,
) -> None:
    """What a cursor that only knows numbers would lose."""
    async with room(store_url) as found:
        first = spawn(found.write(0, Writer(["A"], True)), name="first")
        second = spawn(found.write(1, Writer(["B"], True)), name="second")
        await eventually(lambda: len(found.gates) == 2)
        found.gates[0].release()  # has its number, stays open
        async with asyncio.timeout(20):
            while not await _numbers_taken(found, 1):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        found.gates[1].release()
        found.gates[1].release()
        await second
        await found.consume(Step(0, limit=10))
        assert await found.effects() == []  # the second may not be told before the first
        found.gates[0].release()
        await first
        await found.consume(Step(0, limit=10))
        await _check(found)
        assert len(found.committed) == 2


async def _numbers_taken(found: Room, count: int) -> bool:
    """Whether so many open transactions have written."""
    sql = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE backend_xid IS NOT NULL AND datname = current_database()"
    )
    return bool(await found.database.read(lambda conn: conn.execute(text(sql)).scalar()) >= count)


@pytest.mark.parametrize("store_url", ["postgres"], indirect=True)
async def test_a_database_from_a_server_that_had_counted_further_goes_on(store_url: str) -> None:
    async with room(store_url) as found:
        await asyncio.gather(_pass(found, 0), _pass(found, 1), _pass(found, 2))
        await found.consume(Step(0, limit=2))
        ahead = 10**12
        await found.database.write(
            lambda conn: [
                conn.execute(text("UPDATE journal SET xid = xid + :by"), {"by": ahead}),
                conn.execute(
                    text("UPDATE journal_cursors SET lo = lo + :by, hi = hi + :by"), {"by": ahead}
                ),
            ]
        )
        assert await found.database.write(adopt)
        assert not await found.database.write(adopt)
        await _pass(found, 3)
        while await found.journal.has_more(found.run, ALL):
            await found.consume(Step(0, limit=2))
        await _check(found)
        assert len(found.committed) == 4


async def _pass(found: Room, number: int) -> None:
    task = spawn(found.write(number, Writer(["A"], True)), name="writer")
    await eventually(lambda: number in found.gates)
    for _ in range(2):
        found.gates[number].release()
    await task
