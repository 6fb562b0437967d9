"""What is in a sound: how loud, and how much of it is one tone. For tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

Samples = npt.NDArray[np.float64]
RATE_HZ = 8000


def channels(path: Path) -> tuple[Samples, Samples]:
    """Left and right (-1..1) of a stereo recording, encoded or raw as Asterisk writes it."""
    if path.suffix == ".raw":
        data = np.frombuffer(path.read_bytes()[: path.stat().st_size // 4 * 4], dtype="<i2")
        both = data.reshape(-1, 2)
        return both[:, 0] / 32768.0, both[:, 1] / 32768.0
    sound, rate_hz = soundfile.read(path, always_2d=True)
    assert (sound.shape[1], rate_hz) == (2, RATE_HZ), f"{path} is not stereo at {RATE_HZ} Hz"
    return sound[:, 0], sound[:, 1]


def loudness(sound: Samples) -> float:
    """Root mean square, 0 to 1."""
    return float(np.sqrt(np.mean(sound**2))) if sound.size else 0.0


def share(sound: Samples, hz: float, width_hz: float = 25.0) -> float:
    """Share of the energy that lies around `hz`, 0 to 1."""
    if not sound.size:
        return 0.0
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size))) ** 2
    at = np.fft.rfftfreq(sound.size, 1 / RATE_HZ)
    total = float(power.sum())
    return float(power[np.abs(at - hz) <= width_hz].sum()) / total if total else 0.0
