"""The process that answers: beside the one that calls, so that no report keeps a callee waiting.

It goes behind everything else on the machine, has a database connection of its own, and ends when
its input does.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import BinaryIO

from dialer.features.figures.keeping import FactKeeper, FactsError
from dialer.features.figures.messages import (
    LENGTH_BYTES,
    Answered,
    Ask,
    Build,
    Built,
    Drill,
    Drilled,
    Failed,
    Job,
    Order,
    Reply,
    framed,
    read_job,
    read_order,
)
from dialer.ports.store import StoreError
from dialer.store.database import open_database
from dialer.store.facts import SqlFacts
from figures.base import FigureBase
from figures.question import QuestionError

_NICE = 10


async def carry_out(keeper: FactKeeper, order: Order) -> Reply:
    """One order; whatever goes wrong with it is a reply as well."""
    try:
        if isinstance(order, Ask):
            return Answered(await keeper.answer(order.question, order.today))
        if isinstance(order, Drill):
            return Drilled(await keeper.behind(order.behind, order.today))
        if isinstance(order, Build):
            return Built(await keeper.build(order.today, order.most), await keeper.tidy())
        await keeper.forget()
        return Built(0, await keeper.tidy())
    except (QuestionError, FactsError) as error:
        return Failed(error.slug, str(error))
    except StoreError as error:
        return Failed("store-away", str(error))


async def work(job: Job, orders: asyncio.StreamReader, replies: BinaryIO) -> None:
    """Every order that comes, until none does any more."""
    folder = Path(job.folder)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
    database = open_database(job.url)
    base = FigureBase(folder, memory_mb=job.memory_mb, threads=job.threads)
    keeper = FactKeeper(SqlFacts(database), base, folder)
    try:
        while (data := await next_message(orders)) is not None:
            reply = framed(await carry_out(keeper, read_order(data)))
            await asyncio.to_thread(_say, replies, reply)
    finally:
        base.close()
        await database.close()


async def next_message(stream: asyncio.StreamReader) -> bytes | None:
    """The next one without its length; None at the end."""
    try:
        head = await stream.readexactly(LENGTH_BYTES)
        return await stream.readexactly(int.from_bytes(head, "big"))
    except asyncio.IncompleteReadError:
        return None


def _say(replies: BinaryIO, reply: bytes) -> None:
    replies.write(reply)
    replies.flush()


def for_replies() -> BinaryIO:
    """The output, for replies alone: what a library prints, as DuckDB does its progress in a long
    query, goes where errors go. Between two replies it was read as the length of one.
    """
    kept = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(kept, "wb")


async def _from_stdin() -> None:
    replies = for_replies()
    stream = asyncio.StreamReader(limit=1 << 22)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), sys.stdin)
    if (data := await next_message(stream)) is not None:
        await work(read_job(data), stream, replies)


def main() -> None:
    """Started by `Reports`."""
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    asyncio.run(_from_stdin())
