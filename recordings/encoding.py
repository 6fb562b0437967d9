"""Turn a raw recording into a file people can play: whole, verified, and in one step.

Raw is what MixMonitor writes: 16-bit samples in this machine's byte order, 8,000 a second, two
channels interleaved, left the callee and right the rep. It has no header, so that a switch that
is killed leaves nothing to repair.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import soundfile

from dialer.words import Codec
from recordings.encryption import RecordingKey, encrypt_file

RATE = 8000
CHANNELS = 2
FRAME_BYTES = 2 * CHANNELS
# 2 s at a time: memory stays the same for a call of a minute and one of a day.
_CHUNK_BYTES = 2 * RATE * FRAME_BYTES
_FORMATS: dict[Codec, tuple[str, str]] = {
    "wav": ("WAV", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "opus": ("OGG", "OPUS"),
}
# Kept free for the switch, which goes on writing other calls while this one is encoded.
RESERVE_BYTES = 64 * 1024 * 1024


class EncodingError(Exception):
    """The recording could not be encoded; its raw file is untouched."""


class NoAudioError(EncodingError):
    """There is not one whole frame in the raw file, and there will never be."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A finished file. `bytes` and `sha256` are those of the file as it lies on disk."""

    path: Path
    seconds: float
    bytes: int
    sha256: str
    codec: Codec


def check_codec(codec: Codec) -> None:
    """Raises EncodingError when this machine's libsndfile cannot write `codec`."""
    container, subtype = _FORMATS[codec]
    if subtype not in soundfile.available_subtypes(container):
        version = soundfile.__libsndfile_version__
        raise EncodingError(f"libsndfile {version} cannot write {codec}; use flac or wav")


def encode(
    raw: Path, target: Path, codec: Codec, key: RecordingKey | None = None, pad_s: float = 0.0
) -> Encoded:
    """Write `raw` as `target` (its extension added), verified and on disk; leaves `raw` there.

    `pad_s`: so much silence follows the sound. A last frame that is not whole is left out. Under
    the target's name there is never less than the whole file. Raises NoAudioError, EncodingError,
    or OSError as the disk gives it.
    """
    frames = raw.stat().st_size // FRAME_BYTES
    silence = round(pad_s * RATE)
    if frames + silence == 0:
        raise NoAudioError(f"{raw.name}: no audio in it")
    target.parent.mkdir(parents=True, exist_ok=True)
    _check_space(target.parent, raw.stat().st_size)
    final = target.with_name(f"{target.name}.{codec}{'.enc' if key else ''}")
    # Not the target's name: two runs over one recording must not write into one file.
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        # The library that writes it takes a file that is there as it is.
        part.touch(mode=0o600)
        _write(raw, part, codec, frames, silence)
        _verify(part, frames + silence)
        if key is not None:
            encrypt_file(part, key)
        size, digest = _size_and_digest(part)
        part.replace(final)
        _sync(final.parent)
    finally:
        part.unlink(missing_ok=True)
    return Encoded(final, (frames + silence) / RATE, size, digest, codec)


def _check_space(folder: Path, needed: int) -> None:
    """Refuse before the disk is full: full, it would take the switch's raw files with it."""
    usage = os.statvfs(folder)
    if usage.f_bavail * usage.f_frsize < needed + RESERVE_BYTES:
        raise EncodingError(f"disk full: less than {RESERVE_BYTES >> 20} MiB would be left free")


def _write(raw: Path, part: Path, codec: Codec, frames: int, silence: int) -> None:
    container, subtype = _FORMATS[codec]
    left = frames * FRAME_BYTES
    try:
        with (
            raw.open("rb") as source,
            soundfile.SoundFile(str(part), "w", RATE, CHANNELS, subtype, format=container) as sound,
        ):
            while left and (chunk := source.read(min(left, _CHUNK_BYTES))):
                sound.buffer_write(chunk, "int16")
                left -= len(chunk)
            for at in range(0, silence, 2 * RATE):
                sound.buffer_write(bytes(min(silence - at, 2 * RATE) * FRAME_BYTES), "int16")
    except (soundfile.SoundFileError, AssertionError) as error:
        # soundfile asserts that all was written: a full disk looks like that.
        raise EncodingError(f"{raw.name}: {str(error) or 'not all was written'}") from error
    _sync(part)


def _verify(part: Path, frames: int) -> None:
    """The file, opened anew, is as long as what went in."""
    try:
        with soundfile.SoundFile(str(part)) as sound:
            found = sound.frames
    except soundfile.SoundFileError as error:
        raise EncodingError(f"{part.name}: cannot be read back: {error}") from error
    if found != frames:
        raise EncodingError(f"{part.name}: {found} frames in it, {frames} were written")


def _size_and_digest(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def _sync(path: Path) -> None:
    """Have a file's contents on disk, or a folder's names: a rename is there only after that."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
