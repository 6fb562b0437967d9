"""Conversations steered on a real Asterisk: who hears whom, what the recording holds, and that
nobody is left behind.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from dialer.asterisk.demo_network import number_for
from dialer.asterisk.node_settings import AsteriskSettings, Phone
from dialer.engine.call_control import EngineCallControl
from dialer.engine.views import activity_of
from dialer.floor import PoolRules
from dialer.floor.state import Attempt
from dialer.floor.state import Phone as PhoneState
from dialer.ports.calls import TransferTo
from dialer.ports.control import Refusal
from dialer.words import ConsultWish
from tests.kit.asterisk import AsteriskPair, until
from tests.kit.rig import Rig, RigOptions, engine_rig
from tests.kit.ws_phone import ws_phone

pytestmark = pytest.mark.acceptance

RATE_HZ = 8000
#: What each of them sends: a person, the reps' phones, and the tone of a hold.
CALLEE, REP1, REP2, TONE = 440, 1020, 1040, 425
LISTEN_S = 0.5
TRIES = 4
Samples = npt.NDArray[np.float64]


class Ear:
    """What one channel hears, each time by a recorder of its own: one that lasts would leave out
    some of those who come later.
    """

    def __init__(self, rig: Rig, channel: str, path: Path) -> None:
        self._ami, self.channel, self._path = rig.switch.ami, channel, path
        self.heard: list[set[int]] = []

    async def listen(self) -> None:
        """For a moment, from now on; once more where the recorder began too late."""
        for n in range(TRIES):
            path = self._path.with_suffix(f".{len(self.heard)}.{n}.raw")
            if await self._records(path, LISTEN_S * 2**n):
                break
        else:
            raise AssertionError(f"{path.name} is too short")
        self.heard.append(heard_in(read_stereo(path)[1], 0.0))

    async def _records(self, path: Path, for_s: float) -> bool:
        """Whether enough was written."""
        await self._ami.action("MixMonitor", Channel=self.channel, File=str(path), Options="D")
        await asyncio.sleep(for_s)  # sound takes its time
        await self._ami.action("StopMixMonitor", Channel=self.channel)
        try:
            await asyncio.to_thread(until, lambda: is_written(path), 3.0, f"{path.name} is written")
        except TimeoutError:
            return False
        return True


def is_written(path: Path) -> bool:
    """Asterisk writes late, and all that is left when the recorder ends."""
    return path.exists() and path.stat().st_size > 4 * RATE_HZ * (LISTEN_S - 0.1)


def heard_in(sound: Samples, at: float) -> set[int]:
    """Leaves out the edges: neither clock is exact."""
    first, last = int((at + 0.15) * RATE_HZ), int((at + LISTEN_S - 0.05) * RATE_HZ)
    part = sound[first:last]
    assert part.size > RATE_HZ * LISTEN_S / 3, f"not recorded till {at + LISTEN_S:.1f} s"
    return {hz for hz in (CALLEE, REP1, REP2) if share(part, hz) > 0.15}


def read_stereo(path: Path) -> tuple[Samples, Samples]:
    data = np.fromfile(path, dtype="<i2")
    pairs = data[: data.size // 2 * 2].reshape(-1, 2) / 32768
    return pairs[:, 0], pairs[:, 1]


def share(sound: Samples, hz: int) -> float:
    """How much of the energy of `sound` lies within 8 Hz of `hz`, 0..1."""
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size))) ** 2
    at = np.fft.rfftfreq(sound.size, 1 / RATE_HZ)
    return float(power[np.abs(at - hz) <= 8].sum() / max(power.sum(), 1e-9))


class Talk:
    """One callee and the reps, and what can be done with them."""

    def __init__(self, rig: Rig, folder: Path) -> None:
        self.rig, self._folder = rig, folder
        self.calls = EngineCallControl(rig.engine)
        self.floor = rig.engine.runners["main"].floor
        self.attempt = ""

    async def begin(self, reps: int = 2) -> Talk:
        """rep01 talks to a callee who stays; the others are ready."""
        await self.rig.log_in(1)
        await self.rig.add_leads([number_for("stays")])
        await self.rig.dial()
        await self.rig.until(lambda: self.rig.phases()["talking"], 10, "they talk")
        self.attempt = next(iter(self.floor.attempts))
        await self.rig.log_in(reps)
        return self

    @property
    def call(self) -> Attempt:
        return self.floor.attempts[self.attempt]

    def ear(self, rep: str) -> Ear:
        leg = self.floor.agents[rep].leg
        assert leg is not None
        return Ear(self.rig, leg, self._folder / f"{self.attempt}-{rep}")

    def activity(self, rep: str) -> str:
        return activity_of(self.call, self.floor.agents[rep])

    async def until(self, rep: str, activity: str) -> None:
        await self.rig.until(lambda: self.activity(rep) == activity, 5, f"{rep}: {activity!r}")

    async def talking(self, *, with_: str | None) -> None:
        def is_so() -> bool:
            return self.call.phase.value == "talking" and self.call.agent == with_

        await self.rig.until(is_so, 5, f"the callee talks to {with_}")

    async def left_alone(self, *reps: str) -> None:
        """Their phones are parked, and no call is theirs."""
        agents = [self.floor.agents[name] for name in reps]
        await self.rig.until(
            lambda: all(a.phone is PhoneState.PARKED and a.attempt is None for a in agents),
            5,
            "parked",
        )

    async def nothing_lingers(self) -> None:
        """Only the reps' own phones are up, each in its place."""
        channels = await self.rig.switch.live_channels()
        legs = {agent.leg for agent in self.floor.agents.values()}
        assert {c.channel for c in channels} == legs
        assert all(c.parked for c in channels)
        assert not self.rig.engine.trunks.holds(self.attempt)

    def party_talks(self) -> bool:
        return self.call.party is not None and self.call.party.state == "talking"

    async def end(self) -> None:
        """The callee is hung up, and recorded to the end."""
        self.rig.switch.hang_up(self.attempt)
        await self.rig.until_ended(1)

    async def recording(self, recording: str | None) -> tuple[Samples, Samples]:
        """Left and right of the finished recording."""
        assert recording is not None
        path: list[Path] = []

        def is_there() -> bool:
            path[:] = self.rig.recorder.root.rglob(f"*{recording}*.wav")
            return bool(path)

        await self.rig.until(is_there, 10, "the recording is finished")
        sound, _ = soundfile.read(path[0], always_2d=True)
        return sound[:, 0], sound[:, 1]

    async def recorded(self, recording: str | None) -> set[int]:
        """Who is anywhere in the recording, in any half second."""
        found: set[int] = set()
        for side in await self.recording(recording):
            for start in range(0, side.size - 4000, 4000):
                part = side[start : start + 4000]
                found |= {hz for hz in (CALLEE, REP1, REP2) if share(part, hz) > 0.15}
        return found


