"""A recording as a WAV file anybody can play, whatever it was kept as."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import soundfile

from dialer.ports.store import Recording
from recordings.library import Library

_BLOCK = 65_536


def export_wav(library: Library, recording: Recording, target: Path) -> float:
    """Write `recording`, decrypted and decoded, as `target`; its seconds. All of it or nothing.

    The file is its owner's only. Raises NoSuchRecordingError, KeyProblemError, OSError, or
    soundfile.SoundFileError for a file that is damaged.
    """
    _, chunks = library.play(recording)
    # Beside the target: what is decrypted for a moment must not lie on another disk.
    with tempfile.TemporaryDirectory(prefix=".export-", dir=target.parent) as folder:
        plain, part = Path(folder, "plain"), Path(folder, "part.wav")
        with plain.open("wb") as file:
            file.writelines(chunks)
        with (
            soundfile.SoundFile(str(plain)) as source,
            soundfile.SoundFile(
                str(part), "w", source.samplerate, source.channels, "PCM_16", format="WAV"
            ) as out,
        ):
            for block in source.blocks(_BLOCK, dtype="int16"):
                out.write(block)
            seconds = float(source.frames / source.samplerate)
        part.chmod(0o600)
        os.replace(part, target)
    return seconds
