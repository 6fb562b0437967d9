"""Real sockets at the real server: slow ones, silent ones, many of them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from dialer.api import connections, doors
from dialer.api.app import create_app
from dialer.api.server import ApiServer

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def server(world, monkeypatch) -> AsyncIterator[ApiServer]:
    """With 64 connections: 16 strangers, 4 of them at one address."""
    monkeypatch.setattr(connections, "LOOK_EVERY_S", 0.02)
    server = ApiServer(create_app(world.context()), "127.0.0.1", 0, max_connections=64)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def connect(server: ApiServer) -> AsyncIterator[Callable]:
    opened: list[Streams] = []

    async def one(said: bytes = b"", address: str = "127.0.0.1") -> Streams:
        port = int(server.url.rsplit(":", 1)[1])
        streams = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
        streams[1].write(said)
        await streams[1].drain()
        opened.append(streams)
        return streams

    yield one
    for _, writer in opened:
        writer.transport.abort()


async def until_ended(reader: asyncio.StreamReader) -> bytes:
    said = b""
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionError):
            said = await reader.read()
    return said


async def status(server: ApiServer, path: str = "/healthz", **more) -> int:
    async with httpx.AsyncClient(base_url=server.url, timeout=10) as client:
        return (await client.get(path, **more)).status_code


async def test_a_head_that_never_ends_is_told_so_and_closed(server, connect, monkeypatch) -> None:
    monkeypatch.setattr(doors, "HEAD_WITHIN_S", 0.1)
    silent, _ = await connect()
    half, _ = await connect(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")

    assert (await until_ended(half)).startswith(b"HTTP/1.1 408 ")
    await until_ended(silent)
    assert await status(server) == 200


async def test_a_second_request_that_never_ends_is_closed_as_well(connect, monkeypatch) -> None:
    monkeypatch.setattr(doors, "HEAD_WITHIN_S", 0.1)
    reader, writer = await connect(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")

    writer.write(b"GET /hea")

    await until_ended(reader)


async def test_a_body_that_stands_still_is_closed(connect, monkeypatch) -> None:
    monkeypatch.setattr(doors, "BODY_WINDOW_S", 0.1)
    head = b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{"
    reader, _ = await connect(head)

    assert (await until_ended(reader)).startswith(b"HTTP/1.1 408 ")


async def test_a_slow_upload_that_goes_on_is_taken(server, connect, monkeypatch) -> None:
    monkeypatch.setattr(doors, "BODY_WINDOW_S", 4.0)  # a shared machine may stand still for two
    monkeypatch.setattr(doors, "BODY_LEAST_BYTES", 2)
    body = b'{"name": "anna", "password": "wrong"}'
    head = b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    reader, writer = await connect(head + b"Content-Length: %d\r\n\r\n" % len(body))
    for byte in body:
        writer.write(bytes([byte]))
        await asyncio.sleep(0.12)  # longer than the window in all

    assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")


async def test_silent_connections_of_one_address_leave_room_for_others(server, connect) -> None:
    flood = [await connect(address="127.0.0.5") for _ in range(30)]

    assert await status(server) == 200
    # Those that had to make room are closed; the last few are still there.
    ended = [reader for reader, _ in flood[:-4]]
    await asyncio.gather(*(until_ended(reader) for reader in ended))


async def test_silent_connections_of_many_addresses_leave_room_for_others(server, connect) -> None:
    for number in range(2, 60):
        await connect(address=f"127.0.0.{number}")

    assert await status(server) == 200
    assert server.doors.strangers <= server.doors.limits.strangers


async def test_who_asks_with_a_token_is_no_stranger(server, connect, world) -> None:
    from tests.unit.api.conftest import TOKEN

    head = f"GET /api/v1/floors HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    reader, _ = await connect(head.encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")

    assert (len(server.doors), server.doors.strangers) == (1, 0)


async def test_the_next_request_of_a_connection_is_a_strangers_again(server, connect) -> None:
    from tests.unit.api.conftest import TOKEN

    head = f"GET /api/v1/floors HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    reader, writer = await connect(head.encode())
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"404 Not Found")

    assert server.doors.strangers == 1


FEW_DESCRIPTORS = """
import asyncio, resource, sys, tempfile
resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
from fastapi import FastAPI
from dialer.api.server import ApiServer

async def main() -> None:
    app = FastAPI()
    app.get("/healthz")(lambda: "ok")
    server = ApiServer(app, "127.0.0.1", 0)
    await server.start()
    print(server.url.rsplit(":", 1)[1], file=sys.stderr, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    files = [tempfile.TemporaryFile() for _ in range(40)]
    print(len(server.doors), len(files), file=sys.stderr, flush=True)
    await server.stop()

asyncio.run(main())
"""


def test_connections_never_take_the_last_descriptors() -> None:
    command = [sys.executable, "-c", FEW_DESCRIPTORS]
    pipe = subprocess.PIPE
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=nowhere, stderr=pipe) as served:
        assert served.stderr is not None
        port = int(served.stderr.readline())
        with contextlib.ExitStack() as flood:
            for number in range(300):
                held = flood.enter_context(socket.socket())
                held.bind((f"127.0.0.{2 + number % 100}", 0))
                held.connect(("127.0.0.1", port))
            assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
            inside, files = map(int, served.communicate("\n", timeout=60)[1].split())

    assert inside <= 64
    assert files == 40
