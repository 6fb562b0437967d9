"""The process is killed while it writes, consumes and sends: each record has its effect once, and
each message arrives, in order per call.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dialer.ports.journal import KINDS
from dialer.ports.store import LeadNumber, NewLead, Store
from dialer.store import open_store
from tests.kit.told_calls import COPIES, HOOK, NUMBER, ended, telling

ROOT = Path(__file__).parents[3]
WHOLE = ["call.opened", "call.closed", "result.given"]


class Crm:
    """A receiver that notes (message, event, call) before it answers."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []
        self.on_message: Callable[[], None] = lambda: None
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._hear(reader)
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it was killed while it spoke
        finally:
            writer.close()

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        said = json.loads(await reader.readexactly(length))
        self.heard.append((said["id"], said["event"], said["data"]["attempt_id"]))
        self.on_message()

    def by_call(self) -> dict[str, list[str]]:
        """Events in the order in which each was heard first."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for _, event, call in self.heard:
            found[call].setdefault(event)
        return {call: list(events) for call, events in found.items()}


@pytest.fixture
async def crm() -> AsyncIterator[Crm]:
    found = Crm()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    yield found
    server.close()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = await open_store(url, migrate=False)
    try:
        yield store
    finally:
        await store.close()


async def prepare(url: str) -> str:
    """A campaign with one lead that is due for ever."""
    async with opened(url) as store:
        campaign = await store.campaigns.create("c", pool="p", settings={}, now=0.0, who="ops")
        await store.leads.add(campaign.id, [NewLead(numbers=[LeadNumber(NUMBER)])], now=0.0)
    return campaign.id


async def repair(url: str, campaign_id: str) -> None:
    """As the engine does at a start: what a crash left open is closed, claims are given back."""
    async with opened(url) as store:
        for it in await store.attempts.still_open():
            await store.attempts.close([ended(it.attempt_id, "failed")])
        await store.leads.release_claims(campaign_id=campaign_id)


async def killed(crm: Crm, url: str, campaign_id: str, *, lines: int, messages: int) -> set[str]:
    """The calls that a dialer told of before it was killed: after so many lines, and while it waits
    for the answer to its next message after so many more.
    """
    command = ("-m", "tests.kit.told_calls", url, campaign_id, crm.url)
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=PIPE, cwd=ROOT)
    assert process.stdout is not None
    async with asyncio.timeout(200):
        told = [await process.stdout.readline() for _ in range(lines)]
        _kill_after(process, crm, messages)
        told += (await process.stdout.read()).splitlines()
        assert await process.wait() == -signal.SIGKILL
    words = [line.decode().split() for line in told]
    return {it[1] for it in words if len(it) == 2}


def _kill_after(process: Process, crm: Crm, messages: int) -> None:
    until = len(crm.heard) + messages

    def on_message() -> None:
        if len(crm.heard) > until and process.returncode is None:
            process.kill()

    crm.on_message = on_message
    if not messages:
        process.kill()


async def finish(url: str, crm: Crm) -> None:
    """Start once more, and let everything be told."""
    crm.on_message = lambda: None
    async with opened(url) as store, telling(store, crm.url), asyncio.timeout(200):
        for consumer in (COPIES, "webhooks"):
            while await store.journal.has_more(consumer, KINDS):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        while await store.deliveries.page(hook=HOOK, state="waiting", limit=1):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.timeout(600)  # five starts of Python, each of seconds where others work, too
@pytest.mark.parametrize("store_url", ["sqlite", "postgres"], indirect=True)
async def test_whenever_it_is_killed_each_record_has_its_effect_once_and_in_order(
    store_url: str, store: Store, crm: Crm
) -> None:
    campaign_id = await prepare(store_url)
    told: set[str] = set()
    for lines, messages in ((1, 0), (2, 3), (9, 0), (5, 1)):
        told |= await killed(crm, store_url, campaign_id, lines=lines, messages=messages)
        await repair(store_url, campaign_id)
    await finish(store_url, crm)

    kept = {it.seq for it in await store.journal.entries(limit=100_000)}
    copies = await store.deliveries.page(hook=COPIES, limit=100_000)
    seqs = Counter(it.seq for it in copies)
    assert told
    assert set(seqs.values()) == {1}
    assert kept <= set(seqs)
    for call in told:
        of_call = sorted((it for it in copies if it.lane == call), key=lambda it: it.id)
        assert [it.event for it in of_call] == WHOLE
        assert crm.by_call()[call] == WHOLE
    ids = defaultdict(set)
    for an_id, event, call in crm.heard:
        ids[event, call].add(an_id)
    assert {len(it) for it in ids.values()} == {1}  # told twice only under the same id
    wanted = [it for it in copies if it.event.startswith(("call.", "result."))]
    assert set(ids) == {(it.event, it.lane) for it in wanted}