async def ok(wish: Awaitable[Refusal | None]) -> None:
    assert await wish is None


@pytest.fixture
async def rig(asterisk_pair: AsteriskPair) -> AsyncIterator[Rig]:
    async with engine_rig(asterisk_pair) as rig:
        yield rig
        assert not rig.observer.surprises, rig.observer.surprises


@pytest.fixture
async def talk(rig: Rig, asterisk_pair: AsteriskPair) -> Talk:
    return await Talk(rig, asterisk_pair.recordings).begin()


async def test_on_hold_the_callee_hears_the_tone_and_the_rep_nothing_and_then_each_other(
    talk: Talk,
) -> None:
    ear = talk.ear("rep01")
    await ear.listen()
    await ok(talk.calls.hold("rep01"))
    await talk.until("rep01", "hold")
    await talk.rig.until(lambda: talk.call.asking, 2, "the tone is on")
    await ear.listen()
    assert talk.rig.states()["rep01"] == "talking"
    await ok(talk.calls.resume("rep01"))
    await talk.talking(with_="rep01")
    await ear.listen()
    assert ear.heard == [{CALLEE}, set(), {CALLEE}]
    await talk.end()
    await talk.nothing_lingers()


async def test_a_colleague_is_consulted_joined_and_left_with_the_callee(talk: Talk) -> None:
    first, second = talk.ear("rep01"), talk.ear("rep02")
    await ok(talk.calls.transfer("rep01", TransferTo("agent", "rep02"), warm=True))
    await talk.until("rep01", "consult")
    await both(first, second)
    await ok(talk.calls.consult("rep01", "join"))
    await talk.until("rep01", "conference")
    await both(first, second)
    await ok(talk.calls.consult("rep01", "complete"))
    await talk.talking(with_="rep02")
    await talk.left_alone("rep01")
    await both(first, second)
    await talk.end()
    await talk.left_alone("rep02")

    assert first.heard == [{REP2}, {CALLEE, REP2}, set()]
    assert second.heard == [{REP1}, {CALLEE, REP1}, {CALLEE}]
    (cdr,) = await talk.rig.cdrs()
    assert (cdr.outcome, cdr.agent) == ("connected", "rep02")
    await talk.nothing_lingers()
    assert await talk.recorded(cdr.recording) == {CALLEE, REP1, REP2}


