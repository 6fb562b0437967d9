"""What a test's browser hears in its microphone: a WAV made at set-up, unlike any other sound here.

The browser takes steady sounds for noise and suppresses them, so it is a tone in syllables.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dialer.asterisk.apt import cache_dir
from dialer.asterisk.sounds import RATE_HZ, Samples, tone, write_wav

#: The public network's people are heard at 440 Hz, reps' SIP phones from 1000 Hz on.
MICROPHONE_HZ = 700


def microphone_wav(hz: int = MICROPHONE_HZ) -> Path:
    """A few seconds of syllables at `hz`, to be played over and over; made when missing."""
    path = cache_dir() / "sounds" / f"microphone-{hz}.wav"
    if not path.exists():
        write_wav(path, syllables(hz))
    return path


def syllables(hz: int, count: int = 16) -> Samples:
    """Sounds of 180 ms with pauses of 70 ms, soft at their ends."""
    length, pause = int(0.18 * RATE_HZ), np.zeros(int(0.07 * RATE_HZ))
    shape = np.sin(np.linspace(0, np.pi, length)) ** 0.5
    one = np.concatenate([tone([hz], 0.18, level=0.7)[:length] * shape, pause])
    return np.tile(one, count)
