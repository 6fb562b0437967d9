"""Supervisors' phones: the same orders and news from memory and from a real Asterisk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from dialer.asterisk.client import AmiClient
from dialer.asterisk.demo_network import number_for
from dialer.asterisk.messages import Message
from dialer.asterisk.spying import AsteriskSpying
from dialer.ids import new_id
from dialer.ports.spying import Spying
from dialer.ports.switch import SwitchDownError
from tests.kit.asterisk import AsteriskPair
from tests.kit.spying import InMemorySpying
from tests.kit.stub_engine import StubEngine

PHONE, NOBODY = "rep04", "rep99"


@dataclass
class Ear:
    """Keeps what is told of each phone, in order."""

    told: dict[str, list[str]] = field(default_factory=dict)

    def spy_rests(self, channel: str) -> None:
        self.told.setdefault(channel, []).append("rests")

    def spy_hears(self, channel: str) -> None:
        self.told.setdefault(channel, []).append("hears")

    def spy_joined(self, channel: str) -> None:
        self.told.setdefault(channel, []).append("joined")

    def spy_gone(self, channel: str) -> None:
        self.told.setdefault(channel, []).append("gone")

    def spy_link_up(self) -> None: ...


@dataclass
class Scene:
    """A rep's leg in a conversation, and who listens. `attempt`: the callee's channel."""

    spying: Spying
    ear: Ear
    leg: str
    attempt: str
    channel: str = field(default_factory=lambda: f"sup.{new_id()}")

    async def told(self, *news: str) -> None:
        """Return when exactly this was told of the phone."""
        async with asyncio.timeout(10):
            while self.ear.told.get(self.channel, []) != list(news):  # noqa: ASYNC110 (a list)
                await asyncio.sleep(0.01)

    async def resting(self) -> None:
        self.spying.call(self.channel, PHONE, 5.0)
        await self.told("rests")


@pytest.fixture
async def memory_scene() -> Scene:
    spying, ear = InMemorySpying(), Ear()
    spying.deaf.add(NOBODY)
    spying.start(ear)
    return Scene(spying, ear, "leg-1", "A1")


@pytest.fixture
async def asterisk_scene(asterisk_pair: AsteriskPair) -> AsyncIterator[Scene]:
    node, ear = asterisk_pair.node, Ear()
    made: list[AsteriskSpying] = []

    def on_event(message: Message) -> None:
        made[0].message(message)

    secret = node.settings.secrets.ami_dialer
    ami = AmiClient(*node.ami, "dialer", secret, on_event=on_event)
    made.append(AsteriskSpying(ami))
    made[0].start(ear)
    async with StubEngine(node, asterisk_pair.trunk) as engine:
        await ami.start()
        await ami.wait_up(5)
        leg = await engine.call_rep("rep01")
        attempt = await engine.place(number_for("stays"), leg)
        await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")
        yield Scene(made[0], ear, leg, attempt)
        for channel in await made[0].live():
            made[0].hang_up(channel)
        await engine.hang_up_all()
        await ami.close()


@pytest.fixture(params=["memory", pytest.param("asterisk", marks=pytest.mark.acceptance)])
def scene(request: pytest.FixtureRequest) -> Scene:
    made: Scene = request.getfixturevalue(f"{request.param}_scene")
    return made


async def test_a_phone_that_answers_rests_until_it_is_hung_up(scene: Scene) -> None:
    await scene.resting()
    assert await scene.spying.live() == {scene.channel: False}

    scene.spying.hang_up(scene.channel)
    await scene.told("rests", "gone")
    assert await scene.spying.live() == {}


async def test_a_phone_nobody_has_is_gone(scene: Scene) -> None:
    scene.spying.call(scene.channel, NOBODY, 2.0)

    await scene.told("gone")


async def test_it_goes_where_it_is_sent_and_comes_back(scene: Scene) -> None:
    await scene.resting()
    scene.spying.hear(scene.channel, scene.leg, whisper=False)
    await scene.told("rests", "hears")
    scene.spying.hear(scene.channel, scene.leg, whisper=True)
    await scene.told("rests", "hears", "hears")
    scene.spying.join(scene.channel, scene.leg)
    await scene.told("rests", "hears", "hears", "joined")
    assert await scene.spying.live() == {scene.channel: False}
    scene.spying.rest(scene.channel)
    await scene.told("rests", "hears", "hears", "joined", "rests")
    scene.spying.join(scene.channel, scene.leg)
    await scene.told("rests", "hears", "hears", "joined", "rests", "joined")


async def test_a_link_that_is_down_says_so_when_asked_what_is_up() -> None:
    memory = InMemorySpying()
    memory.is_down = True
    ami = AmiClient("127.0.0.1", 1, "dialer", "none", on_event=lambda _event: None)
    for spying in (memory, AsteriskSpying(ami)):
        with pytest.raises(SwitchDownError):
            await spying.live()


@pytest.mark.acceptance
async def test_a_phone_that_has_taken_a_rep_s_place_is_with_a_callee_and_ends_with_the_call(
    asterisk_scene: Scene, asterisk_pair: AsteriskPair
) -> None:
    scene = asterisk_scene
    await scene.resting()
    scene.spying.join(scene.channel, scene.leg)
    await scene.told("rests", "joined")
    scene.spying.stays(scene.channel)
    asterisk_pair.public.hang_up_rep("rep01")
    async with asyncio.timeout(5):
        while await scene.spying.live() != {scene.channel: True}:  # noqa: ASYNC110 (asked)
            await asyncio.sleep(0.01)

    asterisk_pair.public.hang_up_callees()
    await scene.told("rests", "joined", "gone")


@pytest.mark.acceptance
@pytest.mark.parametrize("name", ["rep/01", "x@carrier", "a,b", "a\r\nAction: Originate", ""])
async def test_a_phone_that_would_lead_outside_is_not_called(
    asterisk_scene: Scene, name: str
) -> None:
    asterisk_scene.spying.call(asterisk_scene.channel, name, 2.0)

    await asterisk_scene.told("gone")
