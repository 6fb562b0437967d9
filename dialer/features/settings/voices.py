"""What abandoned callees hear: a site's own sound, or one made in the campaign's language."""

from __future__ import annotations

import os
import wave
from pathlib import Path

from dialer.asterisk.sounds import RATE_HZ, SoundError, message_file
from dialer.settings import Settings
from dialer.settings.node import run_dir

LANGUAGES = ("en", "zh")
#: What the modules of a node can play (`asterisk-conf/modules.conf`), by the file's extension.
PLAYABLE = ("wav", "ulaw", "alaw", "g722", "sln", "sln16", "gsm")


def message_files(settings: Settings) -> tuple[tuple[str, Path], ...]:
    """By language, for Asterisk's last resort: without a company's name. Raises SoundError."""
    folder = _folder(settings)
    return tuple((language, message_file(language, folder=folder)) for language in LANGUAGES)


def message_of(settings: Settings, campaign: str) -> str:
    """What a campaign's abandoned callees hear, as Asterisk wants it.

    Raises SoundError where none can be made, ValueError for a site's own that cannot be played.
    """
    described = settings.campaign[campaign]
    if described.message:
        return _own(settings, campaign, described.message)
    numbers = (described.company_number, *settings.caller_ids_of(campaign), "")
    number = next(number for number in numbers if number is not None)
    folder = _folder(settings)
    return str(message_file(described.language, described.company, number, folder=folder))


def _own(settings: Settings, campaign: str, sound: str) -> str:
    """The site's own sound without its extension, if Asterisk will find and play it.

    What lies on another machine, where Asterisk is not ours, cannot be looked at and is believed.
    """
    path = Path(sound)
    if not path.is_absolute():
        return _named(settings, campaign, sound)
    stem = path.with_suffix("") if path.suffix.lstrip(".") in PLAYABLE else path
    if settings.asterisk.run == "external" and not stem.parent.is_dir():
        return str(stem)
    files = [file for file in _forms(stem) if file.is_file()]
    if not files:
        raise ValueError(
            f"campaign {campaign}: message {sound!r}: no such sound; "
            f"it must be a file that ends in .{', .'.join(PLAYABLE)}"
        )
    for file in files:
        _check(campaign, file)
    return str(stem)


def _named(settings: Settings, campaign: str, name: str) -> str:
    """A name Asterisk looks for in its own sounds; ours are here to look at."""
    sounds = run_dir(settings) / "data/sounds"
    folders = (sounds / settings.campaign[campaign].language, sounds / "en", sounds)
    is_known = not sounds.is_dir() or any(
        form.is_file() for folder in folders for form in _forms(folder / name)
    )
    if settings.asterisk.run == "managed" and not is_known:
        raise ValueError(
            f"campaign {campaign}: message {name!r}: Asterisk has no such sound; "
            "give an absolute path for a file of your own"
        )
    return name


def _forms(stem: Path) -> list[Path]:
    return [stem.with_name(f"{stem.name}.{extension}") for extension in PLAYABLE]


def _check(campaign: str, file: Path) -> None:
    """A managed Asterisk runs as we do: what we cannot read it cannot either."""
    where = f"campaign {campaign}: message {file}"
    if not os.access(file, os.R_OK):
        raise ValueError(f"{where}: Asterisk may not read it: chmod a+r")
    if file.suffix != ".wav":
        return
    try:
        with wave.open(str(file), "rb") as sound:
            form = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{where}: no sound in the form of WAV PCM: {error}") from None
    if form != (1, 2, RATE_HZ):
        raise ValueError(
            f"{where}: must be mono, 16 bit, 8000 Hz: "
            "sox IN.wav -c 1 -b 16 -r 8000 OUT.wav converts it"
        )


def message_or_default(settings: Settings, campaign: str) -> tuple[str, str]:
    """(sound, "") or, where none can be made, ("", why): then the dialplan's own is played."""
    try:
        return message_of(settings, campaign), ""
    except SoundError as error:
        return "", str(error)


def _folder(settings: Settings) -> Path:
    return settings.state_dir / "sounds"
