"""The three sides of a day: records, the switch's ledger, recordings on disk."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import soundfile
import structlog
from msgspec import Struct

from dialer.asterisk.ledger import read_since
from dialer.features.reconcile.rules import Call, FileSeen, Found, Ledger, differences
from dialer.ids import is_id
from dialer.kit.scope import everything, whole
from dialer.ports.past_calls import CallFilter, FoundCall
from dialer.ports.store import RecordedCall, Recording, Store
from dialer.ports.switch import LedgerRow
from dialer.settings import Settings
from dialer.settings.node import readable_ledger
from recordings.library import Library
from recordings.naming import RAW, RAW_SUFFIX
from recordings.recorder import yield_to_the_engine

T = TypeVar("T")
log = structlog.get_logger(__name__)

_PAGE = 500
_CHUNK = 1 << 20
#: Records are placed by our clock, rows by the switch's; a call of midnight may start the day
#: before.
_AROUND_S = 3600.0
_ALL = everything("whoever looks for what is lost looks at all")


class Place(Struct, frozen=True, kw_only=True):
    """Where the sides of a node are. `ledger` None: it cannot be read from here."""

    node: str
    ledger: Path | None
    recordings: Path


class Sides(Struct, frozen=True, kw_only=True):
    calls: Sequence[Call]
    ledger: Ledger | None
    files: Sequence[FileSeen] | None


def place_of(settings: Settings) -> Place:
    return Place(
        node=settings.asterisk.node,
        ledger=readable_ledger(settings),
        recordings=settings.recording_dir,
    )


class Looker:
    """Reads and compares. In a thread of its own: no call waits for it."""

    def __init__(self, store: Store, place: Callable[[], Place]) -> None:
        self._store, self._place = store, place
        self._pool = ThreadPoolExecutor(1, "reconcile", initializer=yield_to_the_engine)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def found(self, day: date, now: float) -> tuple[Sides, list[Found]]:
        """Every difference of a UTC day, seen twice: the sides cannot be read at one moment, and a
        recording that is deleted in between is no loss.
        """
        sides, first = await self._once(day, now)
        if not first:
            return sides, first
        again, second = await self._once(day, now)
        known = {(it.kind, it.attempt) for it in first}
        return again, [it for it in second if (it.kind, it.attempt) in known]

    async def _once(self, day: date, now: float) -> tuple[Sides, list[Found]]:
        sides = await self._sides(day)
        run = partial(differences, sides.calls, sides.ledger, sides.files, now)
        return sides, await self._in_thread(run)

    async def _sides(self, day: date) -> Sides:
        place = self._place()
        since, until = span_of(day)
        calls = await _calls(self._store, place.node, since, until)
        known = frozenset(it.cdr.attempt_id for it in calls)
        return Sides(
            calls=calls,
            ledger=await self._ledger(place.ledger, known, since, until),
            files=await self._files(place.recordings, known, day),
        )

    async def _ledger(
        self, path: Path | None, known: frozenset[str], since: float, until: float
    ) -> Ledger | None:
        if path is None:
            return None
        try:
            read = partial(_ledger_rows, path, known, since, until)
            rows, whole_since = await self._in_thread(read)
        except OSError as error:
            log.error("the node's ledger cannot be read", path=str(path), error=str(error))
            return None
        kept = [it for it in rows if it.attempt in known or not await self._is_known(it.attempt)]
        return Ledger(rows=kept, whole_since=whole_since)

    @whole("whether there is a record, whoever may see it")
    async def _is_known(self, attempt: str) -> bool:
        """The record is there, but of another day or node."""
        return await self._store.attempts.get(attempt) is not None

    async def _files(self, root: Path, known: frozenset[str], day: date) -> list[FileSeen] | None:
        try:
            files = await self._in_thread(lambda: list(_files_of(root, day)))
        except OSError as error:
            log.error("recordings cannot be read", path=str(root), error=str(error))
            return None
        return [it for it in files if it.attempt in known or not await self._is_anothers(it)]

    @whole("whether there is a record, whoever may see it")
    async def _is_anothers(self, file: FileSeen) -> bool:
        """The file is of a call of another day or node, whose record names it or goes on."""
        row = await self._store.recordings.get(file.attempt)
        if row is not None and row.path == file.path:
            return True
        call = await self._store.attempts.get(file.attempt)
        return call is not None and call.ended_at is None

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def span_of(day: date) -> tuple[float, float]:
    """Unix seconds of a UTC day, the end not included."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start.timestamp(), (start + timedelta(days=1)).timestamp()


# --- records --------------------------------------------------------------------------------------


async def _calls(store: Store, node: str, since: float, until: float) -> list[Call]:
    wanted = CallFilter(since=since, until=until)
    kept: dict[str, Recording] = {}
    async for recorded in _recorded(store, wanted):
        kept[recorded.recording.attempt_id] = recorded.recording
    return [
        Call(cdr=it.call, recording=kept.get(it.call.attempt_id))
        async for it in _past_calls(store, wanted)
        if it.call.node == node
    ]


async def _recorded(store: Store, wanted: CallFilter) -> AsyncIterator[RecordedCall]:
    read = partial(store.recordings.page, wanted, _ALL, limit=_PAGE)
    async for it in _every(read, lambda it: it.recording.id):
        yield it


async def _past_calls(store: Store, wanted: CallFilter) -> AsyncIterator[FoundCall]:
    read = partial(store.past_calls.page, wanted, _ALL, limit=_PAGE)
    async for it in _every(read, lambda it: it.call.attempt_id):
        yield it


async def _every(
    read: Callable[..., Awaitable[Sequence[T]]], name: Callable[[T], str]
) -> AsyncIterator[T]:
    below = None
    while page := await read(below=below):
        for it in page:
            yield it
        below = name(page[-1])


# --- the ledger -----------------------------------------------------------------------------------


def _ledger_rows(
    path: Path, known: frozenset[str], since: float, until: float
) -> tuple[list[LedgerRow], float | None]:
    """Rows of these attempts, and of others that started on this day; only of ours."""
    rows, whole_since = read_since(path, since - _AROUND_S)
    of_day = [
        it
        for it in rows
        if it.attempt in known or (since <= it.start < until and is_id(it.attempt))
    ]
    return of_day, whole_since


# --- the disk -------------------------------------------------------------------------------------


def _files_of(root: Path, day: date) -> Iterator[FileSeen]:
    for kept in Library(root).find(since=day, until=day):
        yield from _seen(kept.path, root, kept.attempt)
    for path in sorted((root / RAW / day.isoformat()).glob(f"*/*{RAW_SUFFIX}")):
        yield from _seen(path, root, path.stem, is_raw=True)


def _seen(path: Path, root: Path, attempt: str, *, is_raw: bool = False) -> Iterator[FileSeen]:
    try:
        stat = path.stat()
        yield FileSeen(
            attempt=attempt,
            path=str(path.relative_to(root)),
            bytes=stat.st_size,
            written_at=stat.st_mtime,
            is_raw=is_raw,
            seconds=None if is_raw else _seconds(path),
            sha256=None if is_raw else _digest(path),
        )
    except FileNotFoundError:  # deleted, or encoded, since the folder was listed
        return


def _seconds(path: Path) -> float | None:
    """As the file's own head has it; None for an encrypted one, and one that cannot be read."""
    if path.suffix == ".enc":
        return None
    try:
        return float(soundfile.info(str(path)).duration)
    except (soundfile.SoundFileError, RuntimeError):
        return None


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
