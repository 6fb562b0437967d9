"""Webhooks: signed, tried again, given up; a receiver that is bad holds up nobody."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from msgspec.structs import replace

from dialer.features.webhooks import sending as webhooks
from dialer.features.webhooks.sending import Webhooks, after, breath_s, pause_s, signature
from dialer.memory.store import InMemoryStore
from dialer.ports.clock import SystemClock
from dialer.ports.steering import Delivery
from dialer.settings.alerts import WebhookSettings
from dialer.tasks import spawn, stop
from tests.kit.receiver import Receiver, receiving

SECRET = "0123456789abcdef"
NOW = time.time()


def hook(port: int, **fields: object) -> WebhookSettings:
    given = {"url": f"http://127.0.0.1:{port}/x", "secret": SECRET, "events": ("alert",)}
    return WebhookSettings(**{**given, "timeout_s": 0.5, **fields})


@asynccontextmanager
async def running(
    hooks: dict[str, WebhookSettings],
) -> AsyncIterator[tuple[Webhooks, InMemoryStore]]:
    store = InMemoryStore()
    found = Webhooks(store, SystemClock(), lambda: hooks)
    task = spawn(found.run(), name="webhooks")
    try:
        yield found, store
    finally:
        await stop(task)
        await found.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def announce(found: Webhooks, store: InMemoryStore, *deliveries: Delivery) -> None:
    """As a consumer of the journal does it."""
    await store.deliveries.add(deliveries)
    found.wake()


def delivery(an_id: str, name: str = "crm", **fields: object) -> Delivery:
    body = json.dumps({"id": an_id})
    given = {"id": an_id, "hook": name, "event": "alert.began", "body": body, "lane": an_id}
    now = time.time()
    return Delivery(**{**given, "created_at": now, "next_at": now, **fields})  # type: ignore[arg-type]


def states(store: InMemoryStore) -> dict[str, str]:
    return {it.hook: it.state for it in store.deliveries.rows.values()}


async def test_an_event_is_signed_and_says_what_happened() -> None:
    receiver = Receiver(b"HTTP/1.1 204 No Content\r\n\r\n")
    async with receiving(receiver) as port, running({"crm": hook(port)}) as (found, store):
        await announce(found, store, delivery("D1", body='{"event": "alert.began"}'))
        await until(lambda: states(store) == {"crm": "done"})

    (head,), (body,) = receiver.heads, receiver.bodies
    assert body == '{"event": "alert.began"}'
    assert "dialer-delivery: D1" in head.lower().replace("d1", "D1")
    signed = next(it for it in head.split("\r\n") if it.lower().startswith("dialer-signature"))
    stamp, mac = (part.split("=")[1] for part in signed.split(": ")[1].split(","))
    meant = hmac.new(SECRET.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    assert mac == meant
    assert signature(SECRET, int(stamp), body) == f"t={stamp},v1={meant}"


@pytest.mark.parametrize(
    "lie",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nshort...",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000 + b"...",
    ],
)
async def test_of_an_answer_only_the_status_counts(lie: bytes) -> None:
    async with receiving(Receiver(lie)) as port, running({"crm": hook(port)}) as (found, store):
        await announce(found, store, delivery("D1"))
        await until(lambda: states(store) == {"crm": "done"})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n", "answered 302"),
        (b"HTTP/1.1 500 No\r\n\r\n", "answered 500"),
        (b"\x00\x01 not http at all\r\n\r\n", "RemoteProtocolError"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ...", "no answer within"),
        (b"", "RemoteProtocolError"),
    ],
)
async def test_what_is_no_yes_is_tried_again_with_the_same_id(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, error: str
) -> None:
    monkeypatch.setattr(webhooks, "FIRST_PAUSE_S", 0.01)
    receiver = Receiver(answer, b"HTTP/1.1 200 OK\r\n\r\n")
    seen: list[Delivery] = []
    async with receiving(receiver) as port, running({"crm": hook(port)}) as (found, store):
        await announce(found, store, delivery("D1"))
        tried = store.deliveries.tried

        async def watched(deliveries: Sequence[Delivery]) -> None:
            seen.extend(deliveries)
            await tried(deliveries)

        store.deliveries.tried = watched  # type: ignore[method-assign]
        await until(lambda: states(store) == {"crm": "done"})

    assert [it.state for it in seen] == ["waiting", "done"]
    assert seen[0].error.startswith(error)
    assert receiver.bodies[0] == receiver.bodies[1]


async def test_a_receiver_that_never_accepts_holds_up_neither_us_nor_the_others() -> None:
    """A full listen queue: the connection is never made."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        good = Receiver(b"HTTP/1.1 200 OK\r\n\r\n")
        async with receiving(good) as other:
            hooks = {"bad": hook(port), "good": hook(other)}
            async with running(hooks) as (found, store):
                for number in range(20):
                    for name in hooks:
                        one = delivery(f"D{number:02}-{name}", name)
                        await announce(found, store, one)
                await until(lambda: len(good.bodies) == 20)
                await until(lambda: any(it.tries for it in store.deliveries.rows.values()
                                        if it.hook == "bad"))  # fmt: skip
                bad = [it for it in store.deliveries.rows.values() if it.hook == "bad"]
        for filler in fillers:
            filler.close()

    assert {it.state for it in bad} == {"waiting"}
    assert any(it.error.startswith("no answer within") for it in bad)


