"""What our FastAGI server may expect of its clients: the fake Asterisk and a real one."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from agi import AgiServer, AgiSession
from agi.wire import MAX_COMMAND
from dialer.asterisk.actions import variable
from dialer.asterisk.client import AmiClient
from dialer.asterisk.demo_network import number_for
from tests.kit.eventually import eventually
from tests.kit.fake_asterisk import FakeAsterisk
from tests.kit.fake_asterisk_laws import Fate

Talk = Callable[[AgiSession], Awaitable[Any]]


class Engine:
    """Calls a number that answers and lets `talk` speak with its dialplan; then it hangs up."""

    def __init__(self, ami_port: int, secret: str) -> None:
        self.agi = AgiServer(self._handle, "127.0.0.1", 0)
        self.ami = AmiClient("127.0.0.1", ami_port, "dialer", secret, on_event=lambda _: None)
        self.result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.attempt = uuid.uuid4().hex
        self._talk: Talk

    async def _handle(self, session: AgiSession) -> None:
        if self.result.done():
            session.finish_with("TO", "hangup")
            await session.hung_up.wait()
            return
        try:
            self.result.set_result(await self._talk(session))
        except Exception as error:
            self.result.set_exception(error)
        if not session.is_hung_up:
            await session.set_variable("TO", "hangup")

    async def call(self, talk: Talk, behaviour: str = "stays") -> Any:
        self._talk = talk
        await self.ami.action(
            "Originate",
            [
                ("Channel", f"PJSIP/{number_for(behaviour)}@carrier"),
                ("ChannelId", self.attempt),
                ("Context", "dialer-callee"),
                ("Exten", "s"),
                ("Priority", 1),
                ("Timeout", 10_000),
                ("Async", True),
                variable("DIALER_AGI", f"127.0.0.1:{self.agi.port}"),
                variable("DIALER_WAIT", "5.000"),
            ],
        )
        return await asyncio.wait_for(asyncio.shield(self.result), 20.0)


@pytest.fixture(params=["fake", pytest.param("asterisk", marks=pytest.mark.acceptance)])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    fake: FakeAsterisk | None = None
    if request.param == "fake":
        fake = FakeAsterisk(fates=lambda _number, _rng: Fate(), message_s=0.1)
        await fake.start()
        engine = Engine(fake.port, "secret")
    else:
        node = request.getfixturevalue("asterisk_node")
        engine = Engine(node.settings.ports.ami, node.settings.secrets.ami_dialer)
    await engine.agi.start()
    await engine.ami.start()
    await engine.ami.wait_up(10.0)
    yield engine
    await engine.ami.close()
    await engine.agi.close()
    if fake is not None:
        await fake.close()


async def test_the_request_says_whose_call_it_is_and_why_it_asks(engine):
    async def talk(session: AgiSession) -> AgiSession:
        return session

    request = (await engine.call(talk)).request

    assert request.network_script == "route"
    assert request.uniqueid == engine.attempt
    assert request.channel.startswith("PJSIP/carrier-")
    answered, reason, detector, leg, bridged, asked, source = request.args
    assert float(answered) > 1_000_000_000
    assert float(asked) >= float(answered), "both by the switch's own clock"
    assert source.isdecimal() or not source, "whose sound it is, where there is any"
    assert (reason, detector, leg, bridged) == ("answered", "", "", ""), "nobody talked yet"


@pytest.mark.parametrize(
    "value",
    ["leg-1", "", 'say "hi"', "back\\slash", "a, b; c", "(x) ${y}", "Жанна 王小明", "x" * 1_000],
)
async def test_a_value_arrives_as_it_was_set(engine, value):
    async def talk(session: AgiSession) -> Any:
        await session.set_variable("CONTRACT", value)
        return await session.command("GET VARIABLE CONTRACT")

    reply = await engine.call(talk)

    assert reply.ok
    assert reply.data == value


async def test_the_longest_command_that_we_allow_is_one_command(engine):
    async def talk(session: AgiSession) -> Any:
        name = "SET VARIABLE CONTRACT "
        first = await session.command(name + '"' + "x" * (MAX_COMMAND - len(name) - 2) + '"')
        second = await session.command("GET VARIABLE NEVERSET")
        return first, second

    first, second = await engine.call(talk)

    assert (first.code, first.result) == (200, "1")
    assert (second.code, second.result) == (200, "0")


async def test_a_command_that_is_none_and_one_that_lacks_a_part_are_told_apart(engine):
    async def talk(session: AgiSession) -> Any:
        unknown = await session.command("NO SUCH COMMAND")
        lacking = await session.command("SET VARIABLE")
        after = await session.command("GET VARIABLE NEVERSET")
        return unknown.code, lacking.code, after.code

    assert await engine.call(talk) == (510, 520, 200)


async def test_a_hangup_ends_the_session_at_once(engine):
    async def talk(session: AgiSession) -> float:
        loop = asyncio.get_running_loop()
        await engine.ami.action("Hangup", Channel=engine.attempt, Cause=16)
        begun = loop.time()
        await asyncio.wait_for(session.hung_up.wait(), 5.0)
        return loop.time() - begun

    assert await engine.call(talk) < 5.0
    await eventually(lambda: engine.agi.open_sessions == 0)
    assert engine.agi.counters.hangups == 1
    assert engine.agi.counters.bad_replies == 0
