"""The API on a socket of its own, inside a running loop."""

from __future__ import annotations

import httpx
import pytest

from dialer.api.app import create_app
from dialer.api.server import ApiServer


async def test_it_listens_on_a_free_port_until_it_is_stopped(world) -> None:
    server = ApiServer(create_app(world.context()), "127.0.0.1", 0)
    await server.start()
    async with httpx.AsyncClient(base_url=server.url) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/api/v1/floors")).status_code == 401
    await server.stop()

    async with httpx.AsyncClient(base_url=server.url) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/healthz")


async def test_a_port_that_is_taken_is_said_with_its_address(world) -> None:
    first = ApiServer(create_app(world.context()), "127.0.0.1", 0)
    await first.start()
    port = int(first.url.rsplit(":", 1)[1])

    with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{port}"):
        await ApiServer(create_app(world.context()), "127.0.0.1", port).start()
    await first.stop()
