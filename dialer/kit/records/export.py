"""Records as a file, in portions: a list of a million rows never stands in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import msgspec

from dialer.cells import harmless
from dialer.ports.records import Record
from dialer.words import ExportFormat

#: Lines that go out together.
_LINES = 500
MEDIA_TYPES: Final = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
#: By this spreadsheets know UTF-8, in which names in Chinese are written.
_BOM = "\ufeff"


async def as_text(
    records: AsyncIterator[Record], columns: Sequence[str], form: ExportFormat
) -> AsyncIterator[str]:
    """A CSV begins with its header line, even when there is no record."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if form == "csv":
        out.write(_BOM)
        writer.writerow(columns)
    count = 0
    async for record in records:
        plain = msgspec.to_builtins(record)
        if form == "csv":
            writer.writerow([_cell(plain[name]) for name in columns])
        else:
            out.write(msgspec.json.encode({it: plain[it] for it in columns}).decode() + "\n")
        count += 1
        if count % _LINES == 0:
            yield _taken(out)
    yield _taken(out)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        return harmless(msgspec.json.encode(value).decode())
    return harmless(str(value))


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text
