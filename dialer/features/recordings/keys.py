"""The site's own key for recordings."""

from __future__ import annotations

from dialer.kit.start_errors import StartError
from dialer.settings import Settings
from recordings.encryption import KeyProblemError, RecordingKey, read_key


def recording_key(settings: Settings) -> RecordingKey | None:
    """The site's key, None where recordings are not encrypted. Raises StartError."""
    path = settings.recording.key_file
    if path is None:
        return None
    try:
        return read_key(path)
    except KeyProblemError as error:
        raise StartError(f"recording.key_file: {error}") from None
