"""How loud each side of a recording is over its time: what a player draws.

A file is read in pieces: memory is the same for a call of a minute and one of an hour.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import soundfile
from msgspec import Struct

from recordings.library import Sound

#: Peaks of each side: more than a screen has columns for them.
BARS = 800
_PIECE_FRAMES = 8 * 8000
_LOUDEST = 32768
#: Bytes of the file: the library asks for a few thousand at a time, each a chunk to decrypt.
_AT_ONCE = 256 * 1024


class WaveError(Exception):
    """The file is no sound that could be read."""


class Wave(Struct, frozen=True):
    """`callee` and `rep`: the loudest sample of each of as many even parts, from 0 to 255. A
    recording with one channel has it on both sides.
    """

    seconds: float
    callee: list[int]
    rep: list[int]


def wave_of(sound: Sound, bars: int = BARS) -> Wave:
    """Raises WaveError, and what reading `sound` raises."""
    try:
        with soundfile.SoundFile(io.BufferedReader(_Reader(sound), _AT_ONCE)) as file:
            return _wave(file, min(bars, max(1, file.frames)))
    except soundfile.SoundFileError as error:
        raise WaveError(str(error)) from error


def _wave(file: Any, bars: int) -> Wave:
    per_bar = max(1, -(-file.frames // bars))
    at_once = per_bar * max(1, _PIECE_FRAMES // per_bar)
    peaks = [_peaks(piece, per_bar) for piece in _pieces(file, at_once)]
    found = np.concatenate(peaks) if peaks else np.zeros((1, 2), dtype=np.int64)
    loud = np.minimum(255, found * 255 // _LOUDEST)
    return Wave(file.frames / file.samplerate, loud[:, 0].tolist(), loud[:, -1].tolist())


def _pieces(file: Any, at_once: int) -> Iterator[Any]:
    while len(piece := file.read(at_once, dtype="int16", always_2d=True)):
        yield piece


def _peaks(piece: Any, per_bar: int) -> Any:
    """The loudest sample of each bar and channel; the last bar may be short."""
    starts = np.arange(0, len(piece), per_bar)
    high = np.maximum.reduceat(piece, starts).astype(np.int64)
    low = np.minimum.reduceat(piece, starts).astype(np.int64)
    return np.maximum(high, -low)


class _Reader(io.RawIOBase):
    """A sound as a file that is read from anywhere."""

    def __init__(self, sound: Sound) -> None:
        self._sound, self._at = sound, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._sound.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        end = min(self._sound.size, self._at + len(buffer))
        found = b"".join(self._sound.part(self._at, end)) if end > self._at else b""
        self._at += len(found)
        buffer[: len(found)] = found
        return len(found)