async def test_a_consultation_is_swapped_and_given_up(talk: Talk) -> None:
    first, second = talk.ear("rep01"), talk.ear("rep02")
    await ok(talk.calls.transfer("rep01", TransferTo("agent", "rep02"), warm=True))
    await talk.until("rep01", "consult")
    await ok(talk.calls.consult("rep01", "swap"))
    await talk.talking(with_="rep01")
    await both(first, second)
    await ok(talk.calls.consult("rep01", "swap"))
    await talk.until("rep01", "consult")
    await talk.rig.until(talk.party_talks, 5, "they talk again")
    await both(first, second)
    await ok(talk.calls.consult("rep01", "cancel"))
    await talk.talking(with_="rep01")
    await talk.left_alone("rep02")
    await both(first, second)
    await talk.end()

    assert first.heard == [{CALLEE}, {REP2}, {CALLEE}]
    assert second.heard == [set(), {REP1}, set()]
    (cdr,) = await talk.rig.cdrs()
    assert cdr.agent == "rep01"
    await talk.nothing_lingers()


async def both(*ears: Ear) -> None:
    await asyncio.gather(*(ear.listen() for ear in ears))


@pytest.mark.parametrize("wish", ["join", "complete"])
async def test_somebody_outside_is_called_in_and_goes_with_the_callee(
    talk: Talk, wish: ConsultWish
) -> None:
    ear = talk.ear("rep01")
    outside = TransferTo("number", number_for("rings_1s_stays"))
    await ok(talk.calls.transfer("rep01", outside, warm=True, any_number=True))
    await talk.until("rep01", "consult")
    await talk.rig.until(talk.party_talks, 10, "they answered")
    await ear.listen()
    await ok(talk.calls.consult("rep01", wish))
    if wish == "join":
        await talk.until("rep01", "conference")
        await ear.listen()
        await talk.end()
        assert ear.heard == [{CALLEE}, {CALLEE}]  # outside they send the same tone
    else:
        await talk.talking(with_=None)
        await talk.left_alone("rep01")
        await ear.listen()
        await talk.end()
        assert ear.heard == [{CALLEE}, set()]
    await talk.left_alone("rep01")
    await talk.rig.until(lambda: not talk.floor.outside, 5, "the other call ended")
    await talk.nothing_lingers()
    (cdr,) = await talk.rig.cdrs()
    assert (cdr.agent, cdr.outcome) == ("rep01", "connected")


async def test_a_callee_is_given_to_a_colleague_to_the_pool_and_to_somebody_outside(
    talk: Talk,
) -> None:
    await ok(talk.calls.transfer("rep01", TransferTo("agent", "rep02"), warm=False))
    await talk.talking(with_="rep02")
    await talk.left_alone("rep01")
    await ok(talk.calls.transfer("rep02", TransferTo("pool"), warm=False))
    await talk.talking(with_="rep01")
    await talk.left_alone("rep02")
    outside = TransferTo("number", number_for("rings_1s_stays"))
    await ok(talk.calls.transfer("rep01", outside, warm=False, any_number=True))
    await talk.talking(with_=None)
    await talk.left_alone("rep01")
    await talk.end()
    await talk.rig.until(lambda: not talk.floor.outside, 5, "the other call ended")
    await talk.nothing_lingers()


async def test_whom_nobody_outside_takes_is_back_with_the_rep(talk: Talk) -> None:
    busy = TransferTo("number", number_for("busy"))
    await ok(talk.calls.transfer("rep01", busy, warm=False, any_number=True))
    await talk.rig.until(lambda: talk.call.party is None, 5, "busy")
    await talk.talking(with_="rep01")
    await ok(talk.calls.transfer("rep01", busy, warm=True, any_number=True))
    await talk.until("rep01", "hold")
    await talk.rig.until(lambda: talk.call.party is None, 5, "busy")
    await ok(talk.calls.resume("rep01"))
    await talk.talking(with_="rep01")
    await talk.end()
    await talk.nothing_lingers()


