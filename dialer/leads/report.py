"""The rows that did not go in, as a CSV that a spreadsheet opens and the importer reads again."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from dialer.cells import harmless

REPORT_HEADERS = ("row", "line", "reason")
#: As they are handed out to who reads Chinese.
REPORT_HEADERS_ZH = ("行号", "文件行", "原因")
# What a spreadsheet's cell holds; a damaged row can be as long as the file.
_LONGEST = 32_000


class Report:
    """Written as rows come, beside its final name; it appears when it is complete."""

    def __init__(self, path: Path, headers: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        self._headers = headers
        self._part = path.with_name(path.name + ".part")
        self._file: TextIO | None = None
        self._writer: Any = None

    def __enter__(self) -> Report:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is None:
            return
        self._file.close()
        self._part.replace(self.path)

    def add(self, row: int, line: int, reason: str, cells: Sequence[str]) -> None:
        if self._file is None:
            self._open()
        self.count += 1
        self._writer.writerow([row, line, harmless(reason), *map(_held, cells)])

    def _open(self) -> None:
        # Rows of a lead list are personal data.
        descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([*REPORT_HEADERS, *map(_held, self._headers)])


def _held(cell: str) -> str:
    """The cell as a spreadsheet holds it and does not run it; NUL is no text."""
    return harmless(cell[:_LONGEST].replace("\0", "\ufffd"))
