"""The node's own record of ended calls (cdr_custom), read backwards as far as is needed."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from dialer.ports.switch import LedgerRow

#: A row is about 150 bytes; this many are read at a time, from the end.
CHUNK = 256 * 1024
COLUMNS = 11
_PACKED = frozenset({".gz", ".bz2", ".xz", ".zst"})
#: A busy node ends so many calls in a few minutes; reading them takes some milliseconds.
OLDER_ROWS = 1000


def read_rows(path: Path, attempts: Collection[str], since: float) -> dict[str, LedgerRow]:
    """The rows of `attempts`; `since` (unix seconds of the switch's clock): none ended before.

    The look ends where many rows in a row are older: of a few, the clock may have been set.
    Of two rows for one attempt the later counts. A row cut short by a crash is passed over.
    Raises OSError where the file is there and cannot be read.
    """
    wanted, found = set(attempts), dict[str, LedgerRow]()
    if not wanted or not path.exists():
        return found
    older = 0
    for line in _lines_backwards(path):
        row = parse_row(line)
        if row is None:
            continue
        older = older + 1 if row.end < since - 60 else 0
        if older > OLDER_ROWS:
            break
        if row.attempt in wanted and row.attempt not in found:
            found[row.attempt] = row
            if len(found) == len(wanted):
                break
    return found


def read_since(path: Path, since: float) -> tuple[list[LedgerRow], float | None]:
    """Rows of calls that ended at or after `since` (unix seconds of the switch's clock), and from
    which start on the ledger lacks none; None: it has no row at all.

    Also of the files that a log rotation has put beside it (`dialer.csv.1`), newest first; packed
    ones are over. Raises OSError where a file is there and cannot be read.
    """
    files = _with_rotated(path)
    found, older = list[LedgerRow](), 0
    for line in (line for file in files for line in _lines_backwards(file)):
        row = parse_row(line)
        if row is None:
            continue
        if row.end >= since:
            found.append(row)
        older = older + 1 if row.end < since - 60 else 0
        if older > OLDER_ROWS:
            break
    firsts = (next(read_all(file), None) for file in reversed(files))
    first = next((row for row in firsts if row is not None), None)
    # Rows stand in the order of their ends: whoever was called after this end has a later row.
    return found[::-1], None if first is None else first.end


def _with_rotated(path: Path) -> list[Path]:
    """Newest first."""
    beside = [it for it in path.parent.glob(f"{path.name}*") if it.suffix not in _PACKED]
    return sorted((it for it in beside if it.is_file()), key=lambda it: -it.stat().st_mtime)


def read_all(path: Path) -> Iterator[LedgerRow]:
    """Every whole row, oldest first: for checks against our own records."""
    if path.exists():
        with path.open("rb") as file:
            for line in file:
                row = parse_row(line.decode("utf-8", "replace")) if line.endswith(b"\n") else None
                if row is not None:
                    yield row


def parse_row(line: str) -> LedgerRow | None:
    """One line of the file, or None for what is no whole row."""
    try:
        fields = next(csv.reader([line.strip()]), [])
        return _row(fields) if len(fields) == COLUMNS else None
    except (ValueError, csv.Error):
        return None


def _row(fields: Sequence[str]) -> LedgerRow:
    uniqueid, start, answer, end, _, _, disposition, cause, leg, bridged, stage = fields
    return LedgerRow(
        attempt=uniqueid,
        start=_needed(start),
        answer=_time(answer),
        end=_needed(end),
        disposition=disposition,
        cause=int(cause) if cause else None,
        leg=leg or None,
        bridged=_time(bridged),
        stage=stage,
    )


def _time(text: str) -> float | None:
    """Asterisk writes 0.000000 for what never happened."""
    return _needed(text) if text and float(text) != 0 else None


def _needed(text: str) -> float:
    seconds = float(text)
    if not math.isfinite(seconds) or seconds <= 0:
        raise ValueError(f"{text!r} is no time")
    return seconds


def _lines_backwards(path: Path) -> Iterator[str]:
    """Lines from the last to the first; what has no line break at its end is not whole yet."""
    with path.open("rb") as file:
        position, rest, is_last = file.seek(0, 2), b"", True
        while position > 0:
            size = min(CHUNK, position)
            position -= size
            file.seek(position)
            lines = (file.read(size) + rest).split(b"\n")
            rest = lines.pop(0)
            if lines and is_last:
                lines.pop()
                is_last = False
            for line in reversed(lines):
                if line.strip():
                    yield line.decode("utf-8", "replace")
        if rest.strip() and not is_last:
            yield rest.decode("utf-8", "replace")
