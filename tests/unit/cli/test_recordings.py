"""`dialer recordings`: found, taken out as WAV, deleted when they are old; encrypted or not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dialer.features.recordings.keys import recording_key
from dialer.kit.start_errors import StartError
from dialer.ports.clock import SystemClock
from dialer.settings import Settings, load
from dialer.store import open_store
from recordings.recorder import FileRecorder

SOUND = (np.random.default_rng(5).normal(0, 3000, (8000, 2))).astype("<i2")


def settings_of(config: Path) -> Settings:
    found = load(config, {})
    assert isinstance(found, Settings), found
    return found


def recorded(config: Path, attempt: str, placed_at: float) -> None:
    """A call of a second, recorded and kept as the settings say."""
    asyncio.run(_recorded(settings_of(config), attempt, placed_at))


async def _recorded(settings: Settings, attempt: str, placed_at: float) -> None:
    store = await open_store(settings.store_url)
    recorder = FileRecorder(
        settings.recording_dir, store.recordings, key=recording_key(settings), settle_s=0.0
    )
    await recorder.start()
    raw = Path(recorder.path_for(attempt, "spring", placed_at) + ".raw")
    raw.write_bytes(SOUND.tobytes())  # noqa: ASYNC240
    recorder.finished(attempt, placed_at, placed_at + 1.0)
    async with asyncio.timeout(10):
        while recorder.waiting:  # noqa: ASYNC110  (a thread does the work)
            await asyncio.sleep(0.01)
    await recorder.close()
    await store.close()


@pytest.fixture
def encrypted(config: Path, dialer: Callable) -> Path:
    config.write_text(config.read_text() + '[recording]\nkey_file = "rec.key"\n')
    done = dialer("recordings", "make-key", str(config.parent / "rec.key"))
    assert done.status == 0, done.err
    return config


def test_recordings_are_found_by_campaign_and_day(config: Path, dialer: Callable) -> None:
    recorded(config, "A1", 1_767_600_000.0)
    recorded(config, "A2", 1_767_800_000.0)

    every = dialer("recordings", "find", "--campaign", "spring", "--json").json["recordings"]
    later = dialer("recordings", "find", "--since", "2026-01-06", "--json").json["recordings"]

    assert [(r["recording"], r["day"]) for r in every] == [
        ("A1", "2026-01-05"),
        ("A2", "2026-01-07"),
    ]
    assert [r["recording"] for r in later] == ["A2"]
    assert "A1" in dialer("recordings", "find", "--attempt", "A1").out
    assert dialer("recordings", "find", "--since", "tomorrow").status == 2


def test_a_recording_is_taken_out_as_wav(config: Path, dialer: Callable, tmp_path: Path) -> None:
    recorded(config, "A1", 1_767_600_000.0)

    done = dialer("recordings", "export", "A1", "--out", str(tmp_path / "x.wav"), "--json")

    assert done.json == {"recording": "A1", "file": str(tmp_path / "x.wav"), "seconds": 1.0}
    sound, rate = soundfile.read(tmp_path / "x.wav", dtype="int16")
    assert rate == 8000
    assert np.array_equal(sound, SOUND)
    assert (tmp_path / "x.wav").stat().st_mode & 0o777 == 0o600


def test_an_encrypted_recording_needs_its_key(
    encrypted: Path, dialer: Callable, tmp_path: Path
) -> None:
    recorded(encrypted, "A1", 1_767_600_000.0)
    (kept,) = dialer("recordings", "find", "--json").json["recordings"]
    assert kept["file"].endswith(".flac.enc")
    assert b"fLaC" not in Path(kept["file"]).read_bytes()

    done = dialer("recordings", "export", "A1", "--out", str(tmp_path / "x.wav"))
    assert done.status == 0, done.err
    assert np.array_equal(soundfile.read(tmp_path / "x.wav", dtype="int16")[0], SOUND)

    (tmp_path / "rec.key").unlink()
    dialer("recordings", "make-key", str(tmp_path / "rec.key"))
    refused = dialer("recordings", "export", "A1", "--out", str(tmp_path / "y.wav"))
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert "needs key" in refused.err
    assert not (tmp_path / "y.wav").exists()
    assert not list(tmp_path.glob(".export-*"))


def test_a_key_that_cannot_be_used_ends_the_start_in_one_line(config: Path) -> None:
    config.write_text(config.read_text() + '[recording]\nkey_file = "none.key"\n')
    with pytest.raises(StartError, match=r"recording\.key_file: .*none\.key"):
        recording_key(settings_of(config))


def test_a_key_is_never_overwritten(encrypted: Path, dialer: Callable, tmp_path: Path) -> None:
    before = (tmp_path / "rec.key").read_text()
    done = dialer("recordings", "make-key", str(tmp_path / "rec.key"))
    assert done.status == 1
    assert "exists already" in done.err
    assert (tmp_path / "rec.key").read_text() == before


def test_what_is_old_is_deleted_and_a_dry_run_deletes_nothing(
    config: Path, dialer: Callable
) -> None:
    recorded(config, "OLD", SystemClock().now() - 40 * 86_400)
    recorded(config, "NEW", time.time())
    root = settings_of(config).recording_dir

    dry = dialer("recordings", "expire", "--keep-days", "30", "--dry-run", "--json")
    assert [r["recording"] for r in dry.json["recordings"]] == ["OLD"]
    assert dry.json["deleted"] is False
    assert len(list(root.glob("*/spring/*"))) == 2

    done = dialer("recordings", "expire", "--keep-days", "30")
    assert done.out.startswith("1 recordings deleted")
    assert [path.stem for path in root.glob("*/spring/*")] == ["NEW"]
    gone = dialer("recordings", "export", "OLD")
    assert (gone.status, "is deleted" in gone.err) == (1, True)


def test_how_long_to_keep_must_be_said(config: Path, dialer: Callable) -> None:
    done = dialer("recordings", "expire")
    assert done.status == 1
    assert "set recording.keep_days" in done.err
    assert dialer("recordings", "export", "nothing").status == 1
