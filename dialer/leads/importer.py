"""Lead lists into a campaign: good rows go in, bad ones to a report, nothing is lost or doubled.

A list that was cut off in the middle is simply imported again: what is in already is a duplicate.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from msgspec import Struct

from dialer.compliance.zones import UnknownZoneError, zone_named
from dialer.ids import new_id
from dialer.leads.columns import Columns, find_columns
from dialer.leads.numbers import Check, NumberReader
from dialer.leads.report import REPORT_HEADERS, Report, original
from dialer.leads.source import ListFileError, Row, Source
from dialer.ports.store import Duplicate, LeadNumber, NewLead, Store

BATCH = 5000
MAX_NAME = 200


class Progress(Struct, frozen=True):
    """Where an import stands, for a progress bar."""

    rows: int
    imported: int
    duplicates: int
    rejected: int
    bytes_done: int
    bytes_total: int


class ImportResult(Struct, frozen=True, kw_only=True):
    """`report_path` is None when every row went in; duplicates are in the report, too."""

    imported: int
    duplicates: int
    rejected: int
    report_path: Path | None
    rows: int
    seconds: float
    encoding: str
    delimiter: str
    columns: dict[str, list[str]]  # field: headers; all other columns are kept as custom fields


class Table(Struct, frozen=True):
    """The rows of a file below its header, and what its columns are."""

    columns: Columns
    rows: Iterator[Row]


class Batch(Struct, frozen=True):
    """Some rows of the list: the good ones with their leads, the bad ones with the reason."""

    rows: list[Row]
    leads: list[NewLead]
    bad: list[tuple[Row, str]]


OnProgress = Callable[[Progress], None]


async def import_leads(
    source: str | Path,
    campaign_id: str,
    store: Store,
    *,
    mapping: Mapping[str, Sequence[str]] | None = None,
    default_region: str | None = None,
    check: Check = "valid",
    encoding: str | None = None,
    report_path: str | Path | None = None,
    on_progress: OnProgress | None = None,
) -> ImportResult:
    """Import the list file `source`. Raises ListFileError for the file, StoreError for the store.

    `mapping` is field: column headers (see `columns.parse_map`); without it headers are recognised.
    """
    path = Path(source)
    numbers = number_reader(default_region, check)
    with Source(path, encoding=encoding) as opened:
        table = read_table(opened, mapping or {}, numbers)
        report_to = Path(report_path) if report_path else default_report(path)
        with Report(report_to, table.columns.headers) as report:
            job = _Import(campaign_id, store, table, numbers, report, list_name=path.name)
            await job.run(opened.bytes_read, opened.size, on_progress)
        return job.result(opened)


def default_report(source: Path) -> Path:
    """Beside the list: `spring.csv` gives `spring.rejected.csv`."""
    return source.with_name(f"{source.stem}.rejected.csv")


def number_reader(default_region: str | None, check: Check) -> NumberReader:
    """Raises ListFileError for a region that does not exist."""
    try:
        return NumberReader(default_region, check=check)
    except ValueError as error:
        raise ListFileError(str(error)) from error


def read_table(
    source: Source, mapping: Mapping[str, Sequence[str]], numbers: NumberReader
) -> Table:
    """Find header and columns. A first row that holds a phone number is no header."""
    rows = source.rows()
    first = next(rows, None)
    if first is None:
        raise ListFileError(f"{source.path}: the file is empty")
    if first.damage:
        raise ListFileError(f"{source.path}: the first line {first.damage}")
    if tuple(first.cells[: len(REPORT_HEADERS)]) == REPORT_HEADERS:
        return _report_table(first, rows, mapping)
    with_number = [i for i, cell in enumerate(first.cells) if numbers.read(cell)[0]]
    if not with_number:
        return Table(find_columns(first.cells, mapping), rows)
    headers = [f"column {i}" for i in range(1, len(first.cells) + 1)]
    columns = mapping or {"number": [headers[i] for i in with_number]}
    return Table(find_columns(headers, columns), _with_first(first, rows))


def _with_first(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def _report_table(header: Row, rows: Iterator[Row], mapping: Mapping[str, Sequence[str]]) -> Table:
    """A report that somebody has put right: without the columns and signs that it added."""
    skip = len(REPORT_HEADERS)
    columns = find_columns([original(cell) for cell in header.cells[skip:]], mapping)
    as_it_was = (
        Row(row.number, row.line, [original(cell) for cell in row.cells[skip:]], row.damage)
        for row in rows
    )
    return Table(columns, as_it_was)


class _Import:
    """One run of an import, and its counts."""

    def __init__(
        self,
        campaign_id: str,
        store: Store,
        table: Table,
        numbers: NumberReader,
        report: Report,
        *,
        list_name: str,
    ) -> None:
        self._campaign_id = campaign_id
        self._store = store
        self._rows = table.rows
        self._columns = table.columns
        self._report = report
        self._import_id = new_id()
        self._to_lead = LeadReader(
            table.columns, numbers, list_name=list_name, import_id=self._import_id
        )
        self._started = time.monotonic()
        self._seen = self._imported = self._duplicates = self._rejected = 0

    async def run(
        self, bytes_read: Callable[[], int], size: int, on_progress: OnProgress | None
    ) -> None:
        batch = await asyncio.to_thread(self._read_batch)
        while batch is not None:
            # The next rows are read while these are written.
            _, following = await asyncio.gather(
                self._write(batch), asyncio.to_thread(self._read_batch)
            )
            batch = following
            if on_progress is not None:
                on_progress(
                    Progress(
                        self._seen,
                        self._imported,
                        self._duplicates,
                        self._rejected,
                        bytes_read(),
                        size,
                    )
                )

    def result(self, source: Source) -> ImportResult:
        return ImportResult(
            imported=self._imported,
            duplicates=self._duplicates,
            rejected=self._rejected,
            report_path=self._report.path if self._report.count else None,
            rows=self._seen,
            seconds=time.monotonic() - self._started,
            encoding=source.encoding,
            delimiter=source.delimiter,
            columns=described(self._columns),
        )

    def _read_batch(self) -> Batch | None:
        """The next rows, judged; None at the end."""
        batch = Batch([], [], [])
        for row in islice(self._rows, BATCH):
            lead = row.damage or self._to_lead.read(row)
            if isinstance(lead, str):
                batch.bad.append((row, lead))
            else:
                batch.rows.append(row)
                batch.leads.append(lead)
        return batch if batch.rows or batch.bad else None

    async def _write(self, batch: Batch) -> None:
        bad = batch.bad
        self._rejected += len(bad)
        self._seen += len(bad) + len(batch.rows)
        if batch.leads:
            added = await self._store.leads.add(self._campaign_id, batch.leads, now=time.time())
            self._imported += len(added.lead_ids)
            self._duplicates += len(added.duplicates)
            bad += [(batch.rows[one.index], self._reason(one)) for one in added.duplicates]
        for row, reason in sorted(bad, key=lambda pair: pair[0].number):
            self._report.add(row.number, row.line, reason, row.cells)

    def _reason(self, duplicate: Duplicate) -> str:
        if duplicate.import_id == self._import_id:
            return f"duplicate of row {duplicate.import_row} ({duplicate.number})"
        return f"already in the campaign ({duplicate.number})"


class LeadReader:
    """Rows to leads, or to the reason why not."""

    def __init__(
        self, columns: Columns, numbers: NumberReader, *, list_name: str, import_id: str
    ) -> None:
        self._columns = columns
        self._width = len(columns.headers)
        self._numbers = numbers
        self._list_name = list_name
        self._import_id = import_id

    def read(self, row: Row) -> NewLead | str:
        cells = row.cells
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        elif len(cells) > self._width and any(cells[self._width :]):
            return f"{len(cells)} fields where the header has {self._width}"
        numbers, reason, kept = self._read_numbers(cells)
        return reason or self._lead(row, cells, numbers, kept)

    def _read_numbers(self, cells: list[str]) -> tuple[list[LeadNumber], str, dict[str, str]]:
        """The numbers, or the reason why there is none; and cells that held none beside others."""
        numbers: list[LeadNumber] = []
        reasons: list[str] = []
        kept: dict[str, str] = {}
        for column, kind in self._columns.numbers:
            cell = cells[column]
            if not cell or cell.isspace():
                continue
            found, why = self._numbers.read_all(cell)
            known = {n.number for n in numbers} if numbers else ()
            numbers += [LeadNumber(n, kind) for n in dict.fromkeys(found) if n not in known]
            if why:
                reasons.append(why)
                kept[self._columns.headers[column]] = cell.strip()
        if numbers:
            return numbers, "", kept
        return [], reasons[0] if reasons else "no number", kept

    def _lead(
        self, row: Row, cells: list[str], numbers: list[LeadNumber], kept: dict[str, str]
    ) -> NewLead | str:
        columns = self._columns
        name = columns.joiner.join([cells[i].strip() for i in columns.names]).strip()
        if len(name) > MAX_NAME:
            return f"the name is {len(name)} characters long; {MAX_NAME} are allowed"
        try:
            timezone = _zone(cells, columns.timezone)
            priority = _priority(cells, columns.priority)
        except ValueError as error:
            return str(error)
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


def _zone(cells: list[str], column: int | None) -> str | None:
    name = cells[column].strip() if column is not None else ""
    if not name:
        return None
    try:
        zone_named(name)
    except UnknownZoneError as error:
        raise ValueError(f"no time zone {name[:40]!r}; write Asia/Shanghai") from error
    return name


def _priority(cells: list[str], column: int | None) -> int:
    text = cells[column].strip() if column is not None else ""
    if not text:
        return 50
    if not (text.isascii() and text.isdigit() and int(text) <= 99):
        raise ValueError(f"priority {text[:10]!r} is not a number from 0 to 99")
    return int(text)


def described(columns: Columns) -> dict[str, list[str]]:
    """For people: which headers were taken for what."""
    single = {"timezone": columns.timezone, "language": columns.language}
    single["priority"] = columns.priority
    found = {field: [columns.headers[i]] for field, i in single.items() if i is not None}
    return {
        "number": [columns.headers[i] for i, _ in columns.numbers],
        "name": [columns.headers[i] for i in columns.names],
        **found,
        "custom": [header for _, header in columns.custom],
    }
