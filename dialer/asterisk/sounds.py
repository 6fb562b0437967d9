"""Spoken sound files for Asterisk: the law's message, and the voices of the demo's public network.

Text becomes speech with espeak-ng (from PATH, or fetched like Asterisk), then 8 kHz mono WAV. Files
are named by what is said and how, so that each is made once and never changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dialer.asterisk.apt import FetchError, Progress, cache_dir, fetch_packages
from dialer.asterisk.tree import Program, program

RATE_HZ = 8000
Samples = npt.NDArray[np.float64]

_MESSAGES = {
    "en": (
        "Hello. {who}We are sorry: no one was free to take this call. "
        "You need do nothing. {how}Goodbye."
    ),
    "zh": "您好。{who}很抱歉，现在没有人能与您通话。您无需做任何事。{how}再见。",
}
_WHO = {"en": "This was a call from {seller}. ", "zh": "这是{seller}的来电。"}
_HOW = {
    "en": "If you do not wish to be called again, please ring {number}. ",
    "zh": "如果您不希望再接到来电，请致电{number}。",
}
_VOICES = {"en": ("en-us", 150), "zh": ("cmn", 210)}  # espeak-ng's voice, words a minute


class SoundError(RuntimeError):
    """A sound could not be made; the message says why and what to do."""


@dataclass(frozen=True)
class Speech:
    """One thing to say: `voice` as espeak-ng names it, `rate` in words a minute, `pitch` 0..99."""

    text: str
    voice: str = "en-us"
    rate: int = 160
    pitch: int = 50
    lead_s: float = 0.0
    """Silence before it."""
    tail_s: float = 0.0
    """Silence after it."""

    @property
    def key(self) -> str:
        """Names the file: the same words in the same voice are the same file."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def message_text(language: str, seller: str = "", number: str = "") -> str:
    """What a callee hears for whom nobody was free. Raises SoundError for an unknown language."""
    if language not in _MESSAGES:
        known = ", ".join(_MESSAGES)
        raise SoundError(f"no message in {language!r} ({known}): give a sound file of your own")
    who = _WHO[language].format(seller=seller) if seller else ""
    how = _HOW[language].format(number=_spelled(number)) if number else ""
    return _MESSAGES[language].format(who=who, how=how)


def _spelled(number: str) -> str:
    return " ".join(number.replace("+", ""))


def message_file(
    language: str, seller: str = "", number: str = "", *, folder: Path | None = None
) -> Path:
    """The message as a sound file, made when missing; a path without its `.wav`, as Asterisk wants.

    `seller` and `number` are the campaign's company and the number to ring back; empty: not said.
    `folder` (default: the cache) may be any that Asterisk can read. Raises SoundError.
    """
    seller, number = " ".join(seller.split())[:120], " ".join(number.split())[:40]
    text = message_text(language, seller, number)
    speech = Speech(text, *_VOICES[language], lead_s=0.2)
    return _made(speech, f"sorry-{language}", folder or sounds_dir())


def sounds_dir() -> Path:
    """Where made sounds lie, shared by every clone of this user."""
    return cache_dir() / "sounds"


def voice_file(name: str, speech: Speech, folder: Path | None = None) -> Path:
    """`speech` as a file whose name begins with `name`; a path without its `.wav`."""
    return _made(speech, name, folder or sounds_dir())


def _made(speech: Speech, name: str, folder: Path) -> Path:
    path = folder / f"{name}-{speech.key}"
    if not path.with_name(path.name + ".wav").exists():
        write_wav(path.with_name(path.name + ".wav"), speak(speech))
    return path


def speak(speech: Speech) -> Samples:
    """`speech` as samples at 8 kHz, -1..1. Raises SoundError."""
    samples, rate_hz = _espeak(speech)
    sound = resample(samples, rate_hz, RATE_HZ)
    peak = float(np.abs(sound).max(initial=0.0))
    if peak == 0.0:
        raise SoundError(f"espeak-ng said nothing in voice {speech.voice}")
    return np.concatenate([_silence(speech.lead_s), sound * (0.6 / peak), _silence(speech.tail_s)])


def _silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE_HZ))