async def test_what_waits_is_sent_after_a_restart_and_of_a_gone_hook_given_up() -> None:
    store = InMemoryStore()
    receiver = Receiver(b"HTTP/1.1 200 OK\r\n\r\n")
    async with receiving(receiver) as port:
        for name in ("crm", "gone"):
            await store.deliveries.add([delivery(f"D-{name}", name, body="{}")])
        found = Webhooks(store, SystemClock(), lambda: {"crm": hook(port)})
        task = spawn(found.run(), name="webhooks")
        await until(lambda: states(store) == {"crm": "done", "gone": "dead"})
        await stop(task)
        await found.close()

    assert receiver.bodies == ["{}"]


async def test_one_call_is_told_in_order_while_others_go_on() -> None:
    """What cannot be delivered holds up the rest of its own call, until it is given up."""
    receiver = Picky("A1-1")
    async with receiving(receiver) as port, running({"crm": hook(port)}) as (found, store):
        of_calls = [
            delivery(f"{call}-{n}", lane=call, seq=10 * n + at)
            for n in (1, 2, 3)
            for at, call in enumerate(("A1", "A2"))
        ]
        await announce(found, store, *of_calls)
        await until(lambda: {"A2-3"} <= set(receiver.taken))
        assert [it for it in receiver.taken if it.startswith("A2")] == ["A2-1", "A2-2", "A2-3"]
        assert not [it for it in receiver.taken if it.startswith("A1")]
        receiver.refused.clear()
        due = store.deliveries.rows["A1-1"]
        await announce(found, store, replace(due, next_at=0.0))
        await until(lambda: len(receiver.taken) == 6)

    assert [it for it in receiver.taken if it.startswith("A1")] == ["A1-1", "A1-2", "A1-3"]


class Picky(Receiver):
    """Refuses some messages, by their ids."""

    def __init__(self, *refused: str) -> None:
        super().__init__(b"")
        self.refused, self.taken = set(refused), list[str]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
        an_id = json.loads(await reader.readexactly(length))["id"]
        is_taken = an_id not in self.refused
        if is_taken:
            self.taken.append(an_id)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" if is_taken else b"HTTP/1.1 500 No\r\n\r\n")
        await writer.drain()
        writer.close()


async def test_a_dead_receiver_loses_nothing_and_is_asked_more_and_more_seldom() -> None:
    store = InMemoryStore()
    await store.deliveries.add([delivery(f"D{n:05}", seq=n) for n in range(5000)])
    found = Webhooks(store, SystemClock(), lambda: {"crm": hook(1)})
    task = spawn(found.run(), name="webhooks")
    await until(lambda: any(it.tries for it in store.deliveries.rows.values()))
    await stop(task)
    await found.close()

    assert states(store) == {"crm": "waiting"}
    assert len(store.deliveries.rows) == 5000
    assert [breath_s(n) for n in (0, 1, 2, 3, 99)] == [0.0, 0.0, 1.0, 2.0, 60.0]


async def test_what_is_too_old_is_given_up_and_of_a_webhook_that_is_off_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhooks, "SWEEP_EVERY_S", 0.0)
    store, clock = InMemoryStore(), SystemClock()
    fresh = delivery("D2")
    old = delivery("D1", "off", next_at=clock.now() - webhooks.LONGEST_WAIT_S)
    await store.deliveries.add([old, delivery("D3", "off"), fresh])
    found = Webhooks(store, clock, lambda: {"crm": hook(1, on=False), "off": hook(1, on=False)})
    task = spawn(found.run(), name="webhooks")
    await until(lambda: store.deliveries.rows["D1"].state == "dead")
    await stop(task)
    await found.close()

    assert store.deliveries.rows["D2"] == fresh
    assert store.deliveries.rows["D3"].state == "waiting"


def tried_until_dead(status: int | None) -> list[float]:
    """When a message is tried that is always answered so."""
    one, times = delivery("D", created_at=0.0, next_at=0.0), list[float]()
    while one.state == "waiting":
        times.append(one.next_at)
        one = after(one, status, "no", one.next_at)
    return times


def test_pauses_grow_to_an_hour_and_then_it_is_given_up() -> None:
    times = tried_until_dead(404)
    pauses = [later - at for at, later in pairwise(times)]

    assert len(times) == webhooks.MOST_TRIES
    assert pauses[:3] == [5.0, 10.0, 20.0]
    assert max(pauses) == pause_s(99) == 3600.0
    assert tried_until_dead(410) == [0.0]


@pytest.mark.parametrize("status", [None, 429, 500, 503])
def test_a_receiver_that_is_away_for_days_loses_nothing(status: int | None) -> None:
    *_, last = tried_until_dead(status)
    assert webhooks.LONGEST_WAIT_S <= last < webhooks.LONGEST_WAIT_S + 3600.0
