"""The node's own record of ended calls (cdr_custom), read backwards as far as is needed."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from dialer.ports.switch import LedgerRow

#: A row is about 150 bytes; this many are read at a time, from the end.
CHUNK = 256 * 1024
COLUMNS = 11


def read_rows(path: Path, attempts: Collection[str], since: float) -> dict[str, LedgerRow]:
    """The rows of `attempts`; rows that ended before `since` (unix seconds) are not looked at.

    Of two rows for one attempt the later counts. A row cut short by a crash is passed over.
    """
    wanted, found = set(attempts), dict[str, LedgerRow]()
    if not wanted or not path.exists():
        return found
    for line in _lines_backwards(path):
        row = parse_row(line)
        if row is None:
            continue
        if row.end < since - 60:
            break
        if row.attempt in wanted and row.attempt not in found:
            found[row.attempt] = row
            if len(found) == len(wanted):
                break
    return found


def read_all(path: Path) -> Iterator[LedgerRow]:
    """Every whole row, oldest first: for checks against our own records."""
    if path.exists():
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                row = parse_row(line)
                if row is not None:
                    yield row


def parse_row(line: str) -> LedgerRow | None:
    """One line of the file, or None for what is no whole row."""
    fields = next(csv.reader([line.strip()]), [])
    if len(fields) != COLUMNS:
        return None
    try:
        return _row(fields)
    except ValueError:
        return None


def _row(fields: Sequence[str]) -> LedgerRow:
    uniqueid, start, answer, end, _, _, disposition, cause, leg, bridged, stage = fields
    return LedgerRow(
        attempt=uniqueid,
        start=float(start),
        answer=_time(answer),
        end=float(end),
        disposition=disposition,
        cause=int(cause) if cause else None,
        leg=leg or None,
        bridged=_time(bridged),
        stage=stage,
    )


def _time(text: str) -> float | None:
    """Asterisk writes 0.000000 for what never happened."""
    return (float(text) or None) if text else None


def _lines_backwards(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        position, rest = file.seek(0, 2), b""
        while position > 0:
            size = min(CHUNK, position)
            position -= size
            file.seek(position)
            lines = (file.read(size) + rest).split(b"\n")
            rest = lines.pop(0)
            for line in reversed(lines):
                if line.strip():
                    yield line.decode("utf-8", "replace")
        if rest.strip():
            yield rest.decode("utf-8", "replace")
