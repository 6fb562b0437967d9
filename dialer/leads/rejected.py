"""Reports of rows that did not go in, looked through for one person or for old age."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from dialer.ports.people import Mentions

SUFFIX = ".rejected.csv"


class RejectedRow(Struct, frozen=True):
    """One row of a report, as it stands there."""

    file: str
    cells: list[str]


def rows_of(folder: Path, mentions: Mentions) -> list[RejectedRow]:
    """Every rejected row that has the number, whatever the column."""
    return [
        RejectedRow(path.name, cells)
        for path in reports(folder)
        for cells in _rows(path)
        if mentions.are_in(cells)
    ]


def erase(folder: Path, mentions: Mentions) -> int:
    """Take those rows out; how many. A report without any is not touched."""
    count = 0
    for path in reports(folder):
        kept = [cells for cells in _rows(path) if not mentions.are_in(cells)]
        gone = sum(1 for _ in _rows(path)) - len(kept)
        if gone:
            _write(path, kept)
        count += gone
    return count


def reports(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file)


def _write(path: Path, rows: list[list[str]]) -> None:
    part = path.with_name(path.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    part.replace(path)
