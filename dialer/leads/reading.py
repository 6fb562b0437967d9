"""A list file as batches of leads, read in this process or in one of its own.

Reading costs as much CPU as writing to the database, and one Python runs one thread at a time: a
big list is read beside the process that writes it.
"""

from __future__ import annotations

import asyncio
import gc
import re
import sys
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from dialer.compliance.zonewords import place_meant
from dialer.leads.columns import Columns, assigned
from dialer.leads.headers import is_opt_out
from dialer.leads.numbers import EMPTY, Check, NumberReader
from dialer.leads.source import ListFileError, Row
from dialer.leads.table import ListFile, open_list, read_table
from dialer.ports.new_leads import NewLeads
from dialer.ports.store import LeadNumber, NewLead

BATCH = 5000
BIG_BATCH = 40_000
MAX_NAME = 200
WITHOUT = "taken without {}"
# Below this, starting a process takes longer than reading.
ALONE_FROM_BYTES = 4 << 20
_LENGTH_BYTES = 4
_DIGIT = re.compile(r"[0-9]")
_EXTENSION = re.compile(r"[0-9]{1,7}(?:\.0)?")


class Job(Struct, frozen=True):
    """What to read, and how."""

    path: str
    import_id: str
    encoding: str | None
    mapping: Mapping[str, Sequence[str]]
    default_region: str | None
    check: Check
    batch: int = BATCH  # rows
    list_name: str = ""  # empty: the file's
    fields: Sequence[str] = ()  # of each column, as a person has said


class Head(Struct, frozen=True, tag=True):
    """What the file is."""

    columns: Columns
    encoding: str
    delimiter: str
    size: int


class OptOut(Struct, frozen=True, array_like=True):
    """Numbers of a person who asked not to be called, and in which words."""

    numbers: list[str]
    said: str


class Batch(Struct, frozen=True, tag=True):
    """Some rows of the list: the good ones with their leads, the bad ones with the reason.

    The good rows stay packed (`good_rows`): only those of duplicates are needed.
    """

    packed_rows: bytes
    leads: NewLeads
    bad: list[tuple[Row, str]]
    bytes_read: int
    told: list[tuple[int, str]] = []  # of the good ones: the index, and what was left out of it
    opted_out: list[OptOut] = []  # of the bad ones

    def good_rows(self, places: Iterable[int]) -> list[Row]:
        """The rows of `leads` at these places."""
        packed = msgspec.msgpack.decode(self.packed_rows, type=list[msgspec.Raw])
        return [msgspec.msgpack.decode(packed[place], type=Row) for place in places]


class Failed(Struct, frozen=True, tag=True):
    """The file cannot be read."""

    message: str


Frame = Head | Batch | Failed


def read_frames(job: Job) -> Iterator[Frame]:
    """The head, then the batches; or why the file cannot be read."""
    try:
        numbers = number_reader(job.default_region, job.check)
        with open_list(Path(job.path), encoding=job.encoding) as source:
            table = read_table(source, job.mapping, numbers)
            columns = assigned(table.columns.headers, job.fields) if job.fields else table.columns
            yield Head(columns, source.encoding, source.delimiter, source.size)
            name = job.list_name or Path(job.path).name
            reader = LeadReader(columns, numbers, name, job.import_id)
            while batch := _next_batch(islice(table.rows, job.batch), reader, source):
                yield batch
    except ListFileError as error:
        yield Failed(str(error))


def _next_batch(rows: Iterator[Row], reader: LeadReader, source: ListFile) -> Batch | None:
    good: list[Row] = []
    leads: list[NewLead] = []
    bad: list[tuple[Row, str]] = []
    told: list[tuple[int, str]] = []
    for row in rows:
        lead, reason = (None, row.damage) if row.damage else reader.read(row)
        if lead is None:
            bad.append((row, reason))
            continue
        if reason:
            told.append((len(good), reason))
        good.append(row)
        leads.append(lead)
    if not good and not bad:
        return None
    packed = msgspec.msgpack.encode(good)
    return Batch(
        packed, NewLeads.of(leads), bad, source.bytes_read(), told, reader.take_opted_out()
    )


async def frames_here(job: Job) -> AsyncGenerator[Frame, None]:
    """The frames, read in a thread of this process."""
    frames = read_frames(job)
    while (frame := await asyncio.to_thread(next, frames, None)) is not None:
        yield frame


