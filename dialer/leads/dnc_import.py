"""A file of numbers onto the do-not-call list."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from dialer.leads.importer import (
    ImportResult,
    OnProgress,
    Progress,
    default_report,
    described,
)
from dialer.leads.numbers import EMPTY, Check, NumberReader
from dialer.leads.reading import BATCH, number_reader
from dialer.leads.report import Report
from dialer.leads.source import Row
from dialer.leads.table import ListFile, Table, open_list, read_table
from dialer.ports.dnc import DncChange
from dialer.ports.store import DncEntry, Store

# A number on such a list is refused even where a numbering plan does not know it.
_CHECK: Check = "possible"


async def import_dnc(
    source: str | Path,
    store: Store,
    *,
    mapping: Mapping[str, Sequence[str]] | None = None,
    default_region: str | None = None,
    reason: str = "",
    expires_at: float | None = None,
    encoding: str | None = None,
    report_path: str | Path | None = None,
    on_progress: OnProgress | None = None,
    change: DncChange | None = None,
) -> ImportResult:
    """Add every number of the file. A row of which anything could not be read goes to the report.

    Raises ListFileError, StoreError. `duplicates` counts numbers that were on the list already.
    `rejected` rows are not on the list as a whole: their people may still be called.
    """
    path = Path(source)
    numbers = number_reader(default_region, _CHECK, labelled=True)
    started = time.monotonic()
    with open_list(path, encoding=encoding) as opened:
        table = read_table(opened, mapping or {}, numbers)
        report_to = Path(report_path) if report_path else default_report(path)
        with Report(report_to, table.columns.headers) as report:

            def entry(number: str) -> DncEntry:
                return DncEntry(
                    number=number,
                    reason=reason,
                    source=path.name,
                    added_at=time.time(),
                    expires_at=expires_at,
                )

            job = _Job(table, numbers, report, entry, change)
            await job.run(store, opened, on_progress)
        return ImportResult(
            imported=job.added,
            duplicates=job.known,
            rejected=job.rejected,
            report_path=report.path if report.count else None,
            rows=job.seen,
            seconds=time.monotonic() - started,
            encoding=opened.encoding,
            delimiter=opened.delimiter,
            columns=described(table.columns),
            first_fault=job.first_fault,
        )


def dnc_fault(result: ImportResult) -> str:
    """One line where the list does not hold all that the file says; "" where it does."""
    if not result.rejected:
        return ""
    return (
        f"{result.rejected} of {result.rows} rows are not, or not wholly, on the do-not-call list: "
        f"these people may be called ({result.first_fault}); "
        f"correct {result.report_path} and import it"
    )


class _Job:
    def __init__(
        self,
        table: Table,
        numbers: NumberReader,
        report: Report,
        entry: Callable[[str], DncEntry],
        change: DncChange | None,
    ) -> None:
        self._table = table
        self._numbers = numbers
        self._report = report
        self._entry = entry
        self._change = change
        self.seen = self.added = self.known = self.rejected = 0
        self.first_fault = ""

    async def run(self, store: Store, source: ListFile, on_progress: OnProgress | None) -> None:
        while (entries := await asyncio.to_thread(self._read_batch)) is not None:
            added = await store.dnc.add(entries, self._change)
            self.added += added
            self.known += len(entries) - added
            if on_progress is not None:
                on_progress(
                    Progress(
                        self.seen,
                        self.added,
                        self.known,
                        self.rejected,
                        source.bytes_read(),
                        source.size,
                    )
                )

    def _read_batch(self) -> list[DncEntry] | None:
        rows = list(islice(self._table.rows, BATCH))
        self.seen += len(rows)
        return [entry for row in rows for entry in self._entries(row)] if rows else None

    def _entries(self, row: Row) -> list[DncEntry]:
        numbers: list[str] = []
        reason = row.damage
        for column, _ in self._table.columns.numbers:
            cell = row.cells[column] if column < len(row.cells) else ""
            if row.damage or not cell.strip():
                continue
            found = self._numbers.read_all(cell)
            numbers += [one.number for one in found.numbers]
            reason = reason or found.reason
        # One bad number beside a good one: the good one counts, the row is reported all the same.
        if reason or not numbers:
            self.rejected += 1
            reason = reason or EMPTY
            self.first_fault = self.first_fault or f"row {row.number}: {reason}"
            self._report.add(row.number, row.line, reason, row.cells)
        return [self._entry(number) for number in dict.fromkeys(numbers)]
