"""What phones of the public network hear, by the tones that everybody in it sends. For tests."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dialer.ids import new_id
from tests.kit.asterisk import AsteriskPair

Samples = npt.NDArray[np.float64]
RATE_HZ = 8000
#: How long is listened, and how much of its beginning is left out: phones buffer a little.
LISTEN_S, SKIP_S = 0.6, 0.2
CALLEE = "callee"
#: A tone of the public network has an amplitude of 0.19; softer than this is nobody.
HEARD = 0.05


@dataclass(frozen=True)
class Overhear:
    """`phones`: rep01, rep02 … whose tones are told apart, besides the callee's."""

    pair: AsteriskPair
    phones: Sequence[str]

    @property
    def tones(self) -> dict[str, int]:
        demo = self.pair.public.demo
        return {
            CALLEE: demo.callee_tone_hz,
            **{name: demo.rep_tone_hz(name) for name in self.phones},
        }

    async def now(self, *listeners: str) -> dict[str, set[str]]:
        """Of each phone (or "callee") whom it hears now. Raises TimeoutError."""
        files = await asyncio.to_thread(self._record, listeners)
        async with asyncio.timeout(5):
            while any(map(_is_short, files.values())):  # noqa: ASYNC110 (files)
                await asyncio.sleep(0.02)
        return {name: self.who(_read(path)) for name, path in files.items()}

    def who(self, sound: Samples) -> set[str]:
        return {name for name, hz in self.tones.items() if amplitude(sound, hz) > HEARD}

    def _record(self, listeners: Sequence[str]) -> dict[str, Path]:
        """Each channel's received sound into a file of its own, until the channel ends."""
        public = self.pair.public
        channels = {self._name_of(it): it["Channel"] for it in public.channels()}
        folder = self.pair.folder / f"heard-{new_id()}"
        folder.mkdir()
        public._each(
            list(listeners),
            lambda name: (
                "MixMonitor",
                {
                    "Channel": channels[name],
                    "File": f"{folder}/{name}-both.raw",
                    "Options": f"r({folder}/{name}.raw)",
                },
            ),
        )
        return {name: folder / f"{name}.raw" for name in listeners}

    def _name_of(self, channel: dict[str, str]) -> str:
        return channel["Doing"] if channel["Doing"] in self.phones else CALLEE


def amplitude(sound: Samples, hz: float) -> float:
    """Of a tone within 8 Hz of `hz`, 0 to 1."""
    if sound.size < RATE_HZ // 10:
        return 0.0
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size))) ** 2
    at = np.fft.rfftfreq(sound.size, 1 / RATE_HZ)
    # A Hann window keeps 3/8 of the power.
    energy = power[np.abs(at - hz) <= 8].sum() * 2 / sound.size**2 / 0.375
    return float(np.sqrt(2 * energy))


def _is_short(path: Path) -> bool:
    return _size(path) < LISTEN_S * RATE_HZ * 2


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _read(path: Path) -> Samples:
    data = path.read_bytes()[: _size(path) // 2 * 2]
    sound: Samples = np.frombuffer(data, dtype="<i2") / 32768
    return sound[int(SKIP_S * RATE_HZ) :]
