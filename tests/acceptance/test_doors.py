"""Calls go on while strangers flood the doors: few descriptors, a real Asterisk, real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest

from dialer.asterisk.demo_network import area_codes, number_for
from dialer.tasks import spawn, stop
from tests.kit.asterisk import AsteriskPair
from tests.kit.served import Served, served

pytestmark = pytest.mark.acceptance

#: What the service may open: half of it is for the doors.
FEW = 256
FLOOD = 600
HEADS = (
    b"",
    b"GET / HTTP/1.1\r\nHost: x\r\n",
    (
        b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 4000\r\n\r\n{"
    ),
    (
        b"GET /api/v1/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    ),
)


async def _flood(port: int) -> None:
    """Idle connections, half requests, half bodies and silent WebSockets, until cancelled."""
    held: list[socket.socket] = []
    with contextlib.ExitStack() as closing:
        number = 0
        while True:
            one = closing.enter_context(socket.socket())
            one.bind((f"127.0.0.{2 + number % 200}", 0))
            with contextlib.suppress(OSError):
                one.connect(("127.0.0.1", port))
                one.sendall(HEADS[number % len(HEADS)])
            held.append(one)
            if len(held) > FLOOD:
                held.pop(0).close()
            number += 1
            await asyncio.sleep(0.002)


async def _is_full(service: Served) -> bool:
    """The flood has more connections than there are places."""
    return "turned away" in service.log_tail()


async def _conversations(service: Served, count: int) -> None:
    async def ended() -> bool:
        return sum(cdr.ended_at is not None for cdr in await service.cdrs()) >= count

    await service.until(ended, 60, f"{count} conversations are over")


async def test_calls_go_through_while_the_doors_are_flooded(asterisk_pair: AsteriskPair) -> None:
    codes = area_codes()
    numbers = [number_for("hangs_up_after_1s", codes[n]) for n in range(4)]
    async with served(asterisk_pair) as service:
        service.descriptors = FEW
        await service.add_reps(2)
        await service.start()
        await service.log_in(2)
        flood = spawn(_flood(service.port), name="flood")
        try:
            await service.until(lambda: _is_full(service), 10, "strangers are turned away")
            await service.add_leads(numbers)
            await service.tell("campaigns/demo/start")
            await _conversations(service, len(numbers))
            assert (await service.client.get("/readyz")).status_code == 200
        finally:
            await stop(flood)
        cdrs = await service.cdrs()

    assert [cdr.outcome for cdr in cdrs] == ["connected"] * len(numbers)
    assert "Too many open files" not in service.log_tail()
