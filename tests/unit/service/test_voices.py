"""What abandoned callees hear: made in the campaign's words, or the site's own if it plays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dialer.asterisk.sounds import tone, write_wav
from dialer.features.settings import voices
from dialer.features.settings.reloading import prepared
from dialer.settings import Problems, Settings, load

TRUNK = '[[trunk]]\nname = "t"\nhost = "127.0.0.1"\ncaller_ids = ["+12125550199"]\n'


def read(folder: Path, campaign: str, asterisk: str = "") -> Settings | Problems:
    text = f'[service]\nstate_dir = "state"\n[asterisk]\n{asterisk}\n{TRUNK}[campaign.spring]\n'
    (folder / "dialer.toml").write_text(text + campaign, encoding="utf-8")
    return load(folder / "dialer.toml", {})


def message(folder: Path, campaign: str, asterisk: str = "") -> str:
    settings = read(folder, campaign, asterisk)
    assert isinstance(settings, Settings), settings
    return voices.message_of(settings, "spring")


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """What is to be said: (language, seller, number); nothing is spoken."""
    said: list[tuple[str, str, str]] = []

    def make(language: str, seller: str, number: str, *, folder: Path) -> Path:
        said.append((language, seller, number))
        return folder / "made"

    monkeypatch.setattr(voices, "message_file", make)
    return said


@pytest.mark.parametrize(
    ("campaign", "expected"),
    [
        ("", ("en", "", "+12125550199")),
        ('language = "zh"\ncompany = "远山"\n', ("zh", "远山", "+12125550199")),
        ('caller_ids = ["+442079460000"]\n', ("en", "", "+442079460000")),
        (
            'company = "Acme"\ncompany_number = "+442079460999"\n',
            ("en", "Acme", "+442079460999"),
        ),
    ],
)
def test_the_made_message_says_who_called_and_whom_to_ring(
    tmp_path: Path,
    spoken: list[tuple[str, str, str]],
    campaign: str,
    expected: tuple[str, str, str],
) -> None:
    assert message(tmp_path, campaign) == str(tmp_path / "state/sounds/made")
    assert spoken == [expected]


def test_the_campaigns_message_is_in_the_engines_plan(tmp_path: Path) -> None:
    write_wav(tmp_path / "sorry.wav", tone([440], 1.0))
    settings = read(tmp_path, f'message = "{tmp_path}/sorry"\nlanguage = "zh"\n')
    assert isinstance(settings, Settings)

    plan, _ = prepared(settings)

    assert plan.campaigns[0].message == f"{tmp_path}/sorry"
    assert plan.campaigns[0].language == "zh"


@pytest.mark.parametrize("written", ["sorry", "sorry.wav"])
def test_an_own_sound_may_be_named_with_its_extension_or_without(
    tmp_path: Path, written: str
) -> None:
    write_wav(tmp_path / "sorry.wav", tone([440], 1.0))
    assert message(tmp_path, f'message = "{tmp_path}/{written}"\n') == f"{tmp_path}/sorry"


def test_an_own_sound_in_a_form_without_a_head_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "sorry.ulaw").write_bytes(bytes(8000))
    assert message(tmp_path, f'message = "{tmp_path}/sorry"\n') == f"{tmp_path}/sorry"


def test_a_sound_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"campaign spring: message '.*/none': no such sound"):
        message(tmp_path, f'message = "{tmp_path}/none"\n')
    (tmp_path / "none.wav").mkdir()
    with pytest.raises(ValueError, match="no such sound"):
        message(tmp_path, f'message = "{tmp_path}/none"\n')


def test_a_sound_nobody_may_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wav(tmp_path / "sorry.wav", tone([440], 1.0))
    monkeypatch.setattr(voices.os, "access", lambda _path, _mode: False)  # root may read anything
    with pytest.raises(ValueError, match=r"may not read it: chmod a\+r"):
        message(tmp_path, f'message = "{tmp_path}/sorry"\n')


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no sound in the form of WAV"),
        (b"ID3\x03" + bytes(100), "no sound in the form of WAV"),
        (None, "must be mono, 16 bit, 8000 Hz"),
    ],
)
def test_a_sound_asterisk_could_not_play_is_refused(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    if content is None:
        _write_cd_quality(tmp_path / "sorry.wav")
    else:
        (tmp_path / "sorry.wav").write_bytes(content)
    with pytest.raises(ValueError, match=says):
        message(tmp_path, f'message = "{tmp_path}/sorry"\n')


def _write_cd_quality(path: Path) -> None:
    import soundfile

    soundfile.write(path, np.zeros((4410, 2)), 44_100)


def test_a_name_must_be_among_asterisks_own_sounds(tmp_path: Path) -> None:
    sounds = tmp_path / "state/asterisk/data/sounds/en"
    sounds.mkdir(parents=True)
    (sounds / "vm-nobodyavail.gsm").write_bytes(b"x")

    assert message(tmp_path, 'message = "vm-nobodyavail"\n') == "vm-nobodyavail"
    with pytest.raises(ValueError, match="Asterisk has no such sound"):
        message(tmp_path, 'message = "vm-nobodyavial"\n')
    outside = 'run = "external"\nami_secret = "x"\n'
    assert message(tmp_path, 'message = "theirs"\n', outside) == "theirs"


def test_what_lies_on_another_machine_is_believed(tmp_path: Path) -> None:
    outside = 'run = "external"\nami_secret = "x"\n'
    assert message(tmp_path, 'message = "/not/here/sorry.wav"\n', outside) == "/not/here/sorry"


@pytest.mark.parametrize("bad", ["a,b", "a|b", 'a\\"b', "a\\\\b", "a\\nb"])
def test_a_name_that_could_not_be_sent_to_asterisk_is_refused(tmp_path: Path, bad: str) -> None:
    found = read(tmp_path, f'message = "{bad}"\n')
    assert isinstance(found, Problems)
    assert "campaign.spring.message: must be a path or name" in str(found.all[0])
