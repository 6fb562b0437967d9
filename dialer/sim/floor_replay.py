"""A floor's log run again: the same events must lead to the same orders, bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from dialer.engine.floorlog import VERSION, Entry, Start, checksum, read
from dialer.floor import Floor, ImpossibleEvent, open_floor, step
from dialer.floor.commands import Command

#: Orders shown where a replay goes another way.
SHOWN = 6


class Divergence(msgspec.Struct, frozen=True):
    """The first event after which the replay no longer did what the log says."""

    event: int  #: counted from 1; the log's line is one more
    at: float
    kind: str
    about: str
    what: str
    ordered: list[str]

    def __str__(self) -> str:
        orders = "; ".join(self.ordered) or "nothing"
        return (
            f"event {self.event} ({self.kind}{self.about}) at {self.at:.3f}: {self.what}; "
            f"the replay ordered: {orders}"
        )


class Replayed(msgspec.Struct, frozen=True):
    """One log, run again. `checksum` is the replay's own at its end."""

    file: str
    pool: str
    run: str
    began_at: float
    until: float
    events: int
    orders: int
    checksum: int
    divergence: Divergence | None
    #: Lines at the end that cannot be read: 1 after a crash in mid-write, more mean a damaged file.
    unread: int = 0

    @property
    def is_identical(self) -> bool:
        return self.divergence is None


#: Told of every step: the floor after it, the event's entry, and what was ordered.
Watcher = Callable[[Floor, Entry, Sequence[Command]], None]


def replay(path: Path, until: float | None = None, watch: Watcher | None = None) -> Replayed:
    """Run `path` again up to `until` (unix seconds; None: to its end), or to where it differs.

    Raises ValueError when the file is no floor log, OSError when it cannot be read.
    """
    start, entries = read(path)
    if start.version != VERSION:
        raise ValueError(f"{path}: a floor log of version {start.version}, not {VERSION}")
    floor = open_floor(start.pool, start.run, start.rules, start.at, start.knowledge())
    sum_, count, orders, at = 0, 0, 0, start.at
    divergence: Divergence | None = None
    whole = until is None
    for entry in entries:
        if until is not None and entry.now >= until:
            break
        count, at = count + 1, entry.now
        try:
            commands = step(floor, entry.event, entry.now)
        except ImpossibleEvent as error:
            divergence = _differs(count, entry, f"it is impossible in the replay: {error}", ())
            break
        sum_ = checksum(sum_, commands) if commands else sum_
        orders += len(commands)
        what = _difference(entry, sum_, commands)
        if what:
            divergence = _differs(count, entry, what, commands)
            break
        if watch is not None:
            watch(floor, entry, commands)
    unread = _lines(path) - 1 - count if whole and divergence is None else 0
    return Replayed(
        str(path), start.pool, start.run, start.at, at, count, orders, sum_, divergence, unread
    )


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


def _difference(entry: Entry, sum_: int, commands: Sequence[Command]) -> str:
    if entry.checksum is None:
        return "the log has no orders here" if commands else ""
    if not commands:
        return f"the log has orders here (checksum {entry.checksum:08x}), the replay none"
    if entry.checksum != sum_:
        return f"the log's checksum is {entry.checksum:08x}, the replay's {sum_:08x}"
    return ""


def _differs(count: int, entry: Entry, what: str, commands: Sequence[Command]) -> Divergence:
    names = [getattr(entry.event, key, None) for key in ("attempt", "leg", "agent", "campaign")]
    about = next((f" of {name}" for name in names if name), "")
    shown = [_shown(command) for command in commands[:SHOWN]]
    if len(commands) > SHOWN:
        shown.append(f"and {len(commands) - SHOWN} more")
    return Divergence(count, entry.now, type(entry.event).__name__, about, what, shown)


def _shown(command: Command) -> str:
    fields = [f"{k}={v}" for k, v in msgspec.structs.asdict(command).items() if v is not None]
    return f"{type(command).__name__}({', '.join(fields[:4])})"


def logs_of(state_dir: Path, pool: str) -> list[tuple[Path, Start]]:
    """The pool's logs in the order in which its floors began; what is no log is left out."""
    found = []
    for path in sorted((state_dir / "floors" / pool).glob("*.jsonl")):
        try:
            start, entries = read(path)
            entries.close()  # type: ignore[attr-defined]
        except ValueError:
            continue
        found.append((path, start))
    return sorted(found, key=lambda log: log[1].at)


def reaches(path: Path, start: float, end: float) -> bool:
    """Whether anything in this log happened in [start, end)."""
    _, entries = read(path)
    return any(start <= entry.now < end for entry in entries)
