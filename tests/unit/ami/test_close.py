"""A client that is closed while its link comes up ends, whatever it waits for at that moment."""

from __future__ import annotations

import asyncio

import pytest

from dialer.asterisk.client import AmiClient
from tests.kit.fake_ami import FakeAmiServer


@pytest.mark.parametrize("turns", range(30))
async def test_a_client_closed_as_it_connects_ends(turns: int) -> None:
    server = FakeAmiServer()
    await server.start()
    client = AmiClient("127.0.0.1", server.port, "dialer", "secret", on_event=lambda _event: None)
    await client.start()
    for _ in range(turns):
        await asyncio.sleep(0)

    await asyncio.wait_for(client.close(), 5)
    await server.close()
