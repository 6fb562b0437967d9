"""Live push under load: 500 reps' desktops and 20 supervisors on one server, 50 changes a second.

The server is a process of its own that does nothing else; the clients are this one. A change's
delay is from the moment the floor changed to the moment the client has parsed the message.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import random
import resource
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import msgspec
import structlog
import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench.tables import Report, quantile
from dialer.api.app import create_app
from dialer.api.server import ApiServer
from dialer.features.live.parts import LIVE
from dialer.features.live.push import LivePush
from dialer.features.system.parts import READINESS, RELOAD
from dialer.kit.context import ApiContext
from dialer.kit.parts import parts
from dialer.memory.store import InMemoryStore
from dialer.metrics import Metrics
from dialer.ports.clock import SystemClock
from dialer.settings import Settings
from dialer.settings.changes import Reloaded
from tests.kit.control import FakeControl
from tests.kit.live_floor import LiveFloor

TOKEN = "token-of-the-bench"
WARM_UP_S = 2.0


@dataclass(frozen=True)
class Load:
    desktops: int
    supervisors: int
    changes_per_s: float
    seconds: float


def run(report: Report, quick: bool = False) -> None:
    seconds = 5.0 if quick else 20.0
    for load in (
        Load(500, 20, 0.0, seconds),
        Load(500, 20, 50.0, seconds),
        Load(1000, 40, 100.0, seconds),
    ):
        report.row("live push, one server process", measure(load))


def measure(load: Load) -> dict[str, object]:
    mine, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_server, args=(theirs, load), daemon=True)
    process.start()
    try:
        return uvloop.run(_clients(mine, load))
    finally:
        mine.send(None)
        process.join(10)


# --- the server's process -------------------------------------------------------------------------


def _server(pipe: Connection, load: Load) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    uvloop.run(_serve(pipe, load))


async def _serve(pipe: Connection, load: Load) -> None:
    push = LivePush(SystemClock())
    floor = LiveFloor(reps=load.desktops, observer=push.observer)
    push.start(floor)
    server = ApiServer(create_app(_context(push)), "127.0.0.1", 0)
    await server.start()
    loop = asyncio.get_running_loop()
    pipe.send(server.url)
    changing = loop.create_task(_change(floor, load.changes_per_s))
    await loop.run_in_executor(None, pipe.recv)
    began, wall = os.times(), time.monotonic()
    await loop.run_in_executor(None, pipe.recv)
    ended, seconds = os.times(), time.monotonic() - wall
    cpu_s = ended.user - began.user + ended.system - began.system
    pipe.send((cpu_s / seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
    await loop.run_in_executor(None, pipe.recv)
    changing.cancel()
    await server.stop()
    await push.stop()


def _context(push: LivePush) -> ApiContext:
    async def reload() -> Reloaded:
        return Reloaded()

    async def readiness() -> dict[str, str | None]:
        return {}

    return ApiContext(
        control=FakeControl(), store=InMemoryStore(), metrics=Metrics(), clock=SystemClock(),
        settings=Settings, token=TOKEN,
parts=parts(RELOAD.bind(reload), READINESS.bind(readiness), LIVE.bind(push),),)  # fmt: skip


async def _change(floor: LiveFloor, per_s: float) -> None:
    """Reps change at random times, so many a second on average."""
    rng = random.Random(11)
    if not per_s:
        return
    due = time.monotonic()
    while True:
        due += rng.expovariate(per_s)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        floor.move_one(rng)


# --- the clients' process -------------------------------------------------------------------------


@dataclass
class Heard:
    """Delays in seconds of changes of reps, by kind of screen; what came in all."""

    desktop: list[float] = field(default_factory=list)
    supervisor: list[float] = field(default_factory=list)
    messages: int = 0
    octets: int = 0
    counting: bool = False


class _Agent(msgspec.Struct):
    since: float
    agent: str


class _Rows(msgspec.Struct, frozen=True):
    agents: dict[str, _Agent] = {}


class _Message(msgspec.Struct):
    set: _Rows = _Rows()


async def _clients(pipe: Connection, load: Load) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    url = await loop.run_in_executor(None, pipe.recv)
    heard = Heard()
    topics = [f"agent/rep{n:03}" for n in range(load.desktops)]
    topics += ["floor/main"] * load.supervisors
    tasks = []
    began = time.monotonic()
    for topic in topics:
        socket = await _open(url)
        await socket.send(msgspec.json.encode({"op": "subscribe", "topic": topic}).decode())
        if topic == "floor/main":
            await socket.send('{"op":"subscribe","topic":"campaigns"}')
        delays = heard.supervisor if topic == "floor/main" else heard.desktop
        tasks.append(loop.create_task(_listen(socket, delays, heard)))
    connected_s = time.monotonic() - began
    await asyncio.sleep(WARM_UP_S)
    heard.counting = True
    pipe.send(None)
    await asyncio.sleep(load.seconds)
    heard.counting = False
    pipe.send(None)
    cpu, megabytes = await loop.run_in_executor(None, pipe.recv)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return _row(load, heard, cpu, megabytes, connected_s)


async def _open(url: str) -> ClientConnection:
    return await connect(
        url.replace("http", "ws", 1) + "/api/v1/live",
        additional_headers={"Authorization": f"Bearer {TOKEN}"},
        compression=None, proxy=None, max_size=None,
    )  # fmt: skip


async def _listen(socket: ClientConnection, delays: list[float], heard: Heard) -> None:
    decode = msgspec.json.Decoder(_Message).decode
    seen: dict[str, float] = {}
    began = time.time()
    async for text in socket:
        message = decode(text)
        now = time.time()
        if heard.counting:
            heard.messages += 1
            heard.octets += len(text)
        for agent in message.set.agents.values():
            # A row that comes for another reason keeps its time.
            if agent.since > seen.get(agent.agent, began) and heard.counting:
                delays.append(now - agent.since)
            seen[agent.agent] = agent.since


def _row(
    load: Load, heard: Heard, cpu: float, megabytes: float, connected_s: float
) -> dict[str, object]:
    def ms(delays: list[float], share: float) -> int:
        return round(quantile(sorted(delays), share) * 1000)

    return {
        "desktops": load.desktops,
        "supervisors": load.supervisors,
        "changes/s": load.changes_per_s,
        "desktop p50 ms": ms(heard.desktop, 0.5),
        "p99 ms": ms(heard.desktop, 0.99),
        "supervisor p50 ms": ms(heard.supervisor, 0.5),
        "its p99 ms": ms(heard.supervisor, 0.99),
        "worst ms": ms(heard.desktop + heard.supervisor, 1.0),
        "messages/s": round(heard.messages / load.seconds),
        "kB/s": round(heard.octets / load.seconds / 1000),
        "server CPU %": round(cpu * 100, 1),
        "server MB": round(megabytes),
        "all connected s": round(connected_s, 1),
    }
