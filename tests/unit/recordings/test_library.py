from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from dialer.memory.store import InMemoryStore
from dialer.ports.store import Recording
from dialer.words import RecordingState
from recordings.encryption import KeyProblemError, RecordingKey, encrypt_file
from recordings.library import Library, NoSuchRecordingError

KEY = RecordingKey(bytes(range(32)))


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str], Path]:
    def put(path: str, contents: bytes = b"sound") -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(contents)
        return file

    return put


@pytest.fixture
def three(put: Callable[[str], Path]) -> list[Path]:
    return [
        put("2026-01-03/spring/A1.flac"),
        put("2026-01-04/spring/A2.opus.enc"),
        put("2026-01-05/autumn/A3.wav"),
    ]


def row(path: str, state: RecordingState = RecordingState.READY) -> Recording:
    attempt = Path(path).name.split(".")[0]
    return Recording(
        id=attempt, attempt_id=attempt, path=path, state=state, created_at=0.0, codec="flac"
    )


def found(library: Library, **what: object) -> list[str]:
    return [kept.attempt for kept in library.find(**what)]  # type: ignore[arg-type]


def folders(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir())


def test_recordings_are_found_by_attempt_campaign_and_day(
    tmp_path: Path, three: list[Path]
) -> None:
    library = Library(tmp_path)
    assert found(library) == ["A1", "A2", "A3"]
    assert found(library, attempt="A2") == ["A2"]
    assert found(library, campaign="spring") == ["A1", "A2"]
    assert found(library, since=date(2026, 1, 4)) == ["A2", "A3"]
    assert found(library, until=date(2026, 1, 4)) == ["A1", "A2"]
    assert found(library, campaign="spring", since=date(2026, 1, 4)) == ["A2"]
    assert found(library, campaign="never") == []


def test_unfinished_and_foreign_files_are_not_recordings(
    tmp_path: Path, put: Callable[[str], Path]
) -> None:
    put("raw/2026-01-05/spring/A1.raw")
    put("2026-01-05/spring/.A1.77.part")
    put("2026-01-05/spring/notes.txt")
    put("2026-01-05/spring/.hidden.wav")
    put("elsewhere/spring/A1.wav")
    assert found(Library(tmp_path)) == []


def test_a_recording_plays(tmp_path: Path, three: list[Path]) -> None:
    media_type, sound = Library(tmp_path).play(row("2026-01-03/spring/A1.flac"))
    assert (media_type, b"".join(sound)) == ("audio/flac", b"sound")


def test_an_encrypted_recording_plays_with_its_key_only(tmp_path: Path, three: list[Path]) -> None:
    encrypt_file(three[1], KEY)
    recording = row("2026-01-04/spring/A2.opus.enc")
    _, sound = Library(tmp_path, key=KEY).play(recording)
    assert b"".join(sound) == b"sound"
    with pytest.raises(KeyProblemError, match="no key is set"):
        Library(tmp_path).play(recording)


@pytest.mark.parametrize(
    "recording",
    [
        row("2026-01-03/spring/A1.flac", RecordingState.DELETED),
        row("2026-01-03/spring/A1.flac", RecordingState.RAW),
        row("2026-01-03/spring/gone.flac"),
        row("../../../etc/passwd"),
        row("/etc/passwd"),
        row(""),
    ],
)
def test_what_is_not_there_or_not_ours_is_refused(
    recording: Recording, tmp_path: Path, three: list[Path]
) -> None:
    with pytest.raises(NoSuchRecordingError, match="no file to play"):
        Library(tmp_path).play(recording)


def test_only_what_is_older_than_the_days_to_keep_has_expired(
    tmp_path: Path, three: list[Path]
) -> None:
    expired = Library(tmp_path).expired(date(2026, 1, 6), keep_days=2)
    assert [kept.path for kept in expired] == three[:1]
    assert all(path.exists() for path in three)


async def test_deleting_takes_the_file_notes_it_and_tells(
    tmp_path: Path, three: list[Path]
) -> None:
    rows = InMemoryStore().recordings
    before = replace(row("2026-01-03/spring/A1.flac"), seconds=4.0, sha256="ab")
    await rows.add(before)
    library, told = Library(tmp_path), []
    expired = library.expired(date(2026, 1, 6), keep_days=1)
    assert await library.delete(expired, rows, on_deleted=told.append) == 2
    assert [kept.attempt for kept in told] == ["A1", "A2"]
    after = await rows.get("A1")
    assert after == replace(before, path="", state=RecordingState.DELETED)
    assert [path.exists() for path in three] == [False, False, True]
    assert folders(tmp_path) == ["2026-01-05"]


async def test_deleting_again_after_an_interruption_is_harmless(
    tmp_path: Path, three: list[Path]
) -> None:
    rows = InMemoryStore().recordings
    library = Library(tmp_path)
    expired = library.expired(date(2026, 1, 6), keep_days=1)
    three[0].unlink()
    assert await library.delete(expired, rows) == 2
    assert found(library) == ["A3"]
