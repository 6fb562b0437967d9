"""The Asterisk link by itself: events per second, AGI sessions per second, CPU of each.

`python -m bench.link [--seconds N]` prints a table and writes bench/out/link.json.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from rich.console import Console

from agi import AgiServer, AgiSession
from bench.tables import Report
from dialer.asterisk.client import AmiClient
from dialer.asterisk.parser import Message, Parser
from tests.kit.fake_ami import FakeAmiServer
from tests.kit.fake_asterisk_agi import agi_request

CHUNK = 65_536
PARALLEL = 50


@dataclass
class Result:
    """One measurement: how many per second, and the CPU that one of them took."""

    what: str
    per_second: float
    cpu_us: float
    note: str = ""


def newstate(uniqueid: str) -> bytes:
    """A Newstate as Asterisk 22 sends it to the engine's user: 472 bytes."""
    return (
        "Event: Newstate\r\nPrivilege: call,all\r\nTimestamp: 1795302949.774887\r\n"
        "SystemName: node1\r\nChannel: PJSIP/carrier-00000001\r\nChannelState: 6\r\n"
        "ChannelStateDesc: Up\r\nCallerIDNum: +12125550199\r\nCallerIDName: <unknown>\r\n"
        "ConnectedLineNum: +12125550199\r\nConnectedLineName: <unknown>\r\nLanguage: en\r\n"
        "AccountCode: \r\nContext: dialer-inbound\r\nExten: s\r\nPriority: 1\r\n"
        f"Uniqueid: {uniqueid}\r\nLinkedid: {uniqueid}\r\nChanVariable: DIALER_DOING=asking\r\n\r\n"
    ).encode()


STREAM = b"".join(newstate(f"01J9ZXT3Q4S5K6M7N8P9R{n:05}") for n in range(20_000))
COUNT = STREAM.count(b"\r\n\r\n")


def _ignore(_: Message) -> None:
    pass


def _look_up(message: Message) -> None:
    """What the translation to floor events reads of most events."""
    assert message.get("Uniqueid")
    assert message.get("ChannelState")
    assert message.timestamp


def _index(message: Message) -> None:
    assert len(message.headers) == 19


def bench_parser(
    what: str, seconds: float, use: Callable[[Message], None], wanted: frozenset[str] | None = None
) -> Result:
    """Feed the stream in pieces of 64 KiB, again and again."""
    parser = Parser(expect_banner=False, wanted=wanted)
    rounds = 0
    begun, until = time.process_time(), time.monotonic() + seconds
    while time.monotonic() < until:
        for start in range(0, len(STREAM), CHUNK):
            for message in parser.feed(STREAM[start : start + CHUNK]):
                use(message)
        rounds += 1
    cpu_s = time.process_time() - begun
    events = rounds * COUNT
    return Result(what, events / cpu_s, cpu_s / events * 1e6)


async def _read_events(port: int, events: int) -> Result:
    done = asyncio.Event()
    seen = 0

    def on_event(message: Message) -> None:
        nonlocal seen
        _look_up(message)
        seen += 1
        if seen == events:
            done.set()

    client = AmiClient(
        "127.0.0.1", port, "dialer", "secret", on_event=on_event, wanted=["Newstate"]
    )
    await client.start()
    await client.wait_up(10.0)
    begun, wall = time.process_time(), time.monotonic()
    client.send_nowait([[("Action", "Stream")]])
    await done.wait()
    cpu_s, wall_s = time.process_time() - begun, time.monotonic() - wall
    await client.close()
    note = f"{events / wall_s:,.0f} a second by the clock"
    return Result("client, events over loopback", events / cpu_s, cpu_s / events * 1e6, note)


def _stream_events(pipe: Connection, rounds: int) -> None:
    async def serve() -> None:
        fake = FakeAmiServer()
        await fake.start()
        fake.on("Stream", lambda session, _: session.send(STREAM * rounds))
        pipe.send(fake.port)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, pipe.recv)
        await fake.close()

    asyncio.run(serve())


