"""Webhooks: signed, tried again, given up; a receiver that is bad holds up nobody."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from dialer.engine.tasks import spawn, stop
from dialer.ports.clock import SystemClock
from dialer.ports.steering import Delivery
from dialer.service import webhooks
from dialer.service.webhooks import Webhooks, after, pause_s, signature
from dialer.settings.alerts import WebhookSettings
from dialer.testing.store import InMemoryStore

SECRET = "0123456789abcdef"


def hook(port: int, **fields: object) -> WebhookSettings:
    given = {"url": f"http://127.0.0.1:{port}/x", "secret": SECRET, "events": ("alert",)}
    return WebhookSettings(**{**given, "timeout_s": 0.5, **fields})


class Receiver:
    """Answers with `answers` in turn, the last one again and again."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.heads: list[str] = []
        self.bodies: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
        self.heads.append(head)
        self.bodies.append((await reader.readexactly(length)).decode())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        writer.write(answer)
        await writer.drain()
        if answer.endswith(b"..."):
            await asyncio.sleep(60)
        writer.close()


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[int]:
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


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


def states(store: InMemoryStore) -> dict[str, str]:
    return {it.hook: it.state for it in store.deliveries.rows.values()}


async def test_an_event_is_signed_and_says_what_happened() -> None:
    receiver = Receiver(b"HTTP/1.1 204 No Content\r\n\r\n")
    async with receiving(receiver) as port, running({"crm": hook(port)}) as (found, store):
        found.announce("alert.began", {"name": "ami"})
        found.announce("campaign.start", {"campaign": "not wanted"})
        await until(lambda: states(store) == {"crm": "done"})

    (head,), (body,) = receiver.heads, receiver.bodies
    sent = json.loads(body)
    assert (sent["event"], sent["data"]) == ("alert.began", {"name": "ami"})
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
        found.announce("alert.began", {})
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
        put = store.deliveries.put

        async def watched(delivery: Delivery) -> None:
            seen.append(delivery)
            await put(delivery)

        store.deliveries.put = watched  # type: ignore[method-assign]
        found.announce("alert.began", {})
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
                    found.announce("alert.began", {"number": number})
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
            await store.deliveries.put(
                Delivery(id=f"D-{name}", hook=name, event="alert.began", body="{}", created_at=1.0)
            )
        found = Webhooks(store, SystemClock(), lambda: {"crm": hook(port)})
        task = spawn(found.run(), name="webhooks")
        await until(lambda: states(store) == {"crm": "done", "gone": "dead"})
        await stop(task)
        await found.close()

    assert receiver.bodies == ["{}"]


async def test_more_events_than_can_wait_are_dropped_and_nothing_stops() -> None:
    found = Webhooks(InMemoryStore(), SystemClock(), lambda: {"crm": hook(1)})
    for number in range(webhooks.MOST_WAITING + 5):
        found.announce("alert.began", {"number": number})

    assert found._new.qsize() == webhooks.MOST_WAITING
    await found.close()


def test_pauses_grow_to_an_hour_and_then_it_is_given_up() -> None:
    delivery = Delivery(id="D", hook="crm", event="e", body="{}", created_at=0.0)
    pauses, tries = [], 0
    while delivery.state == "waiting":
        delivery = after(delivery, 500, "answered 500", 0.0)
        pauses.append(delivery.next_at)
        tries += 1

    assert tries == webhooks.MOST_TRIES
    assert pauses[:3] == [5.0, 10.0, 20.0]
    assert max(pauses) == pause_s(99) == 3600.0
    assert delivery.state == "dead"
    assert (
        after(Delivery(id="D", hook="h", event="e", body="", created_at=0.0), 410, "", 0.0).state
        == "dead"
    )
