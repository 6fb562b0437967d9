"""An Excel workbook (.xlsx) as rows of text, a row at a time.

A workbook is a zip file that a stranger made: what it would unpack to is looked at before anything
is unpacked, and its XML may define no entities.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from types import TracebackType
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from dialer.leads.source import MAX_FIELD, TOO_LONG_FIELD, ListFileError, Row

# A million rows of twenty columns are 1 to 2 GB of XML; texts are kept in memory.
_MOST_UNPACKED = 4 << 30
_MOST_TEXTS = 512 << 20
_MOST_RATIO = 500  # a sheet of equal rows is packed 100 to 1, a bomb 1000 to 1
_SMALL = 16 << 20  # never worth a bomb
_HEAD = 4096
# From here on a float has no digit to spare: the number that was typed is lost.
_EXACT = 10**15
_BROKEN = (
    OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, EOFError,
    ParseError, zipfile.BadZipFile, InvalidFileException, NotImplementedError,
)  # fmt: skip


class Workbook:
    """An open workbook. Raises ListFileError where it is none, damaged, or too big unpacked."""

    encoding = "xlsx"
    delimiter = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        self._rows_read = 0
        self._rows_known = 0
        _check(path)
        try:
            self._book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        except _BROKEN as error:
            raise ListFileError(f"{path}: this Excel workbook is damaged ({error})") from error

    def __enter__(self) -> Workbook:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._book.close()

    def bytes_read(self) -> int:
        """As many of its bytes as rows were read of those that the sheet says it has."""
        return min(self.size, self.size * self._rows_read // max(1, self._rows_known))

    def tables(self) -> Iterator[Iterator[Row]]:
        """The rows of each sheet that is seen, in their order."""
        for sheet in self._book.worksheets:
            if sheet.sheet_state == "visible":
                self._rows_read, self._rows_known = 0, sheet.max_row or 0
                sheet.reset_dimensions()  # some programs write wrong ones
                yield self._rows(sheet.iter_rows(values_only=True))

    def _rows(self, found: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
        try:
            for number, values in enumerate(found, 1):
                self._rows_read = number
                cells = [_text(value) for value in values]
                if any(cells):
                    long = max(map(len, cells)) > MAX_FIELD
                    yield Row(number, number, _cut(cells), TOO_LONG_FIELD if long else "")
        except _BROKEN as error:
            where = f"behind row {self._rows_read}"
            raise ListFileError(f"{self.path}: this Excel workbook is damaged {where}") from error


def _cut(cells: list[str]) -> list[str]:
    """Without the empty cells at the end: a sheet is as wide as its widest row ever was."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: Any) -> str:
    """What a cell says. Whole numbers have no point, days no hour."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, datetime):
        whole_day = value.time() == time()
        return value.date().isoformat() if whole_day else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number_text(value: float) -> str:
    if abs(value) >= _EXACT:
        return f"{value:.5E}"
    return str(int(value)) if value == int(value) else repr(value)


def _check(path: Path) -> None:
    """Raises ListFileError for what is no workbook, or would fill the machine."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = {one.filename for one in packed.infolist()}
            if "xl/workbook.xml" not in names:
                raise ListFileError(f"{path}: {_what(names)}; save the list as .xlsx or CSV first")
            _check_sizes(path, packed.infolist())
            _check_entities(path, packed)
    except _BROKEN as error:
        if isinstance(error, ListFileError):
            raise
        raise ListFileError(
            f"{path}: this Excel workbook or zip file is damaged ({error})"
        ) from error


def _what(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "this is a binary Excel workbook (.xlsb)"
    return "this is an OpenDocument file" if "content.xml" in names else "this is a zip file"


def _check_sizes(path: Path, members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(one.file_size for one in members)
    bomb = any(
        one.file_size > _SMALL and one.file_size > _MOST_RATIO * max(1, one.compress_size)
        for one in members
    )
    texts = sum(one.file_size for one in members if one.filename.endswith("sharedStrings.xml"))
    if bomb or unpacked > _MOST_UNPACKED or texts > _MOST_TEXTS:
        raise ListFileError(
            f"{path}: this Excel workbook would unpack to {unpacked >> 20} MB; "
            "save the list as CSV (UTF-8)"
        )


def _check_entities(path: Path, packed: zipfile.ZipFile) -> None:
    for one in packed.infolist():
        if one.filename.endswith((".xml", ".rels")):
            with packed.open(one) as part:
                head = part.read(_HEAD)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"\0" in head:
                raise ListFileError(f"{path}: this Excel workbook defines entities; save it as CSV")
