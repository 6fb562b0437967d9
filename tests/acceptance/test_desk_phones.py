"""Desk phones on a real Asterisk: without power, on hold, a Transfer key, calls of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from dialer.asterisk.controls import ask_to_go_on
from dialer.asterisk.node_settings import AsteriskSettings, Phone, Trunk
from dialer.asterisk.tree import AsteriskInstall
from dialer.floor.state import Agent
from tests.kit import asterisk as pairs
from tests.kit.desk_phone import DeskPhone, desk_phone
from tests.kit.hearing import RATE_HZ, Samples, channels, loudness, share
from tests.kit.rig import Rig, RigOptions, engine_rig

pytestmark = pytest.mark.acceptance

CALLEE_HZ, REP_HZ = 440.0, 1000.0
NUMBER = "+12125550123"


class Desk:
    """A rep's desk phone, and the carrier where every number is one person."""

    def __init__(self, rig: Rig, phone: DeskPhone, callee: DeskPhone, sip_port: int) -> None:
        self.rig, self.phone, self.callee, self.sip_port = rig, phone, callee, sip_port

    @property
    def rep(self) -> Agent:
        return self.rig.engine.runners["main"].floor.agents["rep01"]

    def is_(self, state: str, reason: str = "") -> bool:
        return (self.rep.state.public, self.rep.reason) == (state, reason)

    async def until(self, state: str, reason: str = "", within_s: float = 15.0) -> None:
        await self.rig.until(lambda: self.is_(state, reason), within_s, f"{state} {reason}")

    async def recorded(self) -> tuple[Samples, Samples]:
        """Callee and rep in the recording of the only call, which has ended."""
        (cdr,) = await self.rig.until_ended(1)
        folder, found = self.rig.recorder.root, list[Path]()

        def is_there() -> bool:
            found[:] = folder.rglob(f"*{cdr.recording}*.wav")
            return bool(found)

        await self.rig.until(is_there, 10, "the recording is finished")
        return channels(found[0])

    async def talks(self) -> None:
        """The rep and a callee hear each other."""
        await self.rig.add_leads([NUMBER])
        await self.rig.dial()
        await self.until("talking")
        await self.rig.until(lambda: self.callee.call.packets() > 25, 5, "the callee hears the rep")


@asynccontextmanager
async def a_desk(tree: AsteriskInstall, options: RigOptions | None = None) -> AsyncIterator[Desk]:
    async with desk_phone(hz=REP_HZ) as phone, desk_phone(hz=CALLEE_HZ) as callee:

        def change(settings: AsteriskSettings) -> AsteriskSettings:
            contact = f"sip:rep01@127.0.0.1:{phone.port}"
            return replace(
                settings,
                phones=(Phone("rep01", "static", contact=contact),),
                trunks=(Trunk("carrier", "127.0.0.1", callee.port, codecs=("alaw", "ulaw")),),
            )

        with pairs.asterisk_pair(tree, reps=0, change_node=change) as pair:
            async with engine_rig(pair, options) as rig:
                await rig.log_in(1)
                yield Desk(rig, phone, callee, pair.node.settings.ports.sip)


async def test_a_phone_without_power_is_noticed_gets_no_callee_and_brings_its_rep_back(
    asterisk_tree: AsteriskInstall,
) -> None:
    async with a_desk(asterisk_tree) as desk:
        await desk.until("ready")
        desk.phone.lose_power()
        await desk.until("paused", "phone", within_s=10)
        await desk.rig.add_leads([NUMBER])
        await desk.rig.dial()
        await asyncio.sleep(1)
        assert desk.callee.calls == []

        desk.phone.get_power()
        await desk.until("talking", within_s=10)
        assert len(desk.callee.calls) == 1


async def test_a_phone_that_was_started_anew_and_has_forgotten_its_call_is_called_again(
    asterisk_tree: AsteriskInstall,
) -> None:
    """Too quick to be missed: only the call itself can tell."""
    async with a_desk(asterisk_tree) as desk:
        await desk.until("ready")
        desk.phone.lose_power()
        desk.phone.get_power()
        desk.rig.switch._order(ask_to_go_on(desk.rep.leg or ""))
        await desk.rig.until(lambda: len(desk.phone.calls) == 2, 5, "it is called again")
        await desk.until("ready")


async def test_a_phone_that_sends_nothing_but_is_there_stays(
    asterisk_tree: AsteriskInstall,
) -> None:
    async with a_desk(asterisk_tree) as desk:
        desk.phone.is_silent = True
        for _ in range(24):
            await asyncio.sleep(0.5)
            assert desk.is_("ready")
        assert len(desk.phone.calls) == 1


async def test_a_phone_on_hold_gets_nobody_until_it_is_back(asterisk_tree: AsteriskInstall) -> None:
    async with a_desk(asterisk_tree) as desk:
        await desk.until("ready")
        assert await desk.phone.hold() == 200
        await desk.until("paused", "phone-hold", within_s=2)
        await desk.rig.add_leads([NUMBER])
        await desk.rig.dial()
        await asyncio.sleep(1)
        assert desk.callee.calls == []

        assert await desk.phone.unhold() == 200
        await desk.until("talking")


async def test_hold_on_the_phone_in_a_call_plays_music_to_the_callee(
    asterisk_tree: AsteriskInstall,
) -> None:
    async with a_desk(asterisk_tree) as desk:
        await desk.talks()
        loop = asyncio.get_running_loop()
        await desk.phone.hold()
        since = loop.time() + 0.5
        await asyncio.sleep(3.5)
        heard = desk.callee.call.sound(since)
        assert desk.callee.call.packets(since) > 140
        assert loudness(heard) > 0.005
        assert share(heard, REP_HZ) < 0.05

        await desk.phone.unhold()
        since = loop.time() + 0.5
        await asyncio.sleep(1.5)
        assert share(desk.callee.call.sound(since), REP_HZ) > 0.9
        assert share(desk.phone.call.sound(since), CALLEE_HZ) > 0.9


