"""What a list is that becomes a file: its columns, and what its reader must know of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

from dialer.words import SheetFormat

#: moment: unix seconds, written as day and time in the sheet's zone. seconds: to the millisecond.
#: share: of 0 to 1, in a workbook shown as per cents.
Kind = Literal["text", "number", "whole", "share", "moment", "seconds"]
Cell = str | int | float | None


class Heading(Struct, frozen=True):
    title: str
    kind: Kind = "text"


class Sheet(Struct, frozen=True, kw_only=True):
    title: str
    columns: tuple[Heading, ...]
    zone: str = "UTC"
    #: What the reader must know of the rows: pairs of a word and what it says. A workbook has it as
    #: its first sheet, called `about_title`.
    about: tuple[tuple[str, str], ...] = ()
    about_title: str = "About"


class Job(Struct, frozen=True, kw_only=True):
    """What the program is to do. `path`: a file that is not there yet."""

    path: str
    form: SheetFormat
    sheet: Sheet


class Writer(Protocol):
    def row(self, cells: Sequence[Cell]) -> None: ...
    def close(self) -> None:
        """Nothing is whole before that."""