async def frames_from_process(job: Job) -> AsyncGenerator[Frame, None]:
    """The frames, read in a process that ends with this iterator."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from dialer.leads.reading import main; main()",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 22,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(msgspec.json.encode(job))
        process.stdin.close()
        decoder = msgspec.msgpack.Decoder(Frame)
        while head := await process.stdout.read(_LENGTH_BYTES):
            head += await process.stdout.readexactly(_LENGTH_BYTES - len(head))
            yield decoder.decode(await process.stdout.readexactly(int.from_bytes(head, "big")))
        if await process.wait() != 0:
            raise ListFileError(f"{job.path}: reading stopped with status {process.returncode}")
    except asyncio.IncompleteReadError as error:
        raise ListFileError(f"{job.path}: reading was cut off") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def write_frames(job: Job, out: BinaryIO) -> None:
    """The other end of `frames_from_process`."""
    encoder = msgspec.msgpack.Encoder()
    for frame in read_frames(job):
        data = encoder.encode(frame)
        out.write(len(data).to_bytes(_LENGTH_BYTES, "big"))
        out.write(data)
        out.flush()


def number_reader(
    default_region: str | None, check: Check, *, labelled: bool = False
) -> NumberReader:
    """Raises ListFileError for a region that does not exist."""
    try:
        return NumberReader(default_region, check=check, labelled=labelled)
    except ValueError as error:
        raise ListFileError(str(error)) from error


class LeadReader:
    """Rows to leads, or to the reason why not."""

    def __init__(
        self, columns: Columns, numbers: NumberReader, list_name: str, import_id: str
    ) -> None:
        self._columns = columns
        self._width = len(columns.headers)
        self._numbers = numbers
        self._list_name = list_name
        self._import_id = import_id
        self._opted_out: list[OptOut] = []

    def take_opted_out(self) -> list[OptOut]:
        """Who of the rows read since the last time asked not to be called."""
        taken, self._opted_out = self._opted_out, []
        return taken

    def read(self, row: Row) -> tuple[NewLead | None, str]:
        """The lead and what of the row was left out; or None and why."""
        cells = row.cells
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        elif len(cells) > self._width and any(cells[self._width :]):
            return None, f"{len(cells)} fields where the header has {self._width}"
        numbers, reason, kept = self._read_numbers(cells)
        if self._columns.opt_out and (said := self._opt_out(cells)):
            return None, self._refused(said, numbers, reason)
        if not numbers:
            return None, reason
        try:
            return self._lead(row, cells, numbers, kept), reason
        except ValueError as error:
            return None, str(error)

    def _opt_out(self, cells: list[str]) -> str:
        """In which words a row says that its person must not be called; "" when it does not."""
        for index in self._columns.opt_out:
            if cells[index] and is_opt_out(cells[index]):
                return f"{self._columns.headers[index]}: {cells[index].strip()[:80]}"
        return ""

    def _refused(self, said: str, numbers: list[LeadNumber], reason: str) -> str:
        listed = [n.number for n in numbers]
        self._opted_out.append(OptOut(listed, said))
        if not listed:
            return f"asked not to be called ({said}), with a number that cannot be read: {reason}"
        more = f"; {reason}" if reason else ""
        return (
            f"asked not to be called ({said}): {', '.join(listed)} is on the do-not-call list{more}"
        )

    def _read_numbers(self, cells: list[str]) -> tuple[list[LeadNumber], str, dict[str, str]]:
        """The numbers; which number could not be read; what cells say beside numbers, by header."""
        numbers: list[LeadNumber] = []
        faults: list[tuple[str, str]] = []
        kept: dict[str, str] = {}
        for column, kind in self._columns.numbers:
            cell = cells[column]
            if not cell or cell.isspace():
                continue
            if plain := self._numbers.plainly(cell):
                if all(n.number != plain for n in numbers):
                    numbers.append(LeadNumber(plain, kind))
                continue
            found = self._numbers.read_all(cell)
            known = {n.number for n in numbers} if numbers else ()
            numbers += [
                LeadNumber(n.number, kind, extension=n.extension)
                for n in found.numbers
                if n.number not in known
            ]
            if found.reason:
                faults.append((self._columns.headers[column], found.reason))
            if found.rest or found.reason:
                kept[self._columns.headers[column]] = found.rest or cell.strip()
        if numbers and self._columns.extension is not None:
            numbers = _with_extension(numbers, cells[self._columns.extension].strip())
        if not faults:
            return numbers, "" if numbers else EMPTY, kept
        return numbers, _told(faults) if numbers else faults[0][1], kept

    def _lead(
        self, row: Row, cells: list[str], numbers: list[LeadNumber], kept: dict[str, str]
    ) -> NewLead:
        """Raises ValueError for a cell that cannot be."""
        columns = self._columns
        name = columns.joiner.join([cells[i].strip() for i in columns.names]).strip()
        if len(name) > MAX_NAME:
            raise ValueError(f"the name is {len(name)} characters long; {MAX_NAME} are allowed")
        timezone = _zone(cells, columns.timezone, numbers[0].number)
        priority = _priority(cells, columns.priority)
        language = cells[columns.language].strip().lower() if columns.language is not None else ""
        custom = {header: cell for i, header in columns.custom if (cell := cells[i].strip())}
        return NewLead(
            numbers=numbers,
            name=name,
            timezone=timezone,
            language=language or None,
            priority=priority,
            custom=custom | kept if kept else custom,
            list_name=self._list_name,
            import_id=self._import_id,
            import_row=row.number,
        )


def _with_extension(numbers: list[LeadNumber], cell: str) -> list[LeadNumber]:
    """The extension of a column of its own, at the first number; a whole number is none."""
    first, *others = numbers
    if first.extension or not _EXTENSION.fullmatch(cell):
        return numbers
    return [msgspec.structs.replace(first, extension=cell.removesuffix(".0")), *others]


def _told(faults: list[tuple[str, str]]) -> str:
    """Numbers that a row lost although another one saved it. Words for a number are no loss."""
    lost = [f"{header}: {reason}" for header, reason in faults if _DIGIT.search(reason)]
    return WITHOUT.format("; ".join(lost)) if lost else ""


def _zone(cells: list[str], column: int | None, number: str) -> str | None:
    """Raises UnknownZoneError, a ValueError, that says what to write."""
    word = cells[column].strip() if column is not None else ""
    return place_meant(word, number) if word else None


def _priority(cells: list[str], column: int | None) -> int:
    text = cells[column].strip() if column is not None else ""
    if not text:
        return 50
    if not (text.isascii() and text.isdigit() and int(text) <= 99):
        raise ValueError(f"priority {text[:10]!r} is not a number from 0 to 99")
    return int(text)


def main() -> None:
    """In the process of its own: the job comes on stdin, the frames go to stdout."""
    gc.disable()  # nothing here makes cycles, and looking for them takes a third of the time
    write_frames(msgspec.json.decode(sys.stdin.buffer.read(), type=Job), sys.stdout.buffer)
