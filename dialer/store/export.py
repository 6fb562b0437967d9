"""Call detail records as CSV and JSON lines, exactly as other programs expect them."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, TextIO

from dialer.cells import harmless
from dialer.ports.cdr import Cdr
from dialer.words import ExportFormat

COLUMNS = Cdr.__struct_fields__


async def export_cdrs(records: AsyncIterator[Cdr], out: TextIO, format_: ExportFormat) -> int:
    """Write `records` to `out`, one line each (CSV with a header line); returns how many."""
    count = 0
    if format_ == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        async for record in records:
            writer.writerow(csv_fields(record))
            count += 1
        return count
    async for record in records:
        out.write(json_line(record) + "\n")
        count += 1
    return count


def csv_fields(record: Cdr) -> list[str]:
    """The fields of a CSV line: what did not happen is empty, and a spreadsheet runs nothing."""
    return [harmless(_text(name, getattr(record, name))) for name in COLUMNS]


def json_line(record: Cdr) -> str:
    """One JSON object; what did not happen is null, durations are numbers with three decimals."""
    pairs = (f'"{name}": {_json(name, getattr(record, name))}' for name in COLUMNS)
    return "{" + ", ".join(pairs) + "}"


def _json(name: str, value: Any) -> str:
    is_duration = name.endswith("_seconds") and value is not None
    return _text(name, value) if is_duration else json.dumps(_value(name, value))


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if name.endswith("_seconds") else str(_value(name, value))


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    return iso_ms(value) if name.endswith("_at") else value


def iso_ms(at: float) -> str:
    """Unix seconds as ISO 8601 in UTC with milliseconds: 2026-01-31T09:30:00.250Z."""
    milliseconds = round(at * 1000)
    whole = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
