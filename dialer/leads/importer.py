"""Lead lists into a campaign: good rows go in, bad ones to a report, nothing is lost or doubled.

A list that was cut off in the middle is simply imported again: what is in already is a duplicate.
"""

from __future__ import annotations

import gc
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from pathlib import Path

from msgspec import Struct

from dialer.ids import new_id
from dialer.leads.columns import Columns
from dialer.leads.numbers import Check
from dialer.leads.reading import (
    ALONE_FROM_BYTES,
    BATCH,
    BIG_BATCH,
    Batch,
    Failed,
    Frame,
    Head,
    Job,
    OptOut,
    frames_from_process,
    frames_here,
)
from dialer.leads.report import Report
from dialer.leads.source import ListFileError, Row
from dialer.ports.new_leads import NewLeads
from dialer.ports.scope import everything
from dialer.ports.store import DncEntry, Duplicate, Store
from dialer.words import CampaignState


class Progress(Struct, frozen=True):
    """Where an import stands, for a progress bar."""

    rows: int
    imported: int
    duplicates: int
    rejected: int
    bytes_done: int
    bytes_total: int
    warned: int = 0
    opted_out: int = 0


class ImportResult(Struct, frozen=True, kw_only=True):
    """`report_path` is None when every row went in whole; duplicates are in the report, too.

    `warned` rows went in without one of their numbers. `opted_out` ones are among the rejected:
    who asked not to be called is on the do-not-call list instead.
    """

    imported: int
    duplicates: int
    rejected: int
    report_path: Path | None
    rows: int
    seconds: float
    encoding: str
    delimiter: str
    columns: dict[str, list[str]]  # field: headers; all other columns are kept as custom fields
    warned: int = 0
    opted_out: int = 0
    first_fault: str = ""  # of the rejected rows


#: Without the number: a report is kept as well.
ERASED = "erased at this person's wish; 'dialer dnc remove' lets the number in again"
DUPLICATE = "duplicate of row {} ({})"
KNOWN = "already in the campaign ({})"
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
    import_id: str = "",
    list_name: str = "",
    fields: Sequence[str] = (),
) -> ImportResult:
    """Import the list file `source`. Raises ListFileError for the file, StoreError for the store.

    `mapping` is field: column headers (see `columns.parse_map`); without it headers are recognised.
    `fields` says of each column of the list so found what it is. `list_name`: the file's, if empty.
    What `on_progress` raises ends the import where it stands.
    """
    batch = await _batch_size(store)
    job = Job(
        path=str(source),
        import_id=import_id or new_id(),
        encoding=encoding,
        mapping=mapping or {},
        default_region=default_region,
        check=check,
        batch=batch,
        list_name=list_name,
        fields=fields,
    )
    with _patient_collector():
        return await _import(job, campaign_id, store, report_path, on_progress)


async def _import(
    job: Job,
    campaign_id: str,
    store: Store,
    report_path: str | Path | None,
    on_progress: OnProgress | None,
) -> ImportResult:
    path = Path(job.path)
    started = time.monotonic()
    async with aclosing(_frames(job)) as frames:
        head = await anext(frames)
        if not isinstance(head, Head):
            raise ListFileError(head.message if isinstance(head, Failed) else f"{path}: no header")
        report_to = Path(report_path) if report_path else default_report(path)
        with Report(report_to, head.columns.headers) as report:
            source = job.list_name or path.name
            counts = _Import(campaign_id, store, report, job.import_id, source)
            async for frame in frames:
                await counts.take(frame, head.size, on_progress)
    return ImportResult(
        imported=counts.imported,
        duplicates=counts.duplicates,
        rejected=counts.rejected,
        report_path=report.path if report.count else None,
        rows=counts.rows,
        seconds=time.monotonic() - started,
        encoding=head.encoding,
        delimiter=head.delimiter,
        columns=described(head.columns),
        warned=counts.warned,
        opted_out=counts.opted_out,
        first_fault=counts.first_fault,
    )


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Look for cycles less often: rows make none, and looking took a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def _batch_size(store: Store) -> int:
    """Rows per transaction: few while calls are made, for SQLite's one writer is the engine's too.

    Many otherwise: the index of numbers is written all over by every transaction, however small.
    """
    running = any(
        c.state == CampaignState.RUNNING
        for c in await store.campaigns.list(everything("does any run"))
    )
    return BATCH if running else BIG_BATCH


