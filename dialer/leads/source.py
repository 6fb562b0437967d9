"""A list file as rows of text: its encoding and delimiter are found out, its damage is contained.

One damaged place must cost one row: a quote that is never closed would otherwise swallow the rest
of the file.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from msgspec import Struct

_CHUNK = 1 << 20
_SAMPLE = 64 * 1024
# A quoted field may hold line breaks: notes do. Longer than this, a quote was forgotten.
_MAX_RECORD_LINES = 50
MAX_FIELD = 32_768
# A line without an end must not fill the memory: it comes in pieces, each too long for a field.
_MAX_LINE = 1 << 20
TOO_LONG_FIELD = f"a field is longer than {MAX_FIELD} characters"
UNCLOSED = "a quote is opened and never closed"
_DELIMITERS = (",", ";", "\t", "|")
_MAGIC = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls), or one with a password",
    b"%PDF": "a PDF file",
}
#: How a workbook of today begins, as every zip file does.
ZIP_MAGIC = b"PK\x03\x04"
# Excel's own first line for the delimiter; Excel does not show it.
_SEP_LINE = re.compile(r'"?sep=(.)"?[^\S\r\n]*(?:\r\n|\n|\r)', re.IGNORECASE)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_LETTER = rb"[\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xc0-\xd6\xd8-\xf6\xf8-\xff]"  # of Windows-1252
_WESTERN_LETTER = re.compile(
    rb"(?<=[A-Za-z])%b(?![\x80-\xff])|(?<![\x80-\xff])%b(?=[A-Za-z])" % (_LETTER, _LETTER)
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class ListFileError(ValueError):
    """The file as a whole cannot be read; the message says what is wrong and what to do."""


class Row(Struct, frozen=True, array_like=True):
    """One record. `number` counts records from 1, the header too, as a spreadsheet does."""

    number: int
    line: int
    cells: list[str]
    damage: str = ""  # why it cannot be used, if so


class Source:
    """An open list file. Raises ListFileError when it cannot be opened or is no text."""

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        self.path = path
        self._text: io.TextIOWrapper | None = None
        try:
            self.size = path.stat().st_size
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise ListFileError(f"{path}: {error.strerror or error}") from error
        try:
            self.encoding = encoding or _encoding_of(self._file, path)
            self._file.seek(0)
            sample = self._decoded(self._file.read(_SAMPLE)).removeprefix("\ufeff")
            said = _SEP_LINE.match(sample)
            self.delimiter = said[1] if said else delimiter_of(sample)
            self._skips = 1 if said else 0  # lines
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The text layer first: left to itself it would try to close a file that is gone.
        if self._text is not None:
            self._text.close()
        self._file.close()

    def bytes_read(self) -> int:
        return self._file.tell()

    def tables(self) -> Iterator[Iterator[Row]]:
        """One: every record that is not blank, from the first."""
        yield self.rows()

    def rows(self) -> Iterator[Row]:
        """Every record that is not blank, from the first below Excel's `sep=`."""
        self._file.seek(0)
        # Undecodable bytes become U+FFFD, which condemns their row and no other.
        # Kept: it closes the file when nobody refers to it any more.
        self._text = text = io.TextIOWrapper(
            self._file, self.encoding, errors="replace", newline=""
        )
        lines = iter(partial(text.readline, _MAX_LINE), "")
        return read_rows(islice(lines, self._skips, None), self.delimiter, 1 + self._skips)

    def _decoded(self, sample: bytes) -> str:
        try:
            return codecs.getincrementaldecoder(self.encoding)(errors="replace").decode(sample)
        except LookupError as error:
            raise ListFileError(f"no encoding {self.encoding!r}") from error


def _encoding_of(file: BinaryIO, path: Path) -> str:
    head = file.read(_SAMPLE)
    if not head.strip():
        raise ListFileError(f"{path}: the file is empty")
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            raise ListFileError(
                f"{path}: this is {kind}; save the list as .xlsx or CSV (UTF-8) first"
            )
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    if utf16 := _utf16_without_bom(head):
        return utf16
    errors = {name: _decoding_errors(file, name) for name in ("utf-8", "gb18030")}
    if errors["utf-8"] and _looks_western(file):
        raise ListFileError(
            f"{path}: not UTF-8, but most likely Western European text (Latin-1, Windows-1252): "
            "import it with --encoding cp1252, or save it as UTF-8 first"
        )
    return min(errors, key=lambda name: errors[name])


