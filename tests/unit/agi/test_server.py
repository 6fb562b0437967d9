"""The FastAGI server with clients that behave, and with clients that do not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from agi import AgiReply, AgiServer, AgiSession, HungUpError, ReplyTimeoutError
from agi.server import Handler
from dialer.tasks import spawn, stop
from tests.kit.eventually import eventually

REQUEST = (
    b"agi_network: yes\nagi_network_script: route\nagi_uniqueid: %s\n"
    b"agi_arg_1: 1.5\nagi_arg_2: answered\nagi_arg_3: \n\n"
)


class Caller:
    """Asterisk's side of a session."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def line(self) -> bytes:
        return await asyncio.wait_for(self.reader.readline(), 5.0)

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def ended(self) -> bytes:
        return await asyncio.wait_for(self.reader.read(), 5.0)


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[AgiServer]]]:
    made: list[AgiServer] = []

    async def make(handler: Handler, **options: Any) -> AgiServer:
        server = AgiServer(handler, "127.0.0.1", 0, **options)
        await server.start()
        made.append(server)
        return server

    yield make
    for server in made:
        await server.close()


@pytest.fixture
async def call() -> AsyncIterator[Callable[..., Awaitable[Caller]]]:
    made: list[Caller] = []

    async def make(server: AgiServer, request: bytes = REQUEST % b"u1") -> Caller:
        made.append(Caller(*await asyncio.open_connection("127.0.0.1", server.port)))
        made[-1].send(request)
        return made[-1]

    yield make
    for caller in made:
        caller.writer.close()


async def test_a_plain_handler_answers_with_one_variable_and_the_session_ends(serve, call):
    done: list[bool] = []
    server = await serve(lambda s: s.finish_with("TO", f"leg-{s.request.uniqueid}", done.append))
    caller = await call(server)

    assert await caller.line() == b'SET VARIABLE TO "leg-u1"\n'
    caller.send(b"200 result=1\n")

    assert await caller.ended() == b""
    assert done == [True]
    assert server.open_sessions == 0


async def test_a_coroutine_handler_talks_and_the_session_closes_when_it_ends(serve, call):
    replies: list[AgiReply] = []

    async def handler(session: AgiSession) -> None:
        replies.append(await session.set_variable("TO", 'a "b"'))
        replies.append(await session.command("GET VARIABLE X"))

    caller = await call(await serve(handler))
    assert await caller.line() == b'SET VARIABLE TO "a \\"b\\""\n'
    caller.send(b"200 result=1\n")
    assert await caller.line() == b"GET VARIABLE X\n"
    caller.send(b"200 result=1 (yes)\n")

    assert await caller.ended() == b""
    assert replies == [AgiReply(200, "1"), AgiReply(200, "1", "yes")]


async def test_a_session_may_wait_long_for_its_answer(serve, call):
    held: list[AgiSession] = []
    server = await serve(held.append, request_timeout_s=0.05)
    caller = await call(server)
    await eventually(lambda: held)
    # A later client without a request is turned away: the time for requests is over.
    assert b"no complete request" in await (await call(server, b"")).ended()

    assert held[0].finish_with("TO", "message")
    assert await caller.line() == b'SET VARIABLE TO "message"\n'


async def test_a_hangup_line_is_noticed_at_once_while_the_session_waits(serve, call):
    held: list[AgiSession] = []
    gone: list[str] = []

    def handler(session: AgiSession) -> None:
        held.append(session)
        session.on_hangup = lambda: gone.append(session.request.uniqueid)

    server = await serve(handler)
    caller = await call(server)
    await eventually(lambda: held)
    caller.send(b"HANGUP\n")
    await asyncio.wait_for(held[0].hung_up.wait(), 5.0)

    assert gone == ["u1"]
    assert held[0].is_hung_up
    assert not held[0].finish_with("TO", "leg-1")
    caller.writer.close()
    await eventually(lambda: server.open_sessions == 0)
    assert gone == ["u1"]
    assert server.counters.hangups == 1


async def test_a_closed_connection_counts_as_hangup(serve, call):
    gone: list[int] = []

    def handler(session: AgiSession) -> None:
        session.on_hangup = lambda: gone.append(1)

    server = await serve(handler)
    caller = await call(server)
    await eventually(lambda: server.counters.requests)
    caller.writer.close()

    await eventually(lambda: gone == [1])
    assert server.open_sessions == 0


async def test_a_hangup_in_the_same_packet_as_the_request_is_seen(serve, call):
    gone: list[int] = []

    def handler(session: AgiSession) -> None:
        session.on_hangup = lambda: gone.append(1)

    await call(await serve(handler), REQUEST % b"u1" + b"HANGUP\n")

    await eventually(lambda: gone == [1])


async def test_our_own_end_of_a_session_is_no_hangup(serve, call):
    gone: list[int] = []

    def handler(session: AgiSession) -> None:
        session.on_hangup = lambda: gone.append(1)
        session.close()

    caller = await call(await serve(handler))

    assert await caller.ended() == b""
    assert gone == []


async def test_a_command_whose_reply_never_comes_raises_at_hangup_and_at_its_time(serve, call):
    raised: list[type[Exception]] = []

    async def handler(session: AgiSession) -> None:
        try:
            await session.command("ANSWER", timeout_s=0.05)
        except ReplyTimeoutError as error:
            raised.append(type(error))
        try:
            await session.command("ANSWER")
        except HungUpError as error:
            raised.append(type(error))

    caller = await call(await serve(handler))
    await caller.line()
    await caller.line()
    caller.writer.close()

    await eventually(lambda: raised == [ReplyTimeoutError, HungUpError])