def _frames(job: Job) -> AsyncGenerator[Frame, None]:
    path = Path(job.path)
    big = path.is_file() and path.stat().st_size >= ALONE_FROM_BYTES
    return frames_from_process(job) if big else frames_here(job)


def default_report(source: Path) -> Path:
    """Beside the list: `spring.csv` gives `spring.rejected.csv`."""
    return source.with_name(f"{source.stem}.rejected.csv")


class _Import:
    """One run of an import, and its counts."""

    def __init__(
        self, campaign_id: str, store: Store, report: Report, import_id: str, source: str
    ) -> None:
        self._source = source
        self._campaign_id = campaign_id
        self._store = store
        self._report = report
        self._import_id = import_id
        self.rows = self.imported = self.duplicates = self.rejected = 0
        self.warned = self.opted_out = 0
        self.first_fault = ""

    async def take(self, frame: Frame, size: int, on_progress: OnProgress | None) -> None:
        if isinstance(frame, Failed):
            raise ListFileError(frame.message)
        assert isinstance(frame, Batch)
        await self._write(frame)
        if on_progress is not None:
            counts = (self.rows, self.imported, self.duplicates, self.rejected)
            more = (frame.bytes_read, size, self.warned, self.opted_out)
            on_progress(Progress(*counts, *more))

    async def _write(self, batch: Batch) -> None:
        left_out: list[tuple[Row, str]] = list(batch.bad)
        self.rejected += len(batch.bad)
        self.rows += len(batch.bad) + len(batch.leads)
        if batch.bad and not self.first_fault:
            row, reason = batch.bad[0]
            self.first_fault = f"row {row.number}: {reason}"
        if batch.opted_out:
            await self._refuse(batch.opted_out)
        if len(batch.leads):
            left_out += await self._add(batch)
        for row, reason in sorted(left_out, key=lambda pair: pair[0].number):
            self._report.add(row.number, row.line, reason, row.cells)

    async def _refuse(self, opted_out: Sequence[OptOut]) -> None:
        """Nobody calls them from this list or another, as the gate asks before every dial."""
        self.opted_out += len(opted_out)
        now = time.time()
        entries = [
            DncEntry(number=number, reason=one.said, source=self._source, added_at=now)
            for one in opted_out
            for number in one.numbers
        ]
        await self._store.dnc.add(entries)

    async def _add(self, batch: Batch) -> list[tuple[Row, str]]:
        """The rows that did not go in, or not whole."""
        erased = await self._erased(batch.leads)
        wanted = [i for i in range(len(batch.leads)) if i not in erased]
        leads = (
            [it for i, it in enumerate(batch.leads) if i not in erased] if erased else batch.leads
        )
        added = await self._store.leads.add(self._campaign_id, leads, now=time.time())
        self.imported += len(added.lead_ids)
        self.duplicates += len(added.duplicates)
        self.rejected += len(erased)
        left_out = {wanted[one.index]: self._reason(one) for one in added.duplicates}
        left_out.update(dict.fromkeys(sorted(erased), ERASED))
        told = {index: reason for index, reason in batch.told if index not in left_out}
        self.warned += len(told)
        reasons = left_out | told
        return list(zip(batch.good_rows(reasons), reasons.values(), strict=True))

    async def _erased(self, leads: NewLeads) -> set[int]:
        """Who asked to be erased is not put in again by the next list that still has them."""
        erased = await self._store.people.erased(leads.number)
        if not erased:
            return set()
        return {i for i, lead in enumerate(leads) if any(n.number in erased for n in lead.numbers)}

    def _reason(self, duplicate: Duplicate) -> str:
        if duplicate.import_id == self._import_id:
            return DUPLICATE.format(duplicate.import_row, duplicate.number)
        return KNOWN.format(duplicate.number)


def described(columns: Columns) -> dict[str, list[str]]:
    """For people: which headers were taken for what."""
    single = {"timezone": columns.timezone, "language": columns.language}
    single |= {"priority": columns.priority, "extension": columns.extension}
    found = {field: [columns.headers[i]] for field, i in single.items() if i is not None}
    return {
        "number": [columns.headers[i] for i, _ in columns.numbers],
        "name": [columns.headers[i] for i in columns.names],
        **found,
        **({"opt_out": [columns.headers[i] for i in columns.opt_out]} if columns.opt_out else {}),
        "custom": [header for _, header in columns.custom],
    }