def _looks_western(file: BinaryIO) -> bool:
    """Whether bytes beyond ASCII stand alone among letters, as in `M\\xfcller`.

    GB18030 would decode that without a complaint, and to nonsense: nearly all of its own come in
    pairs.
    """
    file.seek(0)
    runs = western = 0
    while chunk := file.read(_CHUNK):
        runs += len(_BEYOND_ASCII.findall(chunk))
        western += len(_WESTERN_LETTER.findall(chunk))
    return western > 0.8 * runs


def _utf16_without_bom(head: bytes) -> str | None:
    """UTF-16 shows by its zero bytes: in Western text and in line ends every second one."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    many = len(head) // 2 // 10
    if max(even, odd) <= many or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _decoding_errors(file: BinaryIO, encoding: str) -> int:
    """How many places of the whole file are not of this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    file.seek(0)
    errors = 0
    while chunk := file.read(_CHUNK):
        errors += decoder.decode(chunk).count("\ufffd")
    return errors + decoder.decode(b"", final=True).count("\ufffd")


def delimiter_of(sample: str) -> str:
    """The sign that splits most of the first lines into the same number of fields, and into most.

    Not all of them: titles stand above the header of many a list.
    """
    lines = [line for line in sample.splitlines()[:20] if line.strip()]
    if len(sample) > _SAMPLE // 4:
        lines = lines[:-1] or lines  # the last one may be cut

    def fitness(delimiter: str) -> tuple[float, int]:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        several = Counter({fields: often for fields, often in counts.items() if fields > 1})
        if not several:
            return 0.0, 1
        fields, often = max(several.items(), key=lambda pair: (pair[1], pair[0]))
        return often / counts.total(), fields

    return max(_DELIMITERS, key=fitness) if lines else ","


def read_rows(lines: Iterator[str], delimiter: str, first_line: int = 1) -> Iterator[Row]:
    """Records of CSV text; `lines` keep their ends."""
    feed = _Feed(lines, first_line)
    number = 0
    while True:
        reader = csv.reader(feed, delimiter=delimiter)
        try:
            for cells in reader:
                number += 1
                line, raw = feed.record()
                if cells and not "".join(cells).isspace() and any(cells):
                    yield Row(number, line, cells, _damage(cells, raw))
            return
        except (_UnclosedQuoteError, csv.Error):
            number += 1
            line, broken = feed.give_back_all_but_first()
            cells = [cell.strip('"\r\n') for cell in broken.split(delimiter)]
            too_long = len(broken) > MAX_FIELD
            yield Row(number, line, cells, TOO_LONG_FIELD if too_long else UNCLOSED)


def _damage(cells: list[str], raw: list[str]) -> str:
    text = raw[0] if len(raw) == 1 else "".join(raw)
    if "\0" in text:
        return "contains NUL bytes"
    if "\ufffd" in text:
        return "contains characters that cannot be decoded"
    if len(text) > MAX_FIELD and max(map(len, cells)) > MAX_FIELD:
        return TOO_LONG_FIELD
    return ""


class _UnclosedQuoteError(Exception):
    pass


class _Feed:
    """Hands lines to a csv reader and remembers those of the record it is reading."""

    def __init__(self, lines: Iterator[str], first_line: int) -> None:
        self._lines = lines
        self._again: list[str] = []
        self._held: list[str] = []
        self._next_line = first_line

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        held = self._held
        if len(held) >= _MAX_RECORD_LINES:
            raise _UnclosedQuoteError
        line = self._again.pop() if self._again else next(self._lines, None)
        if line is None:
            # At the end of the file the reader would take an open quote for closed.
            if held:
                raise _UnclosedQuoteError
            raise StopIteration
        held.append(line)
        return line

    def record(self) -> tuple[int, list[str]]:
        """The first line's number and the lines of the record just read."""
        held, self._held = self._held, []
        first = self._next_line
        self._next_line += len(held)
        return first, held

    def give_back_all_but_first(self) -> tuple[int, str]:
        """After a broken record: its first line; the others will be read again."""
        held = self._held
        self._again.extend(reversed(held[1:]))
        self._held = held[:1]
        line, kept = self.record()
        return line, kept[0] if kept else ""


def plain(text: str) -> str:
    """For comparing headers: one width, one case, no blanks, dashes or underscores."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())
