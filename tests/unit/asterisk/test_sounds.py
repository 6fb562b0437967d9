"""Sound files: what is said, and what the conversion to 8 kHz does."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from dialer.asterisk import sounds
from dialer.asterisk.sounds import (
    SoundError,
    Speech,
    message_file,
    message_text,
    read_wav,
    resample,
    tone,
    write_wav,
)


def strongest_hz(sound: sounds.Samples, rate_hz: int) -> float:
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size)))
    return float(np.fft.rfftfreq(sound.size, 1 / rate_hz)[power.argmax()])


@pytest.mark.parametrize("rate_hz", [16000, 22050, 44100])
@pytest.mark.parametrize("hz", [300, 1000, 3000])
def test_a_tone_keeps_its_pitch_and_loudness(rate_hz: int, hz: int) -> None:
    at = np.arange(rate_hz) / rate_hz
    made = resample(np.sin(2 * np.pi * hz * at), rate_hz, 8000)

    assert made.size == 8000
    assert strongest_hz(made, 8000) == pytest.approx(hz, abs=2)
    assert np.sqrt(np.mean(made[500:-500] ** 2)) == pytest.approx(0.707, rel=0.06)


def test_what_eight_kilohertz_cannot_carry_is_not_heard_as_something_else() -> None:
    at = np.arange(22050) / 22050
    made = resample(np.sin(2 * np.pi * 6000 * at), 22050, 8000)
    assert np.sqrt(np.mean(made[500:-500] ** 2)) < 0.02


def test_a_wav_file_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    made = tone([440], 0.1)
    write_wav(tmp_path / "tone.wav", made)

    read, rate_hz = read_wav(tmp_path / "tone.wav")

    assert rate_hz == 8000
    assert np.abs(read - made).max() < 1e-4
    assert [path.name for path in tmp_path.iterdir()] == ["tone.wav"]


def test_a_file_that_is_not_16_bit_is_refused(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(b"\0" * 10)
    with pytest.raises(SoundError, match="not 16-bit"):
        read_wav(tmp_path / "x.wav")


def test_the_message_names_seller_and_number_only_where_given() -> None:
    assert "sorry" in message_text("en")
    assert "call from" not in message_text("en")
    assert "This was a call from Acme." in message_text("en", "Acme")
    assert "1 2 0 2" in message_text("en", number="+1202")
    assert "Acme" in message_text("zh", "Acme")


def test_a_language_without_a_message_is_said() -> None:
    with pytest.raises(SoundError, match="no message in 'fr'"):
        message_text("fr")


def test_a_message_is_made_once_and_then_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Speech] = []

    def speak(speech: Speech) -> sounds.Samples:
        said.append(speech)
        return tone([440], 0.1)

    monkeypatch.setattr(sounds, "speak", speak)
    first = message_file("en", "Acme", folder=tmp_path)
    again = message_file("en", "Acme", folder=tmp_path)
    other = message_file("en", "Other", folder=tmp_path)

    assert first == again != other
    assert len(said) == 2
    assert first.suffix == ""
    assert first.with_name(first.name + ".wav").exists()
