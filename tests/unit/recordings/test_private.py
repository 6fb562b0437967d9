"""Recordings are their owner's, whatever the umask, who wrote them, and when."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialer.memory.store import InMemoryStore
from recordings import private
from recordings.encryption import RecordingKey
from recordings.recorder import FileRecorder
from tests.kit.eventually import eventually

NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def open_handed() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(root: Path) -> dict[str, int]:
    return {
        str(path.relative_to(root)): stat.S_IMODE(path.stat().st_mode)
        for path in [root, *root.rglob("*")]
    }


def put(path: Path, sound: bytes = b"sound") -> Path:
    """As an Asterisk does that has another umask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sound)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "recordings"


def test_what_earlier_versions_left_open_is_closed(root: Path) -> None:
    put(root / "2026-01-05/spring/a.flac")
    put(root / "raw/2026-01-05/spring/b.raw")

    assert private.tighten(root) > 0

    assert {it & 0o077 for it in modes(root).values()} == {0}
    assert modes(root)["2026-01-05/spring/a.flac"] == 0o600
    assert private.tighten(root) == 0


def test_a_run_that_was_interrupted_is_done_again(root: Path) -> None:
    put(root / "2026-01-05/spring/a.flac").chmod(0o600)
    put(root / "2026-01-05/spring/b.flac")
    private.tighten(root)

    assert modes(root)["2026-01-05/spring/b.flac"] == 0o600


def test_whatever_else_lies_there_is_left_alone(root: Path) -> None:
    put(root / "notes/readme.txt")
    put(root / "2026-01-05/spring/a.flac")

    private.tighten(root)

    assert modes(root)["notes/readme.txt"] == 0o666


def test_a_switch_that_is_another_user_keeps_its_way_by_the_group(root: Path) -> None:
    put(root / "raw/2026-01-05/spring/b.raw")
    (root / "raw").chmod(0o2777)
    root.chmod(0o755)

    private.tighten(root, shared=True)

    found = modes(root)
    assert (found["."], found["raw"]) == (0o750, 0o2770)
    assert found["raw/2026-01-05/spring/b.raw"] == 0o600
    assert private.raw_mode(root, shared=True) == 0o2770
    assert private.raw_mode(root, shared=False) == 0o700


def named(root: Path, pattern: str) -> list[str]:
    return [path.name for path in root.rglob(pattern)]


@pytest.mark.parametrize("key", [None, RecordingKey(bytes(32))])
@pytest.mark.parametrize("codec", ["wav", "flac", "opus"])
async def test_a_recording_is_its_owners_from_the_first_byte(root: Path, codec, key) -> None:
    rows = InMemoryStore().recordings
    recorder = FileRecorder(root, rows, codec=codec, key=key, settle_s=0, gather_s=0)
    await recorder.start()
    put(Path(recorder.path_for("01A", "spring", NOW) + ".raw"), bytes(32_000))
    recorder.finished("01A", NOW, NOW + 1.0)
    await eventually(lambda: recorder.waiting == 0)
    await recorder.close()

    assert named(root, "01A*") == [f"01A.{codec}{'.enc' if key else ''}"]
    assert {it & 0o077 for it in modes(root).values()} == {0}
