"""What commands print: one JSON document, or plain tables and lines."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

import typer


def print_json(value: Any) -> None:
    """The one document of --json."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Columns as wide as they need; what is None is a dash."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [
        max(_width(text) for text in (header, *(row[at] for row in cells)))
        for at, header in enumerate(headers)
    ]
    for row in ([header.upper() for header in headers], *cells):
        line = "  ".join(text + " " * (widths[at] - _width(text)) for at, text in enumerate(row))
        typer.echo(line.rstrip())


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, dict):
        return " ".join(f"{key}={item}" for key, item in value.items()) or "-"
    return str(value)


def _width(text: str) -> int:
    """Columns on a terminal: Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def percent(rate: float | None) -> str:
    return "-" if rate is None else f"{rate * 100:.1f} %"
