"""The recorder: names raw files, and when a call is over turns its own into a kept recording.

Nothing but the files has to survive a crash: a raw file that is still there has not been kept yet.
So the order is: write the finished file, note it in the store, remove the raw one; whatever is
interrupted is done again at the next start, with the same names and ids.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import structlog

from dialer.ports.store import Recording, StoreError
from dialer.realtime import BACKGROUND, follow_main_thread, give_way
from dialer.tasks import spawn
from dialer.words import Codec, RecordingState
from recordings import private
from recordings.encoding import FRAME_BYTES, RATE, Encoded, NoAudioError, check_codec, encode
from recordings.encryption import RecordingKey
from recordings.naming import (
    day_of,
    find_raw,
    raw_files,
    raw_path,
    remove_empty_raw,
    safe_name,
    stem,
    stem_of_raw,
)

T = TypeVar("T")
log = structlog.get_logger(__name__)

# After the last of these a recording is given up until the next start; its raw file stays.
RETRY_DELAYS_S = (2.0, 15.0, 120.0, 900.0)
# A raw file untouched for so long is closed: MixMonitor writes at least once a second.
SETTLE_S = 1.5
# One left over may belong to a call that another engine holds; a callee on a bad line may send
# nothing for a while.
LEFTOVER_SETTLE_S = 60.0
# A call can end before MixMonitor made its file; after this there will be none.
MISSING_AFTER_S = 5.0
# A file that lacks more than this of its call is told in the log; a call that is no longer than
# that need not have one.
SHORT_S = 0.5
# What a file lacks is added as silence at its end: people who were silent on both sides of the
# bridge left no sound, and nothing says when that was. An end that was found out about only later
# (a call that ended while nobody looked) may lie far off the true one, and is not believed.
PAD_FROM_S, PAD_UP_TO_S = 0.1, 600.0
_NICE = 10
# Recordings gather for so long: one transaction for those of several calls.
GATHER_S, BATCH = 0.25, 50
# The event loop's timers may come a millisecond early, and would find a file not quite settled.
_TIMER_S = 0.005


class Records(Protocol):
    """What the recorder asks of the store."""

    async def add(self, *recordings: Recording) -> frozenset[str]: ...
    async def update(self, recording: Recording) -> None: ...
    async def get(self, recording_id: str) -> Recording | None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """One recording to keep. Without times it was left over from an earlier run."""

    attempt: str
    answered_at: float | None = None
    ended_at: float | None = None
    tries: int = 0
    #: When it was asked for, by a clock that nobody sets.
    since: float = field(default_factory=time.monotonic, compare=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording whose file is finished, and which the store does not know yet."""

    job: Job
    row: Recording
    raw: Path
    lacks_s: float
    padded: bool


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The raw file may still be written to; look again after `wait_s`."""

    wait_s: float


#: What became of one look at a job; None: there is no raw file.
Found = Kept | Unsettled | Exception | None


class FileRecorder:
    """Implements `dialer.ports.recorder.Recorder` on folders below `root`.

    `on_failure` is called once for each recording that could not be kept, with a short reason;
    `on_none` when it is certain that an attempt has none, and again later if it raises. `shared`:
    the switch is another user, who comes to raw files by the group.
    """

    def __init__(
        self,
        root: Path,
        records: Records,
        *,
        codec: Codec = "flac",
        key: RecordingKey | None = None,
        workers: int = 1,
        on_failure: Callable[[str], None] = lambda reason: None,
        on_none: Callable[[str], Awaitable[None]] | None = None,
        settle_s: float = SETTLE_S,
        leftover_settle_s: float = LEFTOVER_SETTLE_S,
        missing_after_s: float = MISSING_AFTER_S,
        retry_delays_s: Sequence[float] = RETRY_DELAYS_S,
        gather_s: float = GATHER_S,
        shared: bool = False,
    ) -> None:
        check_codec(codec)
        self.root = root.absolute()
        self._records = records
        self._codec: Codec = codec
        self._key = key
        self._on_failure, self._on_none = on_failure, on_none
        self._settle_s = settle_s
        self._leftover_settle_s = leftover_settle_s
        self._missing_after_s = missing_after_s
        self._retry_delays_s = tuple(retry_delays_s)
        self._gather_s = gather_s
        self._shared = shared
        self._queue: asyncio.Queue[Job | None] = asyncio.Queue()
        self._known: set[str] = set()  # queued, waiting or being encoded
        #: Raw folders that are there, by day and campaign.
        self._folders: dict[tuple[str, str], str] = {}
        self._closing = False
        self._workers = workers
        # Threads, not processes: libsndfile runs outside the interpreter's lock.
        self._pool = ThreadPoolExecutor(workers, "recordings", initializer=yield_to_the_engine)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, live: Collection[str] = ()) -> None:
        """Take up what an earlier run left, except the attempts of `live`, which are still up."""
        await self._in_thread(self._make_private)
        await self._in_thread(partial(remove_empty_raw, self.root))
        left = await self._in_thread(partial(raw_files, self.root))
        spared = {safe_name(attempt) for attempt in live}
        for raw in left:
            if raw.stem not in spared:
                self._take(Job(raw.stem))
        self._tasks = [
            spawn(self._work(), name=f"recordings worker {n}") for n in range(self._workers)
        ]
        if left:
            log.info("recordings left over", found=len(left), queued=len(self._known))

    def _make_private(self) -> None:
        private.make_folder(self.root, self.root)
        if changed := private.tighten(self.root, shared=self._shared):
            log.info("recordings were taken from everybody else", changed=changed)

    def path_for(self, attempt: str, campaign: str, placed_at: float) -> str:
        """Where the switch writes; its folder is there when this returns."""
        day = day_of(placed_at)
        folder = self._folders.get((day, campaign))
        if folder is None:
            raw = raw_path(self.root, stem(attempt, campaign, placed_at))
            mode = private.raw_mode(self.root, shared=self._shared)
            private.make_folder(raw.parent, self.root, mode)
            folder = self._folders[day, campaign] = str(raw.parent)
        return f"{folder}/{safe_name(attempt)}"

    def finished(self, attempt: str, answered_at: float, ended_at: float) -> str:
        """Queue the recording; its id is the attempt's, as there is one of each."""
        self._take(Job(attempt, answered_at, ended_at), self._settle_s)
        return attempt

    async def close(self) -> None:
        """Finish what is being encoded; what is left is taken up at the next start."""
        if self._closing:
            return
        self._closing = True
        for _ in self._tasks:
            self._queue.put_nowait(None)
        await asyncio.gather(*self._tasks)
        self._pool.shutdown(wait=True)

    @property
    def waiting(self) -> int:
        """Recordings not kept yet, those being encoded included."""
        return len(self._known)

    def _take(self, job: Job, delay_s: float = 0.0) -> None:
        # A leftover and its late end are one recording.
        if safe_name(job.attempt) not in self._known:
            self._known.add(safe_name(job.attempt))
            self._later(job, delay_s)

    async def _work(self) -> None:
        while (job := await self._queue.get()) is not None and not self._closing:
            jobs = [job]
            if self._gather_s and not await self._gather(jobs):
                return
            try:
                await self._keep(jobs)
            except Exception as error:  # one bad recording must not stop all that follow
                for each in jobs:
                    await self._failed(each, error)

    async def _gather(self, jobs: list[Job]) -> bool:
        """Add what comes meanwhile. False: the end came; what was gathered is left to the start."""
        await asyncio.sleep(self._gather_s)
        while len(jobs) < BATCH and not self._queue.empty():
            if (job := self._queue.get_nowait()) is None:
                return False
            jobs.append(job)
        return not self._closing

    async def _keep(self, jobs: list[Job]) -> None:
        """All in one go to the thread and back, and one transaction."""
        found = await self._in_thread(partial(_each, self._look, jobs))
        kept: list[Kept] = []
        for job, what in zip(list(jobs), found, strict=True):
            if isinstance(what, Kept):
                kept.append(what)
                continue
            jobs.remove(job)  # it is dealt with here; the rest stands or falls with the store
            try:
                await self._not_kept(job, what)
            except Exception as error:
                await self._failed(job, error)
        if kept:
            deleted = await self._records.add(*[each.row for each in kept])
            unwanted = [self.root / it.row.path for it in kept if it.row.id in deleted]
            await self._in_thread(partial(_remove, [*(each.raw for each in kept), *unwanted]))
        for each in kept:
            self._done(each)

    def _look(self, job: Job) -> Found:
        """In the thread: is the raw file there, is it settled? Then encode it."""
        raw = find_raw(self.root, job.attempt)
        if raw is None:
            return None
        if (wait_s := self._unsettled_s(job, raw)) > 0:
            return Unsettled(wait_s)
        with suppress(PermissionError):  # another user's, where the switch is
            raw.chmod(private.FILE)
        name = stem_of_raw(self.root, raw)
        lacks_s = _lacks_s(job, raw)
        # A blink of a call in which nothing was said is no recording; a longer one is silence.
        least_s = PAD_FROM_S if raw.stat().st_size >= FRAME_BYTES else SHORT_S
        pad_s = lacks_s if least_s < lacks_s <= PAD_UP_TO_S else 0.0
        try:
            private.make_folder((self.root / name).parent, self.root)
            encoded = encode(raw, self.root / name, self._codec, self._key, pad_s)
        except NoAudioError as error:
            raw.unlink(missing_ok=True)
            return error
        return Kept(job, self._row(job, encoded, raw), raw, lacks_s, pad_s > 0)

    async def _not_kept(self, job: Job, what: Unsettled | Exception | None) -> None:
        if what is None:
            await self._missing(job)
        elif isinstance(what, Unsettled):
            self._later(job, what.wait_s)
        elif isinstance(what, NoAudioError):
            await self._give_up(job, str(what))
        else:
            await self._failed(job, what)

    def _done(self, kept: Kept) -> None:
        self._known.discard(safe_name(kept.job.attempt))
        if kept.lacks_s > SHORT_S:
            log.warning(
                "recording shorter than the call",
                attempt=kept.job.attempt,
                missing_s=round(kept.lacks_s, 2),
                silence_added=kept.padded,
            )

    async def _missing(self, job: Job) -> None:
        """No raw file: kept before, not there yet, or never."""
        kept = await self._records.get(job.attempt)
        if kept is not None and kept.state in {RecordingState.READY, RecordingState.DELETED}:
            self._known.discard(safe_name(job.attempt))
        elif job.ended_at is not None and time.monotonic() - job.since < self._missing_after_s:
            self._later(job, self._missing_after_s)
        else:
            await self._give_up(job, "the switch wrote no file")

    def _unsettled_s(self, job: Job, raw: Path) -> float:
        """Seconds until the file may be taken as closed, if it is left alone until then."""
        settle_s = self._settle_s if job.ended_at is not None else self._leftover_settle_s
        age_s = time.time() - raw.stat().st_mtime
        # Written in what is still to come: not since the clock was put back, so by nobody now.
        return 0.0 if age_s < -1.0 else settle_s - max(0.0, age_s)

    async def _give_up(self, job: Job, reason: str) -> None:
        """There will never be a recording of this call."""
        seconds = _call_seconds(job)
        if self._on_none is not None:
            await self._on_none(job.attempt)
        await self._records.add(_without_file(job, "", RecordingState.FAILED))
        self._known.discard(safe_name(job.attempt))
        if seconds is not None and seconds <= SHORT_S:
            # Who hangs up while answering leaves no sound: nothing went wrong.
            log.info("call too short for a recording", attempt=job.attempt, seconds=seconds)
            return
        log.warning("no recording", attempt=job.attempt, reason=reason, seconds=seconds)
        self._on_failure(reason)

    async def _failed(self, job: Job, error: Exception) -> None:
        """Try again later; in the end leave it to the next start. The raw file is there."""
        tries = job.tries + 1
        log.warning("recording not kept", attempt=job.attempt, tries=tries, reason=repr(error))
        if tries <= len(self._retry_delays_s):
            self._later(replace(job, tries=tries), self._retry_delays_s[job.tries])
            return
        try:
            if raw := await self._in_thread(partial(find_raw, self.root, job.attempt)):
                where = str(raw.relative_to(self.root))
                await self._records.add(_without_file(job, where, RecordingState.RAW))
        except (StoreError, OSError):
            pass  # the raw file tells the next start as much
        finally:
            self._known.discard(safe_name(job.attempt))
            self._on_failure(type(error).__name__)

    def _later(self, job: Job, delay_s: float) -> None:
        if delay_s <= 0:
            self._queue.put_nowait(job)
            return
        loop = asyncio.get_running_loop()
        loop.call_later(delay_s + _TIMER_S, self._queue.put_nowait, job)

    def _row(self, job: Job, encoded: Encoded, raw: Path) -> Recording:
        began = job.answered_at
        if began is None:
            began = raw.stat().st_mtime - encoded.seconds
        return Recording(
            id=job.attempt,
            attempt_id=job.attempt,
            path=str(encoded.path.relative_to(self.root)),
            state=RecordingState.READY,
            created_at=began,
            seconds=encoded.seconds,
            bytes=encoded.bytes,
            sha256=encoded.sha256,
            codec=encoded.codec,
        )

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def _each(look: Callable[[Job], Found], jobs: Sequence[Job]) -> list[Found]:
    """One bad recording is nothing to the others."""
    found: list[Found] = []
    for job in jobs:
        try:
            found.append(look(job))
        except Exception as error:
            found.append(error)
    return found


def _remove(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _call_seconds(job: Job) -> float | None:
    """From answer to end; None for what an earlier run left over."""
    if job.answered_at is None or job.ended_at is None:
        return None
    return job.ended_at - job.answered_at


def _lacks_s(job: Job, raw: Path) -> float:
    """By how much the raw file is shorter than its call; 0 where the call's times are not known."""
    seconds = _call_seconds(job)
    return 0.0 if seconds is None else seconds - raw.stat().st_size / (FRAME_BYTES * RATE)


def _without_file(job: Job, path: str, state: RecordingState) -> Recording:
    """The row of a recording that nobody can play, or not yet."""
    began = time.time() if job.answered_at is None else job.answered_at
    return Recording(
        id=job.attempt, attempt_id=job.attempt, path=path, state=state, created_at=began
    )


def yield_to_the_engine() -> None:
    """For whoever works on recordings."""
    if follow_main_thread(BACKGROUND):
        return
    with suppress(OSError, AttributeError):
        give_way(_NICE)
