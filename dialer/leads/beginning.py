"""The beginning of a list: what its columns seem to be, and its first rows as they would be taken.

For whoever is asked before a file goes in. The list itself is found as the importer finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from msgspec import Struct

from dialer.leads.columns import assigned, guesses
from dialer.leads.reading import LeadReader, number_reader
from dialer.leads.source import ListFileError, Row
from dialer.leads.table import Table, headers_of, open_list, read_table
from dialer.ports.store import NewLead

_EXAMPLES = 3
_LONGEST_EXAMPLE = 60
FIRST_ROWS = 20


class SeenColumn(Struct, frozen=True):
    name: str
    examples: list[str]
    guess: str  # one of `columns.FIELDS`


class Beginning(Struct, frozen=True):
    """`has_numbers`: the importer finds the list, and a column of numbers in it, by itself."""

    columns: list[SeenColumn]
    encoding: str
    has_numbers: bool


class SeenRow(Struct, frozen=True):
    """One row. `lead` None: it would not go in. `reason`: why not, or what would be left out."""

    row: int
    lead: NewLead | None
    reason: str
    cells: list[str]


def beginning(path: Path, *, region: str | None, encoding: str | None) -> Beginning:
    """Raises ListFileError for a file that is no table."""
    numbers = number_reader(region, "valid")
    try:
        with open_list(path, encoding=encoding) as source:
            return _of(read_table(source, {}, numbers), source.encoding, has_numbers=True)
    except ListFileError:
        # Opened anew: it was read already.
        with open_list(path, encoding=encoding) as source:
            return _of(headers_of(source), source.encoding, has_numbers=False)


def _of(table: Table, encoding: str, *, has_numbers: bool) -> Beginning:
    rows = list(islice(table.rows, FIRST_ROWS))
    guess = guesses(table.columns.headers, table.columns if has_numbers else None)
    columns = [
        SeenColumn(name, _examples(rows, at), guess[at])
        for at, name in enumerate(table.columns.headers)
    ]
    return Beginning(columns, encoding, has_numbers)


def _examples(rows: Sequence[Row], at: int) -> list[str]:
    cells = (row.cells[at].strip() for row in rows if at < len(row.cells) and not row.damage)
    return [cell[:_LONGEST_EXAMPLE] for cell in islice(filter(None, cells), _EXAMPLES)]


def first_rows(
    path: Path, seen: Beginning, fields: Sequence[str], *, region: str | None, encoding: str | None
) -> list[SeenRow]:
    """Raises ListFileError."""
    numbers = number_reader(region, "valid")
    with open_list(path, encoding=encoding) as source:
        table = read_table(source, located(seen, fields), numbers)
        reader = LeadReader(assigned(table.columns.headers, fields), numbers, path.name, "")
        return [_seen(row, reader) for row in islice(table.rows, FIRST_ROWS)]


def located(seen: Beginning, fields: Sequence[str]) -> dict[str, list[str]]:
    """The mapping with which the importer finds the list again."""
    if seen.has_numbers:
        return {}
    pairs = zip(seen.columns, fields, strict=False)
    return {"number": [it.name for it, field in pairs if field == "number"]}


def _seen(row: Row, reader: LeadReader) -> SeenRow:
    lead, reason = (None, row.damage) if row.damage else reader.read(row)
    return SeenRow(row.number, lead, reason, row.cells)
