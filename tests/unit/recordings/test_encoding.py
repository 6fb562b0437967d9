from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dialer.words import Codec
from recordings import encoding
from recordings.encoding import EncodingError, NoAudioError, check_codec, encode
from recordings.encryption import RecordingKey, decrypted

CODECS: list[Codec] = ["wav", "flac", "opus"]


def energy(samples: np.ndarray) -> float:
    """Mean power in dB of full scale; silence is -120."""
    power = np.mean((samples.astype(float) / 32768) ** 2)
    return float(10 * np.log10(power + 1e-12))


@pytest.mark.parametrize("codec", CODECS)
def test_each_side_is_in_its_own_channel_and_only_there(
    codec: Codec, conversation: bytes, write_raw: Callable[..., Path], tmp_path: Path
) -> None:
    done = encode(write_raw(conversation), tmp_path / "A1", codec)
    sound, rate = soundfile.read(done.path, dtype="int16")
    # 50 ms around the change are a lossy codec's own.
    first, second = sound[: 2 * rate - 400], sound[2 * rate + 400 :]
    assert rate == 8000
    assert energy(first[:, 0]) == pytest.approx(-13.3, abs=1)
    assert energy(second[:, 1]) == pytest.approx(-13.3, abs=1)
    assert energy(first[:, 1]) < -50
    assert energy(second[:, 0]) < -50


@pytest.mark.parametrize("codec", ["wav", "flac"])
def test_lossless_forms_hold_the_very_samples(
    codec: Codec, conversation: bytes, write_raw: Callable[..., Path], tmp_path: Path
) -> None:
    done = encode(write_raw(conversation), tmp_path / "A1", codec)
    sound, _ = soundfile.read(done.path, dtype="int16")
    assert sound.tobytes() == conversation


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("frames", [1, 159, 160, 8000, 33_333])
def test_a_file_is_as_long_as_the_call_to_the_sample(
    codec: Codec, frames: int, write_raw: Callable[..., Path], tmp_path: Path
) -> None:
    done = encode(write_raw(bytes(4 * frames)), tmp_path / "A1", codec)
    assert soundfile.info(str(done.path)).frames == frames
    assert done.seconds == frames / 8000


@pytest.mark.parametrize("extra", [1, 2, 3])
def test_half_a_frame_at_the_end_is_left_out(
    extra: int, conversation: bytes, write_raw: Callable[..., Path], tmp_path: Path
) -> None:
    done = encode(write_raw(conversation + bytes(extra)), tmp_path / "A1", "wav")
    sound, _ = soundfile.read(done.path, dtype="int16")
    assert sound.tobytes() == conversation


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_file_without_a_frame_is_no_recording(
    size: int, write_raw: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(NoAudioError, match=r"A1\.raw"):
        encode(write_raw(bytes(size)), tmp_path / "A1", "flac")


def test_size_and_digest_are_those_of_the_file(
    conversation: bytes, write_raw: Callable[..., Path], tmp_path: Path
) -> None:
    done = encode(write_raw(conversation), tmp_path / "A1", "flac")
    contents = done.path.read_bytes()
    assert done.bytes == len(contents)
    assert done.sha256 == hashlib.sha256(contents).hexdigest()


def test_the_raw_file_stays_and_nothing_else_is_left(
    conversation: bytes, write_raw: Callable[..., Path], tmp_path: Path
) -> None:
    raw = write_raw(conversation)
    encode(raw, tmp_path / "out" / "A1", "flac")
    assert raw.read_bytes() == conversation
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["A1.flac"]


def test_encoding_again_replaces_the_file_in_one_step(
    conversation: bytes, write_raw: Callable[..., Path], tmp_path: Path
) -> None:
    raw = write_raw(conversation)
    first = encode(raw, tmp_path / "A1", "flac")
    with first.path.open("rb") as reader:
        assert encode(raw, tmp_path / "A1", "flac") == first
        assert hashlib.file_digest(reader, "sha256").hexdigest() == first.sha256


def test_a_file_that_reads_back_shorter_never_gets_its_name(
    conversation: bytes,
    write_raw: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lossy(raw: Path, part: Path, codec: Codec, frames: int, silence: int) -> None:
        soundfile.write(part, np.zeros((frames - 1, 2), np.int16), 8000, format="WAV")

    monkeypatch.setattr(encoding, "_write", lossy)
    with pytest.raises(EncodingError, match="31999 frames in it, 32000 were written"):
        encode(write_raw(conversation), tmp_path / "out" / "A1", "wav")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_disk_that_is_nearly_full_is_left_to_the_switch(
    conversation: bytes,
    write_raw: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoding, "RESERVE_BYTES", 1 << 62)
    with pytest.raises(EncodingError, match="disk full"):
        encode(write_raw(conversation), tmp_path / "A1", "wav")


@pytest.mark.parametrize("codec", CODECS)
def test_a_write_that_fails_half_way_leaves_raw_alone_and_no_file(
    codec: Codec, write_raw: Callable[..., Path], tmp_path: Path
) -> None:
    """A real refusal of the kernel: no file of this process may grow beyond 20,000 bytes."""
    noise = np.random.default_rng(1).integers(-9000, 9000, (80_000, 2), np.int16).tobytes()
    raw = write_raw(noise)
    script = (
        "import resource, signal, sys, pathlib\n"
        "from recordings.encoding import *\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try: encode(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3])\n"
        "except (EncodingError, OSError): print('refused')\n"
    )
    target = tmp_path / "out" / "A1"
    done = subprocess.run(
        [sys.executable, "-c", script, raw, target, codec],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stdout.strip() == "refused", done.stderr
    assert list((tmp_path / "out").iterdir()) == []
    assert raw.read_bytes() == noise


def test_with_a_key_only_ciphertext_is_kept(
    conversation: bytes, write_raw: Callable[..., Path], tmp_path: Path
) -> None:
    key = RecordingKey(bytes(range(32)))
    done = encode(write_raw(conversation), tmp_path / "out" / "A1", "wav", key)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["A1.wav.enc"]
    assert conversation[:64] not in done.path.read_bytes()
    plain = tmp_path / "plain.wav"
    plain.write_bytes(b"".join(decrypted(done.path, key)))
    assert soundfile.read(plain, dtype="int16")[0].tobytes() == conversation
    assert done.sha256 == hashlib.sha256(done.path.read_bytes()).hexdigest()


@pytest.mark.parametrize("codec", CODECS)
def test_this_machines_library_can_write_every_form(codec: Codec) -> None:
    check_codec(codec)


def test_a_library_without_the_codec_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundfile, "available_subtypes", lambda container: {"VORBIS": ""})
    with pytest.raises(EncodingError, match="cannot write opus; use flac or wav"):
        check_codec("opus")
