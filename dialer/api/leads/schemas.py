"""Shapes of imports."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ImportAnswer(BaseModel):
    """What came of a list."""

    rows: int = Field(description="Rows read.")
    imported: int = Field(description="Rows that went in.")
    duplicates: int = Field(description="Rows whose number is known already.")
    rejected: int = Field(description="Rows that did not go in for another reason.")
    report_path: str | None = Field(
        description="On the server: the rows that did not go in, with row number and reason."
    )
    seconds: float
    encoding: str
    delimiter: str
    columns: dict[str, list[str]] = Field(description="Which headers were taken for what.")
