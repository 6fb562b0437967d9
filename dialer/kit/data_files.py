"""Rows into files that programs read: one JSON document, or Parquet with types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import msgspec

from dialer.kit.sheet import Cell, Heading, Kind, Sheet
from dialer.zonedata import zone_named

#: Rows that are handed to what writes a Parquet file at once.
_AT_ONCE = 10_000


class JsonFile:
    """One document: what is to be known, and of each row an object by headings. For programs, so
    text is as it is; moments are ISO 8601 in the sheet's zone.
    """

    def __init__(self, out: IO[bytes], sheet: Sheet) -> None:
        self._out, self._sheet, self._zone = out, sheet, zone_named(sheet.zone)
        about = msgspec.json.encode({word: says for word, says in sheet.about})  # noqa: C416
        self._out.write(b'{"about":' + about + b',"rows":[')
        self._between = b"\n"

    def row(self, cells: Sequence[Cell]) -> None:
        pairs = zip(self._sheet.columns, cells, strict=True)
        its = {it.title: self._value(it.kind, cell) for it, cell in pairs}
        self._out.write(self._between + msgspec.json.encode(its))
        self._between = b",\n"

    def close(self) -> None:
        with self._out:
            self._out.write(b"\n]}\n")

    def _value(self, kind: Kind, cell: Cell) -> Cell:
        if kind == "moment" and isinstance(cell, (int, float)):
            return datetime.fromtimestamp(cell, self._zone).isoformat(timespec="milliseconds")
        return cell


class ParquetFile:
    """Moments are UTC; what is to be known stands in the file's own notes, under `about`."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        import duckdb  # noqa: PLC0415

        self._path, self._sheet = path, sheet
        self._rows: list[Sequence[Cell]] = []
        self._duck = duckdb.connect(
            config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        )
        typed = (f"{_quoted(name)} {_TYPES[it.kind]}" for name, it in self._columns())
        self._duck.execute(f"CREATE TABLE kept ({', '.join(typed)})")

    def row(self, cells: Sequence[Cell]) -> None:
        self._rows.append(cells)
        if len(self._rows) == _AT_ONCE:
            self._keep()

    def close(self) -> None:
        self._keep()
        about = msgspec.json.encode({word: says for word, says in self._sheet.about})  # noqa: C416
        # Into the file that is there, which nobody else may read.
        to, note = _literal(str(self._path)), _literal(about.decode())
        how = f"FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, KV_METADATA {{about: {note}}}"
        self._duck.execute(f"COPY kept TO {to} ({how})")
        self._duck.close()

    def _columns(self) -> list[tuple[str, Heading]]:
        """Each under a name of its own: two may have one heading."""
        names: dict[str, Heading] = {}
        for it in self._sheet.columns:
            name = it.title or "column"
            while name.lower() in {one.lower() for one in names}:
                name += "_"
            names[name] = it
        return list(names.items())

    def _keep(self) -> None:
        if not self._rows:
            return
        kinds = [it.kind for it in self._sheet.columns]
        of_columns = list(zip(kinds, zip(*self._rows, strict=True), strict=True))
        columns = {f"c{at}": _column(kind, cells) for at, (kind, cells) in enumerate(of_columns)}
        parts = [_part(kind, f"c{at}") for at, kind in enumerate(kinds)]
        self._duck.register("fresh", columns)
        self._duck.execute(f"INSERT INTO kept SELECT {', '.join(parts)} FROM fresh")  # noqa: S608
        self._rows = []


_TYPES: dict[Kind, str] = {
    "text": "VARCHAR", "number": "DOUBLE", "whole": "BIGINT", "share": "DOUBLE",
    "moment": "TIMESTAMP", "seconds": "DOUBLE",
}  # fmt: skip


def _column(kind: Kind, cells: Sequence[Cell]) -> Any:
    """Numbers are masked where nothing is known."""
    import numpy as np  # noqa: PLC0415

    if kind == "text":
        return np.array([None if it is None else str(it) for it in cells], object)
    known = [it if isinstance(it, (int, float)) else 0 for it in cells]
    lacking = [not isinstance(it, (int, float)) for it in cells]
    return np.ma.masked_array(np.array(known, float), mask=lacking)


def _part(kind: Kind, column: str) -> str:
    if kind == "moment":
        return f"make_timestamp(CAST({column} * 1e6 AS BIGINT))"
    return f"{column}::{_TYPES[kind]}"


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _literal(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
