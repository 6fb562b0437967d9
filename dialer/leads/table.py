"""Where in a file the list is: its header, its columns, the rows below.

Titles stand above headers, headers have two rows, workbooks have sheets that are no lists, and some
lists have no header at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import msgspec
from msgspec import Struct

from dialer.cells import original
from dialer.leads.columns import Columns, custom_only, find_columns
from dialer.leads.headers import is_about_numbers
from dialer.leads.numbers import NumberReader
from dialer.leads.report import REPORT_HEADERS, REPORT_HEADERS_ZH
from dialer.leads.source import ZIP_MAGIC, ListFileError, Row, Source

# Rows among which the header is looked for.
_TOP = 20
_DIGIT = re.compile(r"[0-9]")
ABOVE_HEADER = "stands above the header"

Mapped = Mapping[str, Sequence[str]]


class ListFile(Protocol):
    """An open file of rows; see Source, and Workbook."""

    path: Path
    size: int  # bytes
    encoding: str
    delimiter: str

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def bytes_read(self) -> int: ...
    def tables(self) -> Iterator[Iterator[Row]]: ...


class Table(Struct, frozen=True):
    """The rows of a file below its header, and what its columns are."""

    columns: Columns
    rows: Iterator[Row]


def open_list(path: Path, *, encoding: str | None = None) -> ListFile:
    """Raises ListFileError when it cannot be opened or is no list."""
    try:
        with path.open("rb") as file:
            is_zip = file.read(len(ZIP_MAGIC)) == ZIP_MAGIC
    except OSError as error:
        raise ListFileError(f"{path}: {error.strerror or error}") from error
    if not is_zip:
        return Source(path, encoding=encoding)
    from dialer.leads.workbook import Workbook  # noqa: PLC0415  (half a second, for workbooks only)

    return Workbook(path)


def read_table(source: ListFile, mapping: Mapped, numbers: NumberReader) -> Table:
    """The first table with a column of numbers. Raises ListFileError where there is none."""
    fault: ListFileError | None = None
    for rows in source.tables():
        try:
            return _table(source.path, rows, mapping, numbers)
        except ListFileError as error:
            fault = fault or error
    raise fault or ListFileError(f"{source.path}: the file is empty")


def _table(path: Path, rows: Iterator[Row], mapping: Mapped, numbers: NumberReader) -> Table:
    top = list(islice(rows, _TOP))
    if not top:
        raise ListFileError(f"{path}: the file is empty")
    if top[0].damage:
        raise ListFileError(f"{path}: the first line {top[0].damage}")
    if tuple(top[0].cells[: len(REPORT_HEADERS)]) in {REPORT_HEADERS, REPORT_HEADERS_ZH}:
        return _report_table(top[0], chain(top[1:], rows), mapping)
    return _below_header(top, rows, mapping, numbers) or _without_header(
        top, rows, mapping, numbers
    )


def headers_of(source: ListFile) -> Table:
    """The first table, whose header is its widest row near the top: for who says what is what.

    Raises ListFileError for an empty file. The columns are all custom ones.
    """
    for rows in source.tables():
        top = list(islice(rows, _TOP))
        whole = [row for row in top if not row.damage]
        if whole:
            header = max(whole, key=lambda row: _filled(row.cells))
            below = [row for row in top if row.number > header.number]
            return Table(custom_only(header.cells), chain(below, rows))
    raise ListFileError(f"{source.path}: the file is empty")


def _below_header(
    top: list[Row], rows: Iterator[Row], mapping: Mapped, numbers: NumberReader
) -> Table | None:
    for position, row in enumerate(top):
        if row.damage or _numbers_in(row, numbers):
            continue
        try:
            columns = find_columns(row.cells, mapping)
        except ListFileError:
            continue
        below = top[position + 1 :]
        if both := _with_second_row(row, below, columns, mapping):
            columns, below = both, below[1:]
        above = [
            msgspec.structs.replace(it, damage=it.damage or ABOVE_HEADER)
            for it in top[:position]
            if it.damage or _numbers_in(it, numbers)
        ]
        return Table(columns, chain(above, below, rows))
    return None


def _with_second_row(
    header: Row, below: list[Row], columns: Columns, mapping: Mapped
) -> Columns | None:
    """Columns of a header in two rows: groups above (`Telefon`), what they hold below (`mobil`)."""
    if not below or mapping or below[0].damage:
        return None
    cells = below[0].cells
    said = [cells[index] for index, _ in columns.numbers if index < len(cells)]
    if not any(map(is_about_numbers, said)) or any(map(_DIGIT.search, cells)):
        return None
    groups, merged, group = header.cells, [], ""
    for index in range(max(len(groups), len(cells))):
        own = groups[index].strip() if index < len(groups) else ""
        group = own or group
        below_it = cells[index].strip() if index < len(cells) else ""
        merged.append(f"{group} {below_it}".strip() if below_it else own)
    try:
        return find_columns(merged, mapping)
    except ListFileError:
        return None


def _without_header(
    top: list[Row], rows: Iterator[Row], mapping: Mapped, numbers: NumberReader
) -> Table:
    """A list whose first row holds a number; else what is wrong with the widest row."""
    first = top[0]
    with_number = _numbers_in(first, numbers)
    if not with_number:
        widest = max((row for row in top if not row.damage), key=lambda row: _filled(row.cells))
        return Table(find_columns(widest.cells, mapping), rows)  # raises
    headers = [f"column {i}" for i in range(1, len(first.cells) + 1)]
    columns = mapping or {"number": [headers[i] for i in with_number]}
    return Table(find_columns(headers, columns), chain(top, rows))


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _numbers_in(row: Row, numbers: NumberReader) -> list[int]:
    """Columns that hold a number and no word: a title such as `Leads 20261130` is none."""
    found = [(index, numbers.read_all(cell)) for index, cell in enumerate(row.cells)]
    return [index for index, it in found if it.numbers and not it.reason and not it.rest]


def _report_table(header: Row, rows: Iterator[Row], mapping: Mapped) -> Table:
    """A report that somebody has put right: without the columns and signs that it added."""
    skip = len(REPORT_HEADERS)
    columns = find_columns([original(cell) for cell in header.cells[skip:]], mapping)
    as_it_was = (
        Row(row.number, row.line, [original(cell) for cell in row.cells[skip:]], row.damage)
        for row in rows
    )
    return Table(columns, as_it_was)
