"""What abandoned callees hear: a site's own sound, or one made in the campaign's language."""

from __future__ import annotations

from pathlib import Path

from dialer.asterisk.sounds import SoundError, message_file
from dialer.settings import Settings

LANGUAGES = ("en", "zh")


def message_files(settings: Settings) -> tuple[tuple[str, Path], ...]:
    """By language, for Asterisk's last resort: without a company's name. Raises SoundError."""
    folder = _folder(settings)
    return tuple((language, message_file(language, folder=folder)) for language in LANGUAGES)


def message_of(settings: Settings, campaign: str) -> str:
    """What a campaign's abandoned callees hear, as Asterisk wants it. Raises SoundError."""
    described = settings.campaign[campaign]
    if described.message:
        return described.message
    numbers = settings.caller_ids_of(campaign)
    made = message_file(
        described.language, described.company, numbers[0] if numbers else "",
        folder=_folder(settings),
    )  # fmt: skip
    return str(made)


def message_or_default(settings: Settings, campaign: str) -> tuple[str, str]:
    """(sound, "") or, where none can be made, ("", why): then the dialplan's own is played."""
    try:
        return message_of(settings, campaign), ""
    except SoundError as error:
        return "", str(error)


def _folder(settings: Settings) -> Path:
    return settings.state_dir / "sounds"