def bench_client(seconds: float) -> Result:
    """A client reads what a server in another process sends as fast as it can."""
    rounds = max(1, int(seconds * 5))
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_stream_events, args=(theirs, rounds), daemon=True)
    process.start()
    try:
        return asyncio.run(_read_events(mine.recv(), rounds * COUNT))
    finally:
        mine.send(None)
        process.join(5)


def _call_agi(pipe: Connection, seconds: float) -> None:
    """Asterisk's side, as cheap as it can be: one session after the other on blocking sockets."""
    port = pipe.recv()
    request = agi_request(
        f"127.0.0.1:{port}",
        "PJSIP/carrier-00000001",
        "01J9ZXT3Q4S5K6M7N8P9R0A1B2",
        "+12125550199",
        ("1795302949.774801", "answered", ""),
    )
    until, sessions = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        open_ = [socket.create_connection(("127.0.0.1", port)) for _ in range(PARALLEL)]
        for each in open_:
            each.sendall(request)
        for each in open_:
            assert each.recv(200).startswith(b"SET VARIABLE TO")
            each.sendall(b"200 result=1\n")
        for each in open_:
            assert each.recv(10) == b""
            each.close()
        sessions += PARALLEL
    pipe.send(sessions)


async def _serve_agi(pipe: Connection) -> tuple[int, float, float]:
    def route(session: AgiSession) -> None:
        session.finish_with("TO", f"leg-{session.request.uniqueid}")

    server = AgiServer(route, "127.0.0.1", 0)
    await server.start()
    begun = os.times()
    pipe.send(server.port)
    loop = asyncio.get_running_loop()
    sessions = await loop.run_in_executor(None, pipe.recv)
    ended = os.times()
    await server.close()
    return sessions, ended.user - begun.user, ended.system - begun.system


def bench_agi(seconds: float, *, with_uvloop: bool) -> Result:
    """Whole sessions: connect, request, SET VARIABLE, reply, close; CPU of the server's process."""
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_call_agi, args=(theirs, seconds), daemon=True)
    process.start()
    if with_uvloop:
        import uvloop  # noqa: PLC0415

        sessions, user_s, system_s = uvloop.run(_serve_agi(mine))
    else:
        sessions, user_s, system_s = asyncio.run(_serve_agi(mine))
    process.join(5)
    cpu_s = user_s + system_s
    note = f"user {user_s / sessions * 1e6:.0f}, kernel {system_s / sessions * 1e6:.0f} us"
    name = "AGI session, uvloop" if with_uvloop else "AGI session, asyncio"
    return Result(name, sessions / cpu_s, cpu_s / sessions * 1e6, note)


def measure(seconds: float) -> list[Result]:
    """Every figure, one after the other; `seconds` for each."""
    hangups = frozenset({"Hangup"})
    return [
        bench_parser("parser, event names only", seconds, _ignore),
        bench_parser("parser, three look-ups each", seconds, _look_up),
        bench_parser("parser, index of all headers", seconds, _index),
        bench_parser("parser, unwanted events skipped", seconds, _ignore, hangups),
        bench_client(seconds),
        bench_agi(seconds, with_uvloop=False),
        bench_agi(seconds, with_uvloop=True),
    ]


def run(report: Report, quick: bool = False, seconds: float = 0.0) -> None:
    """Measure into `report`; `seconds` for each figure, 0: two, or half a one if `quick`."""
    seconds = seconds or (0.5 if quick else 2.0)
    title = f"Asterisk link, events of {len(newstate('x' * 26))} bytes, one core"
    for each in measure(seconds):
        report.row(
            title,
            {
                "what": each.what,
                "per CPU second": round(each.per_second),
                "CPU us each": round(each.cpu_us, 2),
                "note": each.note,
            },
        )


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure")
    report = Report("link")
    run(report, seconds=parser.parse_args().seconds)
    report.show(Console(width=110))
    report.keep()


if __name__ == "__main__":
    main()
