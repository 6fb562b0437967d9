from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import soundfile

from dialer.memory.recorder import InMemoryRecorder
from dialer.memory.store import InMemoryStore
from dialer.ports.recorder import Recorder
from dialer.ports.store import Recording, StoreError
from dialer.words import RecordingState
from recordings import recorder as room
from recordings.encoding import Encoded, EncodingError, encode
from recordings.naming import find_raw
from recordings.recorder import FileRecorder

PLACED_AT = 1_767_600_000.0
ANSWERED_AT, ENDED_AT = PLACED_AT + 5.25, PLACED_AT + 9.25
QUICK = {"settle_s": 0.0, "leftover_settle_s": 0.0, "missing_after_s": 0.05, "gather_s": 0.0}


@dataclass
class Room:
    """A recorder at work, what it told, and what it should come to."""

    recorder: FileRecorder
    rows: Any
    failures: list[str] = field(default_factory=list)

    async def kept(self, attempt: str = "A1") -> Recording:
        """The row of a recording once nothing is left to do for it."""
        await self.idle()
        row = await self.rows.get(attempt)
        assert row is not None
        return row

    async def idle(self) -> None:
        async with asyncio.timeout(10):
            while self.recorder.waiting:  # noqa: ASYNC110  (a thread does the work)
                await asyncio.sleep(0.005)


@asynccontextmanager
async def at_work(root: Path, rows: Any = None, *, live: list[str] | None = None, **options: Any):
    failures: list[str] = []
    rows = InMemoryStore().recordings if rows is None else rows
    options = {**QUICK, "retry_delays_s": (0.01, 0.01), **options}
    recorder = FileRecorder(root, rows, on_failure=failures.append, **options)
    await recorder.start(live or [])
    try:
        yield Room(recorder, rows, failures)
    finally:
        await recorder.close()


@pytest.fixture
async def room_(tmp_path: Path) -> AsyncIterator[Room]:
    async with at_work(tmp_path) as working:
        yield working


def record(working: Room, sound: bytes, attempt: str = "A1") -> Path:
    """What the switch does with the path it is given."""
    path = Path(working.recorder.path_for(attempt, "spring", PLACED_AT) + ".raw")
    path.write_bytes(sound)
    return path


def names(root: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in root.glob(pattern))


def test_both_recorders_are_what_the_engine_asks_for(tmp_path: Path) -> None:
    both: list[Recorder] = [
        InMemoryRecorder(),
        FileRecorder(tmp_path, InMemoryStore().recordings),
    ]
    assert both


async def test_the_switch_is_given_an_absolute_path_into_a_folder_that_is_there(
    room_: Room,
) -> None:
    path = room_.recorder.path_for("A1", "spring sale", PLACED_AT)
    assert path.startswith("/")
    assert path.endswith("/A1")
    assert "2026-01-05" in path
    assert not set(path) & set(" ,;&|'\"$()")
    assert Path(path).parent.is_dir()


async def test_a_finished_call_becomes_a_recording_and_its_raw_file_goes(
    room_: Room, conversation: bytes, tmp_path: Path
) -> None:
    raw = record(room_, conversation)
    recording_id = room_.recorder.finished("A1", ANSWERED_AT, ENDED_AT)
    row = await room_.kept()
    assert recording_id == row.id == row.attempt_id == "A1"
    assert row.state is RecordingState.READY
    assert (row.path, row.codec) == ("2026-01-05/spring/A1.flac", "flac")
    assert (row.created_at, row.seconds) == (ANSWERED_AT, 4.0)
    assert row.bytes == (tmp_path / row.path).stat().st_size
    assert row.sha256 is not None
    assert len(row.sha256) == 64
    assert not raw.exists()
    sound, _ = soundfile.read(tmp_path / row.path, dtype="int16")
    assert sound.tobytes() == conversation
    assert room_.failures == []


async def test_a_recording_deleted_before_it_is_finished_is_not_kept(room_, conversation) -> None:
    gone = Recording(id="A1", attempt_id="A1", path="", state=RecordingState.DELETED, created_at=0)
    await room_.rows.add(gone)
    record(room_, conversation)
    room_.recorder.finished("A1", ANSWERED_AT, ENDED_AT)
    assert (await room_.kept(), names(room_.recorder.root, "**/*.*")) == (gone, [])


async def test_a_call_told_twice_is_kept_once(room_: Room, conversation: bytes) -> None:
    record(room_, conversation)
    room_.recorder.finished("A1", ANSWERED_AT, ENDED_AT)
    room_.recorder.finished("A1", ANSWERED_AT, ENDED_AT)
    first = await room_.kept()
    room_.recorder.finished("A1", ANSWERED_AT, ENDED_AT)
    assert await room_.kept() == first
    assert room_.failures == []