def tone(frequencies_hz: Sequence[float], seconds: float, level: float = 0.3) -> Samples:
    """A steady chord, for tests and where there is no voice."""
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    chord = sum((np.sin(2 * np.pi * f * at) for f in frequencies_hz), start=np.zeros(at.size))
    return chord * (level / max(1, len(frequencies_hz)))


#: Music on hold: a note every second and a half, each dying away (Hz; E, G, A, G, E, D, C, D).
_TUNE_HZ = (329.6, 392.0, 440.0, 392.0, 329.6, 293.7, 261.6, 293.7)
_NOTE_S = 1.5


def hold_music() -> Samples:
    """Twelve quiet seconds that may be repeated for ever: a loudest sample of 0.1 (-20 dBFS)."""
    at = np.arange(int(2 * _NOTE_S * RATE_HZ)) / RATE_HZ
    fading = np.minimum(at / 0.05, 1.0) * np.exp(-1.5 * at) * np.minimum((at[-1] - at) / 0.1, 1.0)
    tune = np.zeros(int(len(_TUNE_HZ) * _NOTE_S * RATE_HZ))
    for turn, hz in enumerate(_TUNE_HZ):
        note = (np.sin(2 * np.pi * hz * at) + 0.4 * np.sin(4 * np.pi * hz * at)) * fading
        # The last one sounds on into the first of the next round.
        places = (int(turn * _NOTE_S * RATE_HZ) + np.arange(note.size)) % tune.size
        tune[places] += note
    return tune * (0.1 / float(np.abs(tune).max()))


def write_hold_music(path: Path) -> None:
    """Made where it is missing."""
    if not path.exists():
        write_wav(path, hold_music())


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Another sampling rate; what the lower one cannot carry is filtered out first.

    Windowed sinc (Hamming, 101 taps), then linear interpolation: the filter leaves little above a
    third of the input rate, where that would be coarse.
    """
    if from_hz == to_hz or samples.size == 0:
        return samples
    if to_hz < from_hz:
        cutoff = 0.45 * to_hz / from_hz
        taps = np.arange(-50, 51)
        kernel = 2 * cutoff * np.sinc(2 * cutoff * taps) * np.hamming(101)
        samples = np.convolve(samples, kernel, mode="same")
    count = int(samples.size * to_hz / from_hz)
    return np.interp(np.arange(count) * from_hz / to_hz, np.arange(samples.size), samples)


def write_wav(path: Path, samples: Samples) -> None:
    """16-bit mono WAV at 8 kHz, written as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with part.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(data)
    part.replace(path)


def read_wav(path: Path) -> tuple[Samples, int]:
    """Samples (-1..1, the first channel) and rate of a 16-bit WAV file."""
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:
            raise SoundError(f"{path} is not 16-bit PCM: convert it first")
        data = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return data[:: file.getnchannels()] / 32768.0, file.getframerate()


def _espeak(speech: Speech) -> tuple[Samples, int]:
    run = espeak_program()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "speech.wav"
        arguments = ["-v", speech.voice, "-s", str(speech.rate), "-p", str(speech.pitch)]
        try:
            done = subprocess.run(
                [*run.argv, *arguments, "-b", "1", "--stdin", "-w", str(out)],
                input=speech.text.encode(),
                capture_output=True,
                env=run.env(),
                timeout=60,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SoundError(f"espeak-ng does not run: {error}") from None
        if done.returncode != 0 or not out.exists():
            reason = done.stderr.decode(errors="replace").strip() or f"status {done.returncode}"
            raise SoundError(f"espeak-ng failed: {reason}")
        return read_wav(out)


@cache
def espeak_program(progress: Progress | None = None) -> Program:
    """espeak-ng of this machine, else fetched from its own suite. Raises SoundError."""
    if found := shutil.which("espeak-ng"):
        return Program((found,))
    try:
        tree = fetch_packages(["espeak-ng"], progress=progress)
    except FetchError as error:
        raise SoundError(f"no espeak-ng: {error}") from None
    run = program(tree, "usr/bin/espeak-ng")
    with contextlib.suppress(StopIteration):
        data = next(tree.glob("usr/lib/*/espeak-ng-data"))
        return Program(run.argv, {**run.environ, "ESPEAK_DATA_PATH": str(data)})
    raise SoundError(f"{tree} has no espeak-ng-data: delete that folder and run again")
