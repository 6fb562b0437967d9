"""A recording is as long as its call, whoever was silent in it, and there is none of no call."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dialer.asterisk.demo_network import number_for
from dialer.ports.store import Cdr, Recording
from dialer.words import RecordingState
from tests.kit.asterisk import AsteriskPair
from tests.kit.rig import Rig, engine_rig

pytestmark = pytest.mark.acceptance


async def test_time_in_which_neither_side_sends_anything_is_not_missing(
    asterisk_pair: AsteriskPair,
) -> None:
    async with engine_rig(asterisk_pair) as rig:
        await rig.log_in(1)
        await rig.add_leads([number_for("stays_without_rtp")])
        await rig.dial()
        await rig.until(lambda: rig.phases()["talking"], 10, "connected")
        await asyncio.to_thread(asterisk_pair.public.silence_rep, "rep01")
        await until_later(rig, 2.0)
        assert await rig.control.agent_hangup("rep01") is None
        (cdr,) = await rig.until_ended(1)
        recording, path = await kept(rig, cdr)

    assert cdr.ended_at is not None
    assert cdr.answered_at is not None
    call_s = cdr.ended_at - cdr.answered_at
    sound, rate = soundfile.read(path, always_2d=True)
    assert len(sound) / rate == recording.seconds == pytest.approx(call_s, abs=0.15)
    assert call_s > 2.0
    assert np.abs(sound[-rate:]).max() < 0.001


async def until_later(rig: Rig, seconds: float) -> None:
    """Let the call go on for so long; it must."""
    since = rig.engine.clock.now()
    await rig.until(lambda: rig.engine.clock.now() > since + seconds, seconds + 5)
    assert rig.phases()["talking"]


async def kept(rig: Rig, cdr: Cdr) -> tuple[Recording, Path]:
    assert cdr.recording is not None
    async with asyncio.timeout(15):
        while (found := await rig.store.recordings.get(cdr.recording)) is None or (  # noqa: ASYNC110
            found.state is not RecordingState.READY
        ):
            await asyncio.sleep(0.05)
    return found, rig.recorder.root / found.path


async def test_a_call_that_left_no_sound_names_no_recording(asterisk_pair: AsteriskPair) -> None:
    async with engine_rig(asterisk_pair) as rig:
        await rig.log_in(1)
        await rig.add_leads([number_for("speaks_3s")])
        await rig.dial()
        await rig.until(lambda: rig.phases()["talking"], 10, "connected")
        (attempt,) = rig.engine.runners["main"].floor.attempts
        for raw in (rig.recorder.root / "raw").rglob(f"{attempt}.raw"):
            raw.unlink()
        (cdr,) = await rig.until_ended(1)
        assert cdr.recording == attempt
        async with asyncio.timeout(15):
            while cdr.recording is not None:
                await asyncio.sleep(0.05)
                (cdr,) = await rig.cdrs()

    assert cdr.outcome == "connected"
    assert cdr.recording is None