async def test_a_parked_callee_is_picked_up_by_another_rep(talk: Talk) -> None:
    ear = talk.ear("rep02")
    await ok(talk.calls.park("rep01"))
    await talk.rig.until(lambda: talk.calls.parked("main"), 5, "parked")
    await talk.left_alone("rep01")
    await talk.rig.until(lambda: talk.call.asking, 2, "the tone is on")
    await ear.listen()
    await ok(talk.calls.pick_up("rep02", talk.attempt))
    await talk.talking(with_="rep02")
    await ear.listen()
    assert talk.calls.parked("main") == []
    await talk.end()
    assert ear.heard == [set(), {CALLEE}]
    await talk.nothing_lingers()


async def test_a_pause_of_the_recording_is_silence_of_its_length_also_over_another_bridge(
    talk: Talk,
) -> None:
    loop = asyncio.get_running_loop()
    marks: list[float] = []  # in the middle of each moment: the file may be 0.3 s out
    answered = loop.time() - (talk.rig.engine.clock.now() - (talk.call.answered_at or 0.0))

    async def moment() -> None:
        marks.append(loop.time() - answered + 0.35)
        await asyncio.sleep(LISTEN_S + 0.7)  # sound takes its time

    await moment()
    await ok(talk.calls.record("rep01", paused=True))
    await moment()
    await ok(talk.calls.hold("rep01"))
    await talk.rig.until(lambda: talk.call.phase.value == "held" and talk.call.asking, 5, "held")
    await ok(talk.calls.resume("rep01"))
    await talk.talking(with_="rep01")
    await moment()
    await ok(talk.calls.record("rep01", paused=False))
    await moment()
    length = loop.time() - answered
    await talk.end()
    (cdr,) = await talk.rig.cdrs()
    left, right = await talk.recording(cdr.recording)
    assert abs(left.size / RATE_HZ - length) < 0.3
    assert [heard_in(left, at) for at in marks] == [{CALLEE}, set(), set(), {CALLEE}]
    assert [heard_in(right, at) for at in marks] == [{REP1}, set(), set(), {REP1}]


async def test_keys_reach_the_callee(talk: Talk, asterisk_pair: AsteriskPair) -> None:
    public = asterisk_pair.public
    log = public.settings.run_dir / "log" / "keys"
    public.cli(f"logger add channel {log} dtmf")
    try:
        await ok(talk.calls.press_keys("rep01", "5#"))
        await asyncio.to_thread(until, lambda: pressed(log) == "5#", 5.0, "5 and #")
    finally:
        public.cli(f"logger remove channel {log}")
    await talk.end()


def pressed(log: Path) -> str:
    return "".join(re.findall(r"DTMF end '(.)' received", log.read_text(encoding="utf-8")))


PASSWORD = "not-a-secret-1"  # of a phone that lives as long as this test
#: Nobody tries again by himself while this test runs: only a registration helps.
ONCE = PoolRules(method="progressive", phone_retry=(60.0,))


def web_phone(settings: AsteriskSettings) -> AsteriskSettings:
    return replace(settings, phones=(Phone("rep01", "webrtc", PASSWORD, rtp_timeout_s=0),))


async def test_a_page_that_comes_back_is_called_as_soon_as_it_has_registered(
    new_asterisk_pair: Callable[..., AsteriskPair],
) -> None:
    pair = new_asterisk_pair(reps=0, change_node=web_phone)
    port = pair.node.settings.ports.http
    async with AsyncExitStack() as stack, engine_rig(pair, RigOptions(pool=ONCE)) as rig:
        page = await stack.enter_async_context(ws_phone(port, "rep01", PASSWORD))
        talk = await Talk(rig, pair.recordings).begin(reps=1)
        rep = talk.floor.agents["rep01"]

        async def phone_is(*phones: PhoneState) -> None:
            await rig.until(lambda: rep.phone in phones, 2, f"the phone is {phones}")

        for hold in (False, True):
            if hold:
                await ok(talk.calls.hold("rep01"))
                await talk.until("rep01", "hold")
            page.vanish()
            await phone_is(PhoneState.NONE)
            await rig.until(lambda: talk.call.asking and talk.call.held_until, 3, "the tone is on")
            page = await stack.enter_async_context(ws_phone(port, "rep01", PASSWORD))
            if hold:
                await phone_is(PhoneState.PARKED)
                assert talk.activity("rep01") == "hold"
                await ok(talk.calls.resume("rep01"))
            await rig.until(lambda: rig.phases()["talking"], 1, "they talk again")
        await talk.end()
        (cdr,) = await rig.cdrs()
        assert (cdr.agent, cdr.hangup_by) == ("rep01", "dialer")
