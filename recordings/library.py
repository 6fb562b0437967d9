"""The recordings there are: find them, play them, and delete the old ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path, PurePosixPath

from dialer.ports.store import Recording
from dialer.words import RecordingState
from recordings.encryption import (
    KeyProblemError,
    RecordingKey,
    decrypted,
    decrypted_part,
    plain_size,
)
from recordings.naming import day_folders, safe_name
from recordings.recorder import Records

MEDIA_TYPES = {"wav": "audio/wav", "flac": "audio/flac", "opus": "audio/ogg"}
_SEALED = ".enc"
_CHUNK = 64 * 1024


class NoSuchRecordingError(Exception):
    """There is no such file (any more): the message says which."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A finished recording on disk. `attempt` and `campaign` are as file names have them."""

    path: Path
    day: date
    campaign: str
    attempt: str
    bytes: int


@dataclass(frozen=True)
class Sound:
    """A recording that can be played from anywhere. `part` gives bytes [start, stop)."""

    media_type: str
    size: int
    part: Callable[[int, int], Iterator[bytes]]


class Library:
    """Finished recordings below `root`."""

    def __init__(self, root: Path, *, key: RecordingKey | None = None) -> None:
        self.root = root.absolute()
        self._key = key

    def find(
        self,
        *,
        attempt: str | None = None,
        campaign: str | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> Iterator[KeptFile]:
        """Finished files, oldest day first; `since` and `until` are UTC days, both included."""
        for day, folder in day_folders(self.root):
            if (since and day < since) or (until and day > until):
                continue
            for path in sorted(folder.glob("*/*")):
                kept = _kept(path, day)
                if kept and _is(kept.attempt, attempt) and _is(kept.campaign, campaign):
                    yield kept

    def path(self, recording: Recording) -> Path:
        """Where the file lies; raises NoSuchRecordingError."""
        path = self.root / PurePosixPath(recording.path)
        inside = path.resolve().is_relative_to(self.root.resolve())
        if recording.state is not RecordingState.READY or not inside or not path.is_file():
            raise NoSuchRecordingError(
                f"recording {recording.id} is {recording.state.value}: no file to play"
            )
        return path

    def play(self, recording: Recording) -> tuple[str, Iterator[bytes]]:
        """The media type and the sound, decrypted. Raises NoSuchRecordingError, KeyProblemError."""
        path = self.path(recording)
        media_type = MEDIA_TYPES.get(recording.codec or "", "application/octet-stream")
        if path.suffix != _SEALED:
            return media_type, _chunks(path)
        if self._key is None:
            raise KeyProblemError(f"recording {recording.id} is encrypted, and no key is set")
        return media_type, decrypted(path, self._key)

    def sound(self, recording: Recording) -> Sound:
        """As `play`, for whoever wants parts of it. Raises NoSuchRecordingError, KeyProblemError,
        OSError.
        """
        path = self.path(recording)
        media_type = MEDIA_TYPES.get(recording.codec or "", "application/octet-stream")
        if path.suffix != _SEALED:
            return Sound(media_type, path.stat().st_size, partial(_part, path))
        if self._key is None:
            raise KeyProblemError(f"recording {recording.id} is encrypted, and no key is set")
        return Sound(media_type, plain_size(path), partial(decrypted_part, path, self._key))

    def expired(self, today: date, keep_days: int) -> list[KeptFile]:
        """What is older than `keep_days` whole days. Listing it is the dry run of `delete`."""
        return list(self.find(until=today - timedelta(days=keep_days + 1)))

    async def delete(
        self,
        files: Iterable[KeptFile],
        records: Records,
        *,
        on_deleted: Callable[[KeptFile], None] = lambda kept: None,
    ) -> int:
        """Delete files and note it in the store; returns how many. May be interrupted anywhere."""
        count = 0
        for kept in files:
            # The row first: a row without its file would promise what nobody can play.
            row = await records.get(kept.attempt)
            if row is not None:
                await records.update(_as_deleted(row))
            kept.path.unlink(missing_ok=True)
            _remove_if_empty(kept.path.parent, self.root)
            on_deleted(kept)
            count += 1
        return count


def _as_deleted(row: Recording) -> Recording:
    """What it was stays on record; where it was does not."""
    return Recording(
        id=row.id,
        attempt_id=row.attempt_id,
        path="",
        state=RecordingState.DELETED,
        created_at=row.created_at,
        seconds=row.seconds,
        bytes=row.bytes,
        sha256=row.sha256,
        codec=row.codec,
    )


def _kept(path: Path, day: date) -> KeptFile | None:
    """The parts of a finished recording's path; None for anything else that lies there."""
    name = path.name.removesuffix(_SEALED)
    attempt, _, extension = name.rpartition(".")
    if extension not in MEDIA_TYPES or name.startswith(".") or not path.is_file():
        return None
    return KeptFile(path, day, path.parent.name, attempt, path.stat().st_size)


def _is(name: str, wanted: str | None) -> bool:
    return wanted is None or name == safe_name(wanted)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _part(path: Path, start: int, stop: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < stop and (chunk := file.read(min(_CHUNK, stop - start))):
            start += len(chunk)
            yield chunk


def _remove_if_empty(folder: Path, root: Path) -> None:
    """Empty folders go, up to the root."""
    while folder != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