async def test_a_syntax_error_of_several_lines_is_one_reply(serve, call):
    replies: list[AgiReply] = []

    async def handler(session: AgiSession) -> None:
        replies.append(await session.command("SET VARIABLE"))
        replies.append(await session.command("ANSWER"))

    caller = await call(await serve(handler))
    await caller.line()
    caller.send(b"520-Invalid command syntax.  Proper usage follows:\nUsage: x\n520 End of proper")
    caller.send(b" usage.\n")
    await caller.line()
    caller.send(b"200 result=0\n")
    await caller.ended()

    assert [reply.code for reply in replies] == [520, 200]
    assert "Usage: x" in replies[0].data


@pytest.mark.parametrize(
    "garbage",
    [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"\n\n", b"agi_x\n\n"],
)
async def test_garbage_is_answered_in_one_line_counted_and_closed(serve, call, garbage):
    handled: list[AgiSession] = []
    server = await serve(handled.append)
    caller = await call(server, garbage)

    answer = await caller.ended()

    assert answer.startswith(b"This is a FastAGI port; it got ")
    assert answer.count(b"\n") == 1
    assert server.counters.garbage == 1
    assert handled == []


async def test_garbage_is_logged_once(serve, call):
    server = await serve(lambda _: None)
    with capture_logs() as logs:
        for _ in range(5):
            await (await call(server, b"rubbish\n")).ended()

    assert server.counters.garbage == 5
    assert [entry["event"] for entry in logs] == ["no FastAGI request on the AGI port"]


async def test_a_client_that_drips_its_request_is_turned_away(serve, call):
    server = await serve(lambda _: None, request_timeout_s=0.2)
    caller = await call(server, b"agi_network: yes\n")

    async def drip() -> None:
        while True:
            caller.send(b"agi_x: y\n")
            await asyncio.sleep(0.01)

    dripping = spawn(drip(), name="drip")
    answer = await caller.ended()
    await stop(dripping)

    assert b"no complete request within 0.2 s" in answer
    assert server.counters.timeouts == 1
    assert server.open_sessions == 0


async def test_a_client_that_only_connects_is_turned_away(serve, call):
    server = await serve(lambda _: None, request_timeout_s=0.1)
    caller = await call(server, b"")

    assert b"no complete request" in await caller.ended()


async def test_an_answer_that_is_never_confirmed_does_not_keep_the_session(serve, call):
    done: list[bool] = []
    server = await serve(lambda s: s.finish_with("TO", "x", done.append), request_timeout_s=0.1)
    caller = await call(server)
    await caller.line()

    assert await caller.ended() == b""
    assert done == [False]


async def test_too_many_sessions_are_closed_and_the_others_live(serve, call):
    held: list[AgiSession] = []
    server = await serve(held.append, max_sessions=2)
    first, second = await call(server), await call(server, REQUEST % b"u2")
    await eventually(lambda: len(held) == 2)
    third = await call(server, REQUEST % b"u3")

    with contextlib.suppress(ConnectionError):  # reset or closed, as the packets fell
        assert await third.ended() == b""
    assert server.counters.over_limit == 1
    held[0].finish_with("TO", "a")
    assert await first.line() == b'SET VARIABLE TO "a"\n'
    assert second is not third


async def test_a_handler_that_raises_lets_the_dialplan_go_on(serve, call):
    def plain(_: AgiSession) -> None:
        raise RuntimeError("broken")

    async def coroutine(_: AgiSession) -> None:
        raise RuntimeError("broken")

    for handler in (plain, coroutine):
        server = await serve(handler)
        assert await (await call(server)).ended() == b""
        assert server.counters.handler_errors == 1


async def test_lines_that_are_no_replies_are_counted_and_passed_over(serve, call):
    server = await serve(lambda s: s.finish_with("TO", "x"))
    caller = await call(server)
    await caller.line()
    caller.send(b"what?\n200 result=1\n")

    assert await caller.ended() == b""
    assert server.counters.bad_replies == 1


async def test_an_endless_reply_line_ends_the_session(serve, call):
    server = await serve(lambda _: None, max_line=500)
    caller = await call(server, REQUEST % b"u1" + b"x" * 2_000)

    assert await caller.ended() == b""
    assert server.open_sessions == 0


async def test_a_thousand_sessions_wait_together_and_each_gets_its_own_answer(serve, call):
    held: list[AgiSession] = []
    server = await serve(held.append)
    callers = [await call(server, REQUEST % str(n).encode()) for n in range(1_000)]
    await eventually(lambda: len(held) == 1_000, 20.0)
    for session in reversed(held):
        session.finish_with("TO", session.request.uniqueid)

    lines = [await caller.line() for caller in callers]

    assert lines == [f'SET VARIABLE TO "{n}"\n'.encode() for n in range(1_000)]


async def test_close_ends_waiting_sessions_and_their_handlers(serve, call):
    ended: list[int] = []

    async def handler(session: AgiSession) -> None:
        try:
            await session.hung_up.wait()
        finally:
            ended.append(1)

    server = await serve(handler)
    caller = await call(server)
    await eventually(lambda: server.counters.requests)
    await server.close()

    assert await caller.ended() == b""
    assert ended == [1]


async def test_time_in_which_this_process_was_stopped_is_not_held_against_a_client(serve, call):
    server = await serve(lambda _: None, request_timeout_s=5.0)
    await call(server, b"agi_network: yes\n")
    await eventually(lambda: server.open_sessions == 1)
    (session,) = server._hurried

    # What a stop of ten seconds looks like: every time lies ten seconds further back.
    session.deadline -= 10.0
    server._sweep_due -= 10.0
    server._sweeper.cancel()
    server._sweep()
    assert server.open_sessions == 1

    session.deadline -= 10.0
    server._sweeper.cancel()
    server._sweep()
    assert server.open_sessions == 0
