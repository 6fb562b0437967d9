"""Shapes of drafts and imports."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import ImportState

#: Some of the shapes have a field of the name `list`.
ListOf = list
ColumnField = Literal[
    "number", "name", "first", "last", "timezone", "language", "priority", "opt_out", "extension",
    "custom", "skip",
]  # fmt: skip
Region = Annotated[str, Field(max_length=2)]
Encoding = Annotated[str, Field(max_length=40)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FileColumn(_Shape):
    name: str
    examples: ListOf[str] = Field(description="Its first values; numbers masked by role.")
    guess: ColumnField


class DraftAnswer(_Shape):
    """A file that is uploaded and not in yet."""

    id: str
    campaign: str
    file: str
    region: str = Field(description="Of numbers without a country code.")
    encoding: str
    has_numbers: bool = Field(description="False: say which column holds the numbers.")
    columns: ListOf[FileColumn]


class HowToLook(_Shape):
    region: Region = ""
    encoding: Encoding = Field(default="", description="Empty: found out from the file.")


class HowToTake(HowToLook):
    fields: ListOf[ColumnField] = Field(
        min_length=1, max_length=500, description="What each column is, in the file's order."
    )


class StartImport(HowToTake):
    list: str = Field(min_length=1, max_length=80)


class RowNumber(_Shape):
    number: str
    kind: str
    extension: str


class FirstRow(_Shape):
    """A row as it will be taken, or why it will not."""

    row: int
    taken: bool
    reason: str = Field(description="Why not, or what of it is left out; in English.")
    reason_zh: str
    cells: ListOf[str] = Field(description="The first of the row as it stands in the file.")
    name: str
    numbers: ListOf[RowNumber]
    timezone: str | None
    language: str | None
    fields: dict[str, str]


class FirstRows(_Shape):
    rows: ListOf[FirstRow]


class ImportStatus(_Shape):
    """Times are unix seconds."""

    id: str
    campaign: str
    list: str
    file: str
    who: str
    at: float
    state: ImportState
    rows: int
    imported: int
    duplicates: int
    rejected: int
    warned: int
    opted_out: int
    finished_at: float | None
    fault: str
    fault_zh: str
    undone_at: float | None
    undone_by: str | None
    taken_out: int = Field(description="Of an import that was undone: leads taken out again.")
    kept: int = Field(description="Of an import that was undone: leads called before.")
    done: float | None = Field(description="Of the file, 0 to 1; null: it is over, or unknown.")
    has_rejected: bool


class ImportList(_Shape):
    imports: ListOf[ImportStatus] = Field(description="The newest first.")
    below: str | None


class RejectedRow(_Shape):
    row: int
    reason: str
    reason_zh: str
    cells: ListOf[str]


class RejectedRows(_Shape):
    rows: ListOf[RejectedRow]