async def test_a_rep_who_holds_through_the_end_of_a_call_is_paused_after_it(
    asterisk_tree: AsteriskInstall,
) -> None:
    async with a_desk(asterisk_tree) as desk:
        await desk.talks()
        await desk.phone.hold()
        await desk.callee.hang_up()
        await desk.until("paused", "phone-hold")
        await desk.phone.unhold()
        await desk.until("ready")


async def test_a_callee_on_hold_at_their_own_end_is_still_heard(
    asterisk_tree: AsteriskInstall,
) -> None:
    """What their telephone system plays is for the rep to hear, not music of ours."""
    async with a_desk(asterisk_tree) as desk:
        await desk.talks()
        await desk.callee.hold()
        desk.callee.call.held = False  # their system goes on sending
        since = asyncio.get_running_loop().time() + 0.5
        await asyncio.sleep(2)
        assert share(desk.phone.call.sound(since), CALLEE_HZ) > 0.9


@pytest.mark.parametrize("side", ["phone", "callee"])
async def test_the_transfer_key_is_refused_and_the_call_goes_on(
    side: str, asterisk_tree: AsteriskInstall
) -> None:
    async with a_desk(asterisk_tree) as desk:
        await desk.talks()
        port = desk.callee.port
        target = f"sip:+19005550199@127.0.0.1:{port}"
        who = desk.phone if side == "phone" else desk.callee
        assert await who.refer(target) == 603
        since = asyncio.get_running_loop().time()
        await asyncio.sleep(1)
        assert share(desk.phone.call.sound(since), CALLEE_HZ) > 0.9
        assert len(desk.callee.calls) == 1


async def test_a_phone_has_a_few_calls_of_its_own_and_none_to_the_outside(
    asterisk_tree: AsteriskInstall,
) -> None:
    async with a_desk(asterisk_tree) as desk:
        echo = [await desk.phone.dial("100", "rep01", desk.sip_port) for _ in range(8)]
        assert echo == [200, 200, *[486] * 6]
        assert await desk.phone.dial("+12125550123", "rep01", desk.sip_port) == 403
        assert await desk.phone.dial("7", "rep01", desk.sip_port) == 403
        assert desk.callee.calls == []
        await desk.until("ready")


def last(sound: Samples, seconds: float) -> Samples:
    return sound[-int(seconds * RATE_HZ) :]


@pytest.mark.parametrize(
    ("callee", "phone"), [((8,), (8, 0)), ((0,), (8, 0)), ((0,), (8,))], ids=["same", "asks", "own"]
)
async def test_a_callee_whose_sound_comes_from_another_source_is_heard_and_recorded(
    callee: tuple[int, ...], phone: tuple[int, ...], asterisk_tree: AsteriskInstall
) -> None:
    """Sequence numbers that lie behind the old ones are late packets to every translation."""
    async with a_desk(asterisk_tree) as desk:
        desk.callee.codecs, desk.phone.codecs = callee, phone
        await desk.talks()
        await asyncio.sleep(4)
        desk.callee.change_source(-20_000)
        await asyncio.sleep(4)
        since = asyncio.get_running_loop().time()
        await asyncio.sleep(2)
        assert share(desk.phone.call.sound(since), CALLEE_HZ) > 0.9
        assert desk.phone.call.packets(since) > 90
        await desk.callee.hang_up()

        left, right = await desk.recorded()
        assert share(last(left, 2.0), CALLEE_HZ) > 0.9
        assert share(last(right, 2.0), REP_HZ) > 0.9
        deaf_s = sum(loudness(left[i : i + 800]) < 0.01 for i in range(0, left.size, 800)) / 10
        print(f"{left.size / RATE_HZ:.1f} s, without the callee {deaf_s:.1f} s")
        assert deaf_s < 4.0


async def test_of_three_who_talk_a_callee_from_another_source_is_heard_again(
    asterisk_tree: AsteriskInstall,
) -> None:
    async with a_desk(asterisk_tree) as desk:
        await desk.talks()
        ami, (attempt,) = desk.rig.switch.ami, desk.rig.engine.runners["main"].floor.attempts
        third = {"Channel": "PJSIP/5551@carrier", "Application": "BridgeAdd", "Data": attempt}
        await ami.action("Originate", **third, Async="true")
        await desk.rig.until(lambda: len(desk.callee.calls) == 2, 5, "the third is there")
        desk.callee.calls[1].held = True  # and says nothing
        await asyncio.sleep(3)
        desk.callee.change_source(-20_000)
        await asyncio.sleep(4)
        since = asyncio.get_running_loop().time()
        await asyncio.sleep(1.5)
        assert share(desk.phone.call.sound(since), CALLEE_HZ) > 0.9


async def test_a_phone_that_went_while_nobody_listened_is_found_gone(
    asterisk_tree: AsteriskInstall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_desk(asterisk_tree) as desk:
        await desk.until("ready")
        with monkeypatch.context() as patch:
            patch.setattr(desk.rig.switch, "_contact", lambda message: None)
            desk.phone.lose_power()
            await asyncio.sleep(9)
        assert desk.is_("ready")
        link = desk.rig.switch.ami._link
        assert link is not None
        link.drop("for the test")
        await desk.until("paused", "phone", within_s=5)


async def test_a_phone_is_offered_what_the_trunk_has_in_its_order(
    asterisk_tree: AsteriskInstall,
) -> None:
    async with a_desk(asterisk_tree) as desk:
        await desk.talks()
        assert desk.phone.call.offered()[:2] == desk.callee.call.offered()[:2] == [8, 0]
