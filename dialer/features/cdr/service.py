"""Call detail records as a stream of text, page by page."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator

from msgspec.structs import replace

from dialer.log import mask_number
from dialer.ports.cdr import Cdr
from dialer.store.export import COLUMNS, csv_fields, json_line
from dialer.words import ExportFormat

#: Lines that go out together: fewer would cost a packet each.
_LINES = 500
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


async def as_text(
    records: AsyncIterator[Cdr], form: ExportFormat, *, masked: bool = False
) -> AsyncIterator[str]:
    """The export in portions; a CSV begins with its header line, even when there is no record."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if form == "csv":
        writer.writerow(COLUMNS)
    count = 0
    async for record in records:
        shown = _masked(record) if masked else record
        if form == "csv":
            writer.writerow(csv_fields(shown))
        else:
            out.write(json_line(shown) + "\n")
        count += 1
        if count % _LINES == 0:
            yield _taken(out)
    yield _taken(out)


def _masked(record: Cdr) -> Cdr:
    return replace(record, number=mask_number(record.number))


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text
