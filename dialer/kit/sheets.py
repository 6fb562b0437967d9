"""Rows into a file that a spreadsheet opens, one by one: a million need no more memory than ten.

Run as a program it reads a `Job` and then rows, JSON each on a line, from its standard input: so
whoever serves calls only hands rows over, and another process, which gives way to all others, does
the work.
"""

from __future__ import annotations

import csv
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import msgspec

from dialer.cells import harmless
from dialer.kit.data_files import JsonFile, ParquetFile
from dialer.kit.sheet import Cell, Heading, Job, Kind, Sheet, Writer
from dialer.words import SheetFormat
from dialer.zonedata import zone_named

__all__ = ["Cell", "Heading", "Job", "Kind", "Sheet", "Writer", "headings", "kind_of", "write"]

#: A sheet of a workbook has no more, its heading included.
MOST_ROWS = 1_048_576
#: A cell of a workbook has no more signs.
MOST_SIGNS = 32_767
_MOMENT = "%Y-%m-%d %H:%M:%S"
#: Signs that XML cannot carry.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
#: Signs that the name of a sheet cannot have.
_UNNAMEABLE = re.compile(r"[\[\]:*?/\\'\s]")
#: Of a column, in signs.
_WIDTHS: dict[Kind, float] = {"text": 20, "moment": 20}
_WIDTH = 12.0
#: As `nice` has it: behind whatever answers calls.
GIVES_WAY = 15


def kind_of(name: str) -> Kind:
    """Of a field, by how fields are named here."""
    if name.endswith("_at"):
        return "moment"
    return "seconds" if name.endswith("_seconds") else "text"


def headings(names: Iterable[str]) -> tuple[Heading, ...]:
    """Fields under their own names, for programs and for whoever knows them."""
    return tuple(Heading(name, kind_of(name)) for name in names)


def opened(path: Path, form: SheetFormat, sheet: Sheet) -> Writer:
    """The file with its headings. Raises OSError."""
    # Nobody else's: it may be full of people's numbers.
    out = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    if form == "xlsx":
        return _Workbook(out, path.parent, sheet)
    if form == "parquet":
        out.close()
        return ParquetFile(path, sheet)
    return _Csv(out, sheet) if form == "csv" else JsonFile(out, sheet)


class _Csv:
    """UTF-8 with the mark by which spreadsheets know it."""

    def __init__(self, out: IO[bytes], sheet: Sheet) -> None:
        import io  # noqa: PLC0415

        self._out = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", errors="replace")
        self._rows = csv.writer(self._out)
        self._zone = zone_named(sheet.zone)
        self._kinds = [it.kind for it in sheet.columns]
        for word, says in sheet.about:
            self._rows.writerow([harmless(f"# {word}"), harmless(says)])
        self._rows.writerow([harmless(it.title) for it in sheet.columns])

    def row(self, cells: Sequence[Cell]) -> None:
        pairs = zip(self._kinds, cells, strict=True)
        self._rows.writerow([self._text(kind, cell) for kind, cell in pairs])

    def close(self) -> None:
        self._out.close()

    def _text(self, kind: Kind, cell: Cell) -> str | int | float:
        if cell is None or cell == "":
            return ""
        if isinstance(cell, str):
            return harmless(cell)
        if kind == "moment":
            return datetime.fromtimestamp(cell, self._zone).strftime(_MOMENT)
        return round(cell, 3) if kind == "seconds" else cell


class _Workbook:
    """XLSX. What is written waits on disk beside the file, never in memory."""

    def __init__(self, out: IO[bytes], folder: Path, sheet: Sheet) -> None:
        from openpyxl import Workbook  # noqa: PLC0415

        # Until it is closed: the process may have other things to put into the machine's folder.
        self._tempdir, tempfile.tempdir = tempfile.tempdir, str(folder)
        self._out, self._sheet, self._zone = out, sheet, zone_named(sheet.zone)
        self._kinds = [it.kind for it in sheet.columns]
        self._book: Any = Workbook(write_only=True)
        self._pages = 0
        if sheet.about:
            self._say()
        self._begin()

    def row(self, cells: Sequence[Cell]) -> None:
        if self._count == MOST_ROWS:
            self._begin()
        pairs = zip(self._kinds, cells, strict=True)
        self._page.append([self._value(kind, cell) for kind, cell in pairs])
        self._count += 1

    def close(self) -> None:
        try:
            with self._out:
                self._book.save(self._out)
        finally:
            tempfile.tempdir = self._tempdir

    def _say(self) -> None:
        """The first sheet, on what the others are."""
        page = self._book.create_sheet(_named(self._sheet.about_title))
        page.column_dimensions["A"].width, page.column_dimensions["B"].width = 24, 90
        for word, says in self._sheet.about:
            page.append([_bold(page, word), _writable(says)])

    def _begin(self) -> None:
        """A sheet more, with the headings in bold and in sight."""
        from openpyxl.utils import get_column_letter  # noqa: PLC0415

        self._pages += 1
        title = _named(self._sheet.title)
        self._page = self._book.create_sheet(
            title if self._pages == 1 else f"{title} {self._pages}"
        )
        self._page.freeze_panes = "A2"
        for at, kind in enumerate(self._kinds, 1):
            self._page.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(kind, _WIDTH)
        self._page.append([_bold(self._page, it.title) for it in self._sheet.columns])
        self._count = 1

    def _value(self, kind: Kind, cell: Cell) -> Any:
        if cell is None or cell == "":
            return None
        if isinstance(cell, str):
            return _writable(cell)
        if kind == "moment":
            # A workbook's times have no zone; they are those of the sheet's.
            return datetime.fromtimestamp(int(cell), self._zone).replace(tzinfo=None)
        if kind == "share":
            return _percent(self._page, cell)
        return round(cell, 3) if kind == "seconds" else cell


def _named(title: str) -> str:
    return _UNNAMEABLE.sub(" ", _UNWRITABLE.sub("", title))[:25].strip() or "Sheet"


def _bold(page: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    cell = WriteOnlyCell(page, _writable(text))
    cell.font = Font(bold=True)
    return cell


def _percent(page: Any, value: float) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    cell = WriteOnlyCell(page, value)
    cell.number_format = "0.0%"
    return cell


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", harmless(text))[:MOST_SIGNS]


def write(lines: Iterable[bytes]) -> int:
    """Do the job on the first line with the rows on the others; how many there were."""
    its = iter(lines)
    job = msgspec.json.decode(next(its), type=Job)
    rows = msgspec.json.Decoder(list[Cell])
    writer = opened(Path(job.path), job.form, job.sheet)
    count = 0
    for line in its:
        writer.row(rows.decode(line))
        count += 1
    writer.close()
    return count


if __name__ == "__main__":
    os.nice(GIVES_WAY)
    try:
        write(sys.stdin.buffer)
    except OSError as error:
        sys.exit(f"{error.strerror or error}")
