"""A fake manager server, and clients of it that are closed with the test."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from dialer.asterisk.client import AmiClient, Backoff
from tests.kit.fake_ami import FakeAmiServer

QUICK = Backoff(first_s=0.01, longest_s=0.05)


@pytest.fixture
async def server() -> AsyncIterator[FakeAmiServer]:
    fake = FakeAmiServer()
    await fake.start()
    yield fake
    await fake.close()


@pytest.fixture
async def connect(server: FakeAmiServer) -> AsyncIterator[Callable[..., Awaitable[AmiClient]]]:
    """Makes a client of `server`; `up=False` does not wait for the link."""
    made: list[AmiClient] = []

    async def make(up: bool = True, **options: Any) -> AmiClient:
        options = {
            "on_event": lambda _: None,
            "username": "dialer",
            "secret": "secret",
            "backoff": QUICK,
            "rng": random.Random(1),
            "port": server.port,
        } | options
        client = AmiClient("127.0.0.1", **options)
        made.append(client)
        await client.start()
        if up:
            await client.wait_up(5.0)
        return client

    yield make
    for client in made:
        await client.close()
