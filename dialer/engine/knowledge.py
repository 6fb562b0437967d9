"""What pacing has learned, kept over restarts: one file a pool."""

from __future__ import annotations

from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


class Knowledge:
    """Files under `folder`; None: nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @property
    def is_kept(self) -> bool:
        return self._folder is not None

    def read(self, pool: str) -> bytes | None:
        path = self._path(pool)
        return path.read_bytes() if path is not None and path.exists() else None

    def set_aside(self, pool: str, why: str) -> None:
        """It cannot be read: keep it for whoever wants to know, and learn anew."""
        path = self._path(pool)
        if path is not None and path.exists():
            bad = path.with_suffix(".unreadable")
            path.replace(bad)
            log.error(
                "what pacing had learned cannot be read; it learns anew", file=str(bad), why=why
            )

    def keep(self, pool: str, saved: bytes) -> None:
        """Whole or not at all. A disk that takes no more is worth a line, not a call."""
        path = self._path(pool)
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_suffix(".new")
            new.write_bytes(saved)
            new.replace(path)
        except OSError as error:
            log.error("what pacing learned cannot be kept", file=str(path), why=str(error))

    def _path(self, pool: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{pool}.json"
