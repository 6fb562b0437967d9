"""What MixMonitor writes: who is in which channel, and that silence is kept."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from dialer.asterisk.demo_network import number_for
from tests.kit.asterisk import AsteriskPair
from tests.kit.stub_engine import StubEngine, silent

pytestmark = pytest.mark.acceptance

RATE_HZ = 8000
#: The recorder begins after the answer: on a busy machine later by so much. A gap would be longer.
LATE_S = 0.8
CALLEE, REP1, REP2 = 440, 1020, 1040
Samples = npt.NDArray[np.float64]


@pytest.fixture
async def engine(asterisk_pair: AsteriskPair) -> AsyncIterator[StubEngine]:
    async with StubEngine(asterisk_pair.node, asterisk_pair.trunk) as stub:
        yield stub


def read_stereo(path: Path) -> tuple[Samples, Samples]:
    data = np.fromfile(path, dtype="<i2").reshape(-1, 2) / 32768
    return data[:, 0], data[:, 1]


def share(sound: Samples, hz: int) -> float:
    """How much of the energy of `sound` lies within 8 Hz of `hz`, 0..1."""
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size))) ** 2
    at = np.fft.rfftfreq(sound.size, 1 / RATE_HZ)
    return float(power[np.abs(at - hz) <= 8].sum() / max(power.sum(), 1e-12))


def clearest(sound: Samples, hz: int) -> float:
    """The best `share` of a half second: a machine in a hurry begins late, or drops 20 ms."""
    half = RATE_HZ // 2
    return max(share(sound[at : at + half], hz) for at in range(0, sound.size - half + 1, 1000))


def loudness(sound: Samples) -> float:
    return float(np.sqrt(np.mean(sound**2)))


async def test_callee_is_left_and_rep_right_and_only_there(
    engine: StubEngine, asterisk_pair: AsteriskPair
) -> None:
    record = asterisk_pair.recordings / "sides"
    leg = await engine.call_rep("rep01")
    attempt = await engine.place(number_for("speaks_3s"), leg, DIALER_REC=str(record))
    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)

    assert stat.S_IMODE(record.with_suffix(".raw").stat().st_mode) == 0o600
    left, right = read_stereo(record.with_suffix(".raw"))
    assert -0.1 < float(row["billsec"]) - left.size / RATE_HZ < LATE_S
    middle = slice(RATE_HZ, 2 * RATE_HZ)
    assert share(left[middle], CALLEE) > 0.9
    assert share(right[middle], REP1) > 0.9
    assert share(left[middle], REP1) < 0.01
    assert share(right[middle], CALLEE) < 0.01


async def test_time_in_which_a_callee_sends_nothing_is_silence_not_a_gap(
    engine: StubEngine, asterisk_pair: AsteriskPair
) -> None:
    record = asterisk_pair.recordings / "mute"
    attempt = await engine.place(
        number_for("stays_without_rtp"),
        silent,
        DIALER_REC=str(record),
        DIALER_WAIT="2.000",
        DIALER_MSG="beep",
    )
    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)

    left, right = read_stereo(record.with_suffix(".raw"))
    assert -0.1 < float(row["billsec"]) - left.size / RATE_HZ < LATE_S
    assert loudness(left) < 0.001
    assert loudness(right[: 2 * RATE_HZ]) < 0.001
    assert loudness(right[2 * RATE_HZ :]) > 0.001  # the message


async def test_a_silent_callee_in_a_bridge_keeps_the_time_line(
    engine: StubEngine, asterisk_pair: AsteriskPair
) -> None:
    record = asterisk_pair.recordings / "mute-bridge"
    leg = await engine.call_rep("rep01")
    attempt = await engine.place(
        number_for("stays_without_rtp"), leg, DIALER_REC=str(record), DIALER_MAX="2"
    )
    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)

    left, right = read_stereo(record.with_suffix(".raw"))
    assert -0.1 < float(row["billsec"]) - left.size / RATE_HZ < LATE_S
    assert loudness(left) < 0.001
    assert share(right[RATE_HZ:], REP1) > 0.9


@pytest.mark.parametrize("turn", range(4))
async def test_a_second_rep_goes_on_in_the_same_file(
    turn: int, engine: StubEngine, asterisk_pair: AsteriskPair
) -> None:
    record = asterisk_pair.recordings / f"second{turn}"
    first, second = await engine.call_rep("rep01"), await engine.call_rep("rep02")
    attempt = await engine.place(
        number_for("stays"), first, second, DIALER_REC=str(record), DIALER_MAX="3"
    )
    await engine.until(lambda: engine.seen("BridgeEnter", attempt), what="bridged")
    path = record.with_suffix(".raw")
    await engine.until(lambda: path.exists() and path.stat().st_size > 32_000, what="a second")
    asterisk_pair.public.hang_up_rep("rep01")
    await engine.ended(attempt)
    (row,) = await engine.ledger_rows(attempt)

    left, right = read_stereo(path)
    assert -0.1 < float(row["billsec"]) - left.size / RATE_HZ < LATE_S
    # Debian's Asterisk drops the second rep from a recorder that has heard the first, whenever his
    # RTP sequence numbers are lower: the dialplan begins the recorder anew.
    assert share(right[2000:6000], REP1) > 0.8
    assert clearest(right[-RATE_HZ:], REP2) > 0.9
    assert clearest(left[-RATE_HZ:], CALLEE) > 0.9


async def test_a_call_without_a_recording_path_is_not_recorded(
    engine: StubEngine, asterisk_pair: AsteriskPair
) -> None:
    spool = asterisk_pair.node.settings.run_dir / "spool/monitor"
    before = set(asterisk_pair.recordings.iterdir())
    attempt = await engine.place(number_for("stays"), "hangup")
    await engine.ended(attempt)

    assert set(asterisk_pair.recordings.iterdir()) == before
    assert not spool.exists() or not any(spool.iterdir())