async def test_a_file_still_being_written_is_waited_for(
    tmp_path: Path, conversation: bytes
) -> None:
    async with at_work(tmp_path, settle_s=0.3) as working:
        raw = record(working, conversation[:8000])
        working.recorder.finished("A1", ANSWERED_AT, ENDED_AT)
        for end in range(16_000, len(conversation) + 1, 16_000):
            raw.write_bytes(conversation[:end])
            await asyncio.sleep(0.05)
        raw.write_bytes(conversation)
        assert (await working.kept()).seconds == 4.0


async def test_a_file_that_comes_a_moment_after_the_call_is_found(
    tmp_path: Path, conversation: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()

    def looks(root: Path, attempt: str) -> Path | None:
        try:
            return find_raw(root, attempt)
        finally:
            looked.set()

    monkeypatch.setattr(room, "find_raw", looks)
    async with at_work(tmp_path, missing_after_s=0.3) as working:
        now = time.time()
        working.recorder.finished("A1", now - 4, now)
        await asyncio.to_thread(looked.wait, 10)
        record(working, conversation)
        assert (await working.kept()).state is RecordingState.READY


async def test_a_call_of_which_the_switch_wrote_nothing_is_a_failure_and_said_so(
    room_: Room,
) -> None:
    room_.recorder.finished("A1", ANSWERED_AT, ENDED_AT)
    assert (await room_.kept()).state is RecordingState.FAILED
    assert room_.failures == ["the switch wrote no file"]


async def test_a_call_in_which_nobody_sent_anything_is_silence_as_long_as_the_call(
    room_: Room,
) -> None:
    raw = record(room_, b"\0\0\0")
    room_.recorder.finished("A1", ANSWERED_AT, ENDED_AT)
    row = await room_.kept()
    assert row.state is RecordingState.READY
    assert row.seconds == pytest.approx(ENDED_AT - ANSWERED_AT, abs=0.01)
    assert room_.failures == []
    assert not raw.exists()


async def test_an_empty_file_of_an_unknown_call_is_a_failure_and_does_not_come_back(
    tmp_path: Path, write_raw: Callable[..., Path]
) -> None:
    raw = write_raw(b"\0\0\0", "A1")
    os.utime(raw, (PLACED_AT, PLACED_AT))
    async with at_work(tmp_path) as working:
        assert (await working.kept("A1")).state is RecordingState.FAILED
        assert len(working.failures) == 1
    assert not raw.exists()


@pytest.mark.parametrize("sound", [None, b""])
async def test_a_call_too_short_to_hear_anything_is_no_failure(
    room_: Room, sound: bytes | None
) -> None:
    if sound is not None:
        record(room_, sound)
    room_.recorder.finished("A1", ANSWERED_AT, ANSWERED_AT + 0.4)
    assert (await room_.kept()).state is RecordingState.FAILED
    assert room_.failures == []


async def test_leftovers_of_a_crash_are_kept_at_the_next_start(
    tmp_path: Path, conversation: bytes, write_raw: Callable[..., Path]
) -> None:
    raw = write_raw(conversation + b"\x01", "A1")
    write_raw(conversation, "A2", "autumn")
    os.utime(raw, (PLACED_AT + 9, PLACED_AT + 9))
    async with at_work(tmp_path) as working:
        row = await working.kept("A1")
        assert (row.seconds, row.created_at) == (4.0, PLACED_AT + 5)
        assert (await working.kept("A2")).path == "2026-01-05/autumn/A2.flac"
    assert names(tmp_path, "raw/**/*.raw") == []


async def test_a_crash_between_the_file_and_the_row_is_made_good(
    tmp_path: Path, conversation: bytes, write_raw: Callable[..., Path]
) -> None:
    encode(write_raw(conversation), tmp_path / "2026-01-05/spring/A1", "flac")
    async with at_work(tmp_path) as working:
        assert (await working.kept()).state is RecordingState.READY
    assert names(tmp_path, "2026-01-05/*/*") == ["A1.flac"]


async def test_calls_that_are_still_up_are_left_to_the_switch(
    tmp_path: Path, conversation: bytes, write_raw: Callable[..., Path]
) -> None:
    live = write_raw(conversation, "LIVE")
    write_raw(conversation, "OVER")
    async with at_work(tmp_path, live=["LIVE"]) as working:
        await working.kept("OVER")
        assert live.exists()
        working.recorder.finished("LIVE", ANSWERED_AT, ENDED_AT)
        assert (await working.kept("LIVE")).state is RecordingState.READY


async def test_a_leftover_written_to_lately_may_be_somebody_elses_call(
    tmp_path: Path, conversation: bytes, write_raw: Callable[..., Path]
) -> None:
    raw = write_raw(conversation, "A1")
    old = write_raw(conversation, "A2")
    os.utime(old, (PLACED_AT, PLACED_AT))
    async with at_work(tmp_path, leftover_settle_s=3600) as working:
        async with asyncio.timeout(10):
            while working.recorder.waiting > 1:  # noqa: ASYNC110  (a thread does the work)
                await asyncio.sleep(0.005)
        # A1's turn came first.
        assert await working.rows.get("A2") is not None
        assert await working.rows.get("A1") is None
    assert raw.exists()


async def test_a_clock_that_was_put_back_holds_no_recording_up(
    tmp_path: Path, conversation: bytes, write_raw: Callable[..., Path]
) -> None:
    """The file was written three hours from now, by the clock as it was."""
    later = time.time() + 10_800.0
    raw = write_raw(conversation, "A1")
    os.utime(raw, (later, later))
    async with at_work(tmp_path, leftover_settle_s=3600) as working:
        async with asyncio.timeout(10):
            while working.recorder.waiting:  # noqa: ASYNC110  (a thread does the work)
                await asyncio.sleep(0.005)
        assert await working.rows.get("A1") is not None


async def test_trouble_that_passes_costs_a_retry_and_no_recording(
    tmp_path: Path, conversation: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    def full_twice(*arguments: Any) -> Encoded:
        nonlocal tries
        tries += 1
        if tries <= 2:
            raise EncodingError("disk full")
        return encode(*arguments)

    monkeypatch.setattr(room, "encode", full_twice)
    async with at_work(tmp_path) as working:
        record(working, conversation)
        working.recorder.finished("A1", ANSWERED_AT, ENDED_AT)
        assert (await working.kept()).state is RecordingState.READY
        assert working.failures == []


async def test_trouble_that_stays_is_counted_once_and_the_raw_file_waits_for_the_next_start(
    tmp_path: Path, conversation: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Encoded:
        raise EncodingError("disk full")

    rows = InMemoryStore().recordings
    with monkeypatch.context() as patch:
        patch.setattr(room, "encode", full)
        async with at_work(tmp_path, rows) as working:
            raw = record(working, conversation)
            working.recorder.finished("A1", ANSWERED_AT, ENDED_AT)
            row = await working.kept()
            assert row.state is RecordingState.RAW
            assert tmp_path / row.path == raw
            assert working.failures == ["EncodingError"]
    assert raw.read_bytes() == conversation
    async with at_work(tmp_path, rows) as working:
        assert (await working.kept()).state is RecordingState.READY
        assert working.failures == []


async def test_one_bad_recording_does_not_hold_up_the_next(
    tmp_path: Path, conversation: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hates_a1(raw: Path, *rest: Any) -> Encoded:
        if raw.stem == "A1":
            raise RuntimeError("a bug")
        return encode(raw, *rest)

    monkeypatch.setattr(room, "encode", hates_a1)
    async with at_work(tmp_path, retry_delays_s=()) as working:
        for attempt in ("A1", "A2"):
            record(working, conversation, attempt)
            working.recorder.finished(attempt, ANSWERED_AT, ENDED_AT)
        assert (await working.kept("A2")).state is RecordingState.READY
        assert working.failures == ["RuntimeError"]


async def test_a_store_that_is_away_for_a_moment_loses_nothing(
    tmp_path: Path, conversation: bytes
) -> None:
    class Away:
        """Refuses its first two writes."""

        def __init__(self) -> None:
            self.inner = InMemoryStore().recordings
            self.refusals = 2
            self.get = self.inner.get

        async def add(self, row: Recording) -> frozenset[str]:
            if self.refusals:
                self.refusals -= 1
                raise StoreError("away")
            return await self.inner.add(row)

        update = add

    async with at_work(tmp_path, Away()) as working:
        raw = record(working, conversation)
        working.recorder.finished("A1", ANSWERED_AT, ENDED_AT)
        assert (await working.kept()).state is RecordingState.READY
        assert not raw.exists()


async def test_a_recording_cut_short_is_kept_and_said_so(
    room_: Room, conversation: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    record(room_, conversation)
    room_.recorder.finished("A1", ANSWERED_AT, ENDED_AT + 1.5)
    row = await room_.kept()
    said = capsys.readouterr().out
    assert "recording shorter than the call" in said
    assert "missing_s=1.5" in said
    sound, _ = soundfile.read(room_.recorder.root / row.path, dtype="int16")
    assert row.seconds == len(sound) / 8000 == 5.5, "the rest of the call is silence at its end"
    assert sound[: 4 * 8000].tobytes() == conversation
    assert not sound[4 * 8000 :].any()


@pytest.mark.parametrize("late_s", [0.05, 3600.0])
async def test_what_is_no_silence_of_this_call_is_not_added(
    room_: Room, conversation: bytes, late_s: float
) -> None:
    record(room_, conversation)
    room_.recorder.finished("A1", ANSWERED_AT, ENDED_AT + late_s)
    assert (await room_.kept()).seconds == 4.0


async def test_whoever_keeps_records_is_told_of_a_call_without_recording_until_it_is_noted(
    tmp_path: Path,
) -> None:
    told: list[str] = []

    async def on_none(attempt: str) -> None:
        told.append(attempt)
        if len(told) < 3:
            raise StoreError("not closed yet")

    async with at_work(tmp_path, on_none=on_none) as working:
        raw = record(working, b"")
        working.recorder.finished("A1", ANSWERED_AT, ANSWERED_AT + 0.2)
        assert (await working.kept()).state is RecordingState.FAILED
    assert told == ["A1"] * 3
    assert working.failures == []
    assert not raw.exists()


async def test_closing_finishes_what_is_being_encoded_and_leaves_the_rest(
    tmp_path: Path, conversation: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_it, go_on = threading.Event(), threading.Event()

    def slow(*arguments: Any) -> Encoded:
        at_it.set()
        go_on.wait(10)
        return encode(*arguments)

    monkeypatch.setattr(room, "encode", slow)
    async with at_work(tmp_path) as working:
        for attempt in ("A1", "A2"):
            record(working, conversation, attempt)
            working.recorder.finished(attempt, ANSWERED_AT, ENDED_AT)
        await asyncio.to_thread(at_it.wait, 10)
        closing = asyncio.ensure_future(working.recorder.close())
        await asyncio.sleep(0)
        go_on.set()
        await closing
        assert (await working.rows.get("A1")).state is RecordingState.READY
        assert await working.rows.get("A2") is None
    assert names(tmp_path, "raw/**/*.raw") == ["A2.raw"]


async def test_closing_twice_or_unstarted_is_harmless(tmp_path: Path) -> None:
    recorder = FileRecorder(tmp_path, InMemoryStore().recordings)
    await recorder.close()
    await recorder.close()


async def test_encoding_gives_way_to_the_engine(
    tmp_path: Path, conversation: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    nice: list[int] = []

    def asks(*arguments: Any) -> Encoded:
        nice.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return encode(*arguments)

    monkeypatch.setattr(room, "encode", asks)
    async with at_work(tmp_path) as working:
        record(working, conversation)
        working.recorder.finished("A1", ANSWERED_AT, ENDED_AT)
        await working.kept()
    here = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert nice == [max(here, 10)]


async def test_forty_calls_that_end_at_once_are_all_kept(
    room_: Room, conversation: bytes, tmp_path: Path
) -> None:
    attempts = [f"A{n}" for n in range(40)]
    for name in attempts:
        record(room_, conversation, name)
        room_.recorder.finished(name, ANSWERED_AT, ENDED_AT)
    await room_.idle()
    states = {(await room_.rows.get(name)).state for name in attempts}
    assert states == {RecordingState.READY}
    day = datetime.fromtimestamp(PLACED_AT, UTC).date().isoformat()
    assert len(names(tmp_path, f"{day}/spring/*.flac")) == 40


class Batches:
    """Records that note what was added together."""

    def __init__(self) -> None:
        self.rows = InMemoryStore().recordings
        self.added: list[set[str]] = []

    async def add(self, *recordings: Recording) -> frozenset[str]:
        self.added.append({recording.id for recording in recordings})
        return await self.rows.add(*recordings)

    async def get(self, recording_id: str) -> Recording | None:
        return await self.rows.get(recording_id)


async def test_recordings_that_end_together_are_noted_together_and_a_bad_one_harms_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sometimes(raw: Path, *rest: Any) -> Encoded:
        if raw.stem == "A2":
            raise EncodingError("broken")
        return encode(raw, *rest)

    monkeypatch.setattr(room, "encode", sometimes)
    async with at_work(tmp_path, rows := Batches(), gather_s=0.05, retry_delays_s=()) as working:
        for attempt in ("A1", "A2", "A3"):
            raw = record(working, bytes(64_000), attempt)
            working.recorder.finished(attempt, ANSWERED_AT, ENDED_AT)
        await working.idle()
        assert rows.added == [{"A2"}, {"A1", "A3"}]
        assert working.failures == ["EncodingError"]
        assert not raw.exists()
