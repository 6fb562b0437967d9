"""The floor's log: every event with its time, and a running checksum of what was ordered.

One file per run of a floor. The first line says how the floor began; each later line is
`[now, event]` or, when the event led to orders, `[now, event, checksum]`. A line cut short by a
crash ends the log and harms nothing before it.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec
import structlog
from msgspec.structs import replace

from dialer.floor.any_event import AnyEvent
from dialer.floor.commands import Command, PressKeys
from dialer.floor.events import Event, KeysPressed
from dialer.floor.rules import PoolRules

VERSION = 1


class Start(msgspec.Struct, frozen=True):
    """How a floor began. `saved` is the pacer's knowledge, base64."""

    version: int
    pool: str
    run: str
    at: float
    rules: PoolRules
    saved: str | None = None

    def knowledge(self) -> bytes | None:
        return None if self.saved is None else base64.b64decode(self.saved)


class Entry(msgspec.Struct, frozen=True, array_like=True):
    now: float
    event: AnyEvent
    checksum: int | None = None


log = structlog.get_logger(__name__)
_encoder = msgspec.json.Encoder()
_entries = msgspec.json.Decoder(Entry)
_starts = msgspec.json.Decoder(Start)


def checksum(before: int, commands: Sequence[Command]) -> int:
    """The running CRC-32 of all orders so far: two runs that agree on it did the same."""
    return zlib.crc32(_encoder.encode(commands), before)


class FloorLog:
    """Appends to one file. What `flush` has returned from survives the process, not a power cut.

    A disk that takes no more ends the log, with one line in the service's own; calls go on.
    """

    def __init__(self, path: Path, start: Start) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file: BinaryIO | None = path.open("ab")
        self._lines: list[bytes] = [_encoder.encode(start)]
        self._checksum = 0
        self.flush()

    def append(self, now: float, event: Event, commands: Sequence[Command]) -> None:
        if isinstance(event, KeysPressed):
            event, commands = _without_keys(event, commands)
        entry: list[object] = [now, event]
        if commands:
            self._checksum = checksum(self._checksum, commands)
            entry.append(self._checksum)
        self._lines.append(_encoder.encode(entry))

    def flush(self) -> None:
        if not self._lines:
            return
        lines, self._lines = self._lines, []
        if self._file is None:
            return
        try:
            self._file.write(b"\n".join(lines) + b"\n")
            self._file.flush()
        except OSError as error:
            log.error("the floor's log ends here", file=str(self.path), why=str(error))
            self._end()

    def close(self) -> None:
        self.flush()
        self._end()

    def _end(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.close()


def _without_keys(
    event: KeysPressed, commands: Sequence[Command]
) -> tuple[KeysPressed, Sequence[Command]]:
    """Keys may be a card's number: how many there were is enough for a replay."""
    zeros = "0" * len(event.digits)
    hidden = [replace(it, digits=zeros) if isinstance(it, PressKeys) else it for it in commands]
    return replace(event, digits=zeros), hidden


class NoLog:
    """For floors that nobody will ask about."""

    def append(self, now: float, event: Event, commands: Sequence[Command]) -> None: ...

    def flush(self) -> None: ...

    def close(self) -> None: ...


def start_of(pool: str, run: str, at: float, rules: PoolRules, saved: bytes | None) -> Start:
    text = None if saved is None else base64.b64encode(saved).decode()
    return Start(VERSION, pool, run, at, rules, text)


def read(path: Path) -> tuple[Start, Iterator[Entry]]:
    """The beginning and the entries. Raises ValueError when the first line is no log of ours."""
    file = path.open("rb")
    try:
        start = _starts.decode(file.readline())
    except msgspec.DecodeError as error:
        file.close()
        raise ValueError(f"{path}: not a floor log: {error}") from None
    return start, _read_entries(file)


def _read_entries(file: BinaryIO) -> Iterator[Entry]:
    with file:
        for line in file:
            try:
                yield _entries.decode(line)
            except msgspec.DecodeError:
                return
