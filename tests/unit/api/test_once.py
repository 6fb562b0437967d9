"""Writes with a key are done once, however often and however close together they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dialer.api import once
from dialer.api.once import KEPT_S, Once
from dialer.kit.errors import Kind, Refused


@dataclass
class HandClock:
    at: float = 1_800_000_000.0

    def now(self) -> float:
        return self.at


@dataclass
class Counter:
    """An application that counts what it was asked, and answers as told."""

    clock: HandClock = field(default_factory=HandClock)
    asked: list[bytes] = field(default_factory=list)
    status: int = 200
    began: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: Request) -> Response:
        self.asked.append(await request.body())
        self.began.set()
        await self.let_go.wait()
        return JSONResponse({"count": len(self.asked)}, self.status)


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    async def everybody(_connection: object) -> None:
        return None

    monkeypatch.setattr(once, "identify", everybody)
    found = Counter()
    found.let_go.set()
    return found


@pytest.fixture
async def client(counter: Counter) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[Route("/{rest:path}", counter.answer, methods=["GET", "POST"])])
    app.add_middleware(Once, clock=counter.clock)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://dialer") as client:
        yield client


async def send(
    client: httpx.AsyncClient, key: str = "key-1", body: bytes = b"{}", path: str = "/a"
) -> httpx.Response:
    return await client.post(path, content=body, headers={"Idempotency-Key": key})


async def test_the_second_of_two_gets_the_first_answer(
    client: httpx.AsyncClient, counter: Counter
) -> None:
    first, second = await send(client), await send(client)

    assert (first.json(), second.json()) == ({"count": 1}, {"count": 1})
    assert len(counter.asked) == 1
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"


async def test_one_that_comes_while_the_first_is_under_way_waits_for_it(
    client: httpx.AsyncClient, counter: Counter
) -> None:
    counter.let_go.clear()
    async with asyncio.TaskGroup() as group:
        both = [group.create_task(send(client)) for _ in range(2)]
        await counter.began.wait()
        counter.let_go.set()

    assert [task.result().json() for task in both] == [{"count": 1}, {"count": 1}]


@pytest.mark.parametrize(
    "other", [{"key": "key-2"}, {"path": "/b"}], ids=["another key", "another address"]
)
async def test_another_request_is_another_request(
    client: httpx.AsyncClient, counter: Counter, other: dict[str, str]
) -> None:
    await send(client)
    await send(client, **other)  # type: ignore[arg-type]

    assert len(counter.asked) == 2


async def test_without_a_key_everything_is_as_before(
    client: httpx.AsyncClient, counter: Counter
) -> None:
    await client.post("/a", content=b"{}")
    await client.post("/a", content=b"{}")
    await client.get("/a", headers={"Idempotency-Key": "key-1"})

    assert len(counter.asked) == 3


async def test_a_key_for_another_body_is_refused_and_does_nothing(
    client: httpx.AsyncClient, counter: Counter
) -> None:
    await send(client)
    refused = await send(client, body=b'{"other": 1}')

    assert refused.status_code == 422
    assert refused.json()["type"].endswith(":idempotency-key-used")
    assert len(counter.asked) == 1


@pytest.mark.parametrize("status", [409, 422, 500, 503])
async def test_what_was_refused_may_be_asked_again(
    client: httpx.AsyncClient, counter: Counter, status: int
) -> None:
    counter.status = status
    await send(client)
    counter.status = 200

    assert (await send(client)).json() == {"count": 2}


async def test_keys_are_forgotten_after_a_while(
    client: httpx.AsyncClient, counter: Counter
) -> None:
    await send(client)
    counter.clock.at += KEPT_S + 1
    await send(client)

    assert len(counter.asked) == 2


async def test_whose_session_has_ended_is_not_told_what_he_was_told_before(
    client: httpx.AsyncClient, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(_connection: object) -> None:
        raise Refused(Kind.NOBODY, "session-over", "log in (again)")

    await send(client)
    monkeypatch.setattr(once, "identify", nobody)
    await send(client)

    assert len(counter.asked) == 2, "the endpoint has the word"


@pytest.mark.parametrize(("key", "body"), [("", b""), ("a b", b""), ("k" * 101, b"")])
async def test_a_key_nobody_can_mean_is_refused(
    client: httpx.AsyncClient, counter: Counter, key: str, body: bytes
) -> None:
    assert (await send(client, key, body)).status_code == 422
    assert counter.asked == []


async def test_a_body_too_large_to_remember_is_refused(
    client: httpx.AsyncClient, counter: Counter
) -> None:
    assert (await send(client, body=b"x" * 70_000)).status_code == 413
    assert counter.asked == []
