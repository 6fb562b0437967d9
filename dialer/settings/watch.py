"""Notice that settings files changed, by looking at them: works on every file system."""

from __future__ import annotations

from pathlib import Path

from dialer.settings.model import Settings
from dialer.settings.read import campaign_files

#: Path, time of the last change (ns), size, inode: an editor that replaces a file changes one.
Fingerprint = tuple[tuple[str, int, int, int], ...]


def fingerprint(settings: Settings) -> Fingerprint:
    """How the files of these settings look now."""
    files = [settings.source] if settings.source is not None else []
    seen = [_look(path) for path in (*files, *campaign_files(settings.campaign_dir))]
    return tuple(found for found in seen if found is not None)


def _look(path: Path) -> tuple[str, int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None  # removed, or between two names while an editor saves
    return str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino


class Watch:
    """Tells once of every change, when it has settled: files rarely change in one write."""

    def __init__(self, settings: Settings) -> None:
        self._told = self._last = fingerprint(settings)

    def changed(self, settings: Settings) -> bool:
        """Asked again and again: True when files changed and then stayed as they are."""
        now = fingerprint(settings)
        settled, self._last = now == self._last, now
        if not settled or now == self._told:
            return False
        self._told = now
        return True
